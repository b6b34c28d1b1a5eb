package dev.doorbell.app.tour;

import dev.doorbell.app.shell.DrivenWindow;
import dev.doorbell.plugin.DeviceSession;
import dev.doorbell.plugin.Perspective;
import dev.doorbell.plugin.Workbench;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import javafx.scene.Node;
import javafx.scene.control.ButtonBase;
import javafx.scene.input.KeyCode;
import javafx.scene.input.KeyEvent;

/** Leads through the window: what a stop may do, and what the tour has found out. Not for the JavaFX thread. */
final class Guide {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final DrivenWindow window;
    private final Path folder;
    private final Map<String, String> figures = new LinkedHashMap<>();
    private final List<String> troubles = new ArrayList<>();

    Guide(DrivenWindow window, Path folder) {
        this.window = window;
        this.folder = folder;
    }

    Workbench workbench() {
        return window.workbench();
    }

    /** Where pictures and reports go. */
    Path folder() {
        return folder;
    }

    /** Facts for the summary, by name. */
    Map<String, String> figures() {
        return figures;
    }

    /** What did not work; empty when all is well. */
    List<String> troubles() {
        return troubles;
    }

    void trouble(String text) {
        troubles.add(text);
    }

    void show(Perspective perspective) {
        window.run(() -> workbench().navigation().show(perspective));
        window.pulses(3);
    }

    void open(String view) {
        open(view, "");
    }

    void open(String view, Object argument) {
        window.run(() -> workbench().navigation().open(view, argument));
        settle();
    }

    void action(String id) {
        window.run(() -> workbench().actions().run(id));
        window.pulses(3);
    }

    /** Presses a button by its id. */
    void press(String id) {
        Node node = window.node(id);
        window.run(() -> ((ButtonBase) node).fire());
        window.pulses(2);
    }

    /** Presses Escape in a node. */
    void escape(String id) {
        Node node = window.node(id);
        window.run(() ->
                node.fireEvent(new KeyEvent(KeyEvent.KEY_PRESSED, "", "", KeyCode.ESCAPE, false, false, false, false)));
        window.pulses(2);
    }

    void run(Runnable task) {
        window.run(task);
        window.pulses(2);
    }

    Node node(String id) {
        return window.node(id);
    }

    /** Waits until no job runs and the device has answered what the views asked. */
    void settle() {
        if (!window.awaitIdle(PATIENCE)) {
            trouble("jobs were still running after " + PATIENCE.toSeconds() + " s");
        }
        DeviceSession session = window.get(() -> workbench().device().get());
        if (session != null && window.get(() -> session.state().getValue()) == DeviceSession.State.READY) {
            window.get(() -> session.ask(c -> true)).join();
        }
        window.pulses(4);
    }

    /** Waits for a condition asked on the JavaFX thread, and notes when it does not come. */
    void await(String what, BooleanSupplier condition) {
        if (!window.await(PATIENCE, condition)) {
            trouble(what + " did not happen within " + PATIENCE.toSeconds() + " s");
        }
    }

    void sleep(Duration time) {
        try {
            Thread.sleep(time);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    void resize(double width, double height) {
        window.resize(width, height);
    }

    void picture(String name) {
        window.snapshot(folder.resolve(name + ".png"));
    }
}
