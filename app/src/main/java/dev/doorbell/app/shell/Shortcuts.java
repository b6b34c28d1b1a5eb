package dev.doorbell.app.shell;

import dev.doorbell.plugin.Action;
import javafx.scene.Scene;
import javafx.scene.control.TextInputControl;
import javafx.scene.input.KeyCode;
import javafx.scene.input.KeyEvent;

/** The keys of actions, before the focused control sees them, in the main window and in those of detached views. */
final class Shortcuts {
    private Shortcuts() {}

    static void install(Scene scene, Bench bench) {
        scene.addEventFilter(KeyEvent.KEY_PRESSED, event -> {
            if (!isTyping(event)) {
                bench.actions().all().stream()
                        .filter(a ->
                                a.shortcut().isPresent() && a.shortcut().get().match(event))
                        .filter(a -> a.enabled().get())
                        .findFirst()
                        .ifPresent(action -> run(action, event));
            }
        });
    }

    private static void run(Action action, KeyEvent event) {
        event.consume();
        action.run();
    }

    /** Plain keys belong to a text field that has the focus, except for the function keys. */
    private static boolean isTyping(KeyEvent event) {
        boolean chord = event.isControlDown() || event.isAltDown() || event.isMetaDown();
        return !chord
                && event.getTarget() instanceof TextInputControl
                && !event.getCode().isFunctionKey()
                && event.getCode() != KeyCode.ESCAPE;
    }
}
