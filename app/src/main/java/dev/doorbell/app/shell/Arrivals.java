package dev.doorbell.app.shell;

import java.util.LinkedHashMap;
import java.util.Map;
import javafx.animation.AnimationTimer;
import javafx.scene.layout.StackPane;

/**
 * Brings views to their docks: those that exist at once, those that must be made first one a frame. So the window answers between
 * them when a perspective is first shown, and fills from the first dock to the last.
 */
final class Arrivals {
    private final Map<OpenView, StackPane> waiting = new LinkedHashMap<>();
    private final AnimationTimer turn = new AnimationTimer() {
        @Override
        public void handle(long now) {
            next();
        }
    };

    /** A dock shows the view's tab. */
    void add(OpenView view, StackPane host) {
        if (view.isMade()) {
            waiting.remove(view);
            view.moveTo(host);
        } else {
            if (waiting.isEmpty()) {
                turn.start();
            }
            waiting.put(view, host);
        }
    }

    /** Somebody asked for this very view: it comes before the others, now. */
    void hasten(OpenView view) {
        var host = waiting.remove(view);
        // One that has left the window again meanwhile is asked for when it comes back.
        if (host != null && host.getScene() != null) {
            view.moveTo(host);
        }
        if (waiting.isEmpty()) {
            turn.stop();
        }
    }

    private void next() {
        waiting.keySet().stream().findFirst().ifPresent(this::hasten);
    }

    /** Whether all have come. */
    boolean isDone() {
        return waiting.isEmpty();
    }
}
