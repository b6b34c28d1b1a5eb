package dev.doorbell.app.controls;

import javafx.event.EventHandler;
import javafx.scene.Node;
import javafx.scene.Scene;
import javafx.scene.input.KeyCombination;
import javafx.scene.input.KeyEvent;

/**
 * A chord that works anywhere in the window while a view is in sight, such as the one written on its main button. Whatever
 * has the focus may take the chord for itself; the search over the window keeps it.
 */
public final class WindowKey {
    private static final String OVERLAY = "scrim";

    private final KeyCombination chord;
    private final Runnable task;
    private final EventHandler<KeyEvent> handler = this::pressed;

    private WindowKey(KeyCombination chord, Runnable task) {
        this.chord = chord;
        this.task = task;
    }

    /** Runs a task on a chord in whatever window {@code view} is in, as long as it is in one. */
    public static void install(Node view, KeyCombination chord, Runnable task) {
        WindowKey key = new WindowKey(chord, task);
        view.sceneProperty().addListener((o, was, is) -> key.move(was, is));
        key.move(null, view.getScene());
    }

    private void move(Scene from, Scene to) {
        if (from != null) {
            from.removeEventHandler(KeyEvent.KEY_PRESSED, handler);
        }
        if (to != null) {
            to.addEventHandler(KeyEvent.KEY_PRESSED, handler);
        }
    }

    private void pressed(KeyEvent event) {
        if (chord.match(event) && !event.isConsumed() && !isOverlaid(event)) {
            event.consume();
            task.run();
        }
    }

    private static boolean isOverlaid(KeyEvent event) {
        for (Node node = event.getTarget() instanceof Node n ? n : null; node != null; node = node.getParent()) {
            if (node.getStyleClass().contains(OVERLAY)) {
                return true;
            }
        }
        return false;
    }
}
