package dev.doorbell.app.shell;

import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import javafx.animation.AnimationTimer;
import javafx.scene.Parent;
import javafx.scene.control.SplitPane;
import javafx.scene.layout.StackPane;

/**
 * Where a perspective's docks stand. It puts new dividers into place while it lays the docks out, thus before anything of them is
 * drawn: a split pane by itself begins in the middle, and spreads its dividers anew as long as its parts are finding their sizes.
 */
final class Seat extends StackPane {
    private static final int TRIES = 3;
    private static final int FRAMES = 4;
    /** Docks that are not in the window by then never come. */
    private static final int MOST_FRAMES = 600;

    private final BooleanSupplier complete;
    private Map<? extends SplitPane, List<Double>> wanted = Map.of();

    /** @param complete whether all views have come that were asked for */
    Seat(BooleanSupplier complete) {
        this.complete = complete;
    }

    /** Takes other docks, with dividers at these fractions. */
    void take(Parent docks, Map<? extends SplitPane, List<Double>> dividers) {
        wanted = dividers;
        getChildren().setAll(docks);
        release(dividers);
    }

    @Override
    protected void layoutChildren() {
        super.layoutChildren();
        if (getWidth() > 0 && getHeight() > 0) {
            for (int i = 0; i < TRIES && !wanted.isEmpty(); i++) {
                wanted.forEach((pane, at) ->
                        pane.setDividerPositions(at.stream().mapToDouble(d -> d).toArray()));
                getChildren().forEach(child -> ((Parent) child).layout());
            }
        }
    }

    /** Lets the dividers go, which are the user's from then on, some frames after the last view has come. */
    private void release(Map<? extends SplitPane, List<Double>> dividers) {
        new AnimationTimer() {
            private int frames;
            private int asked;

            @Override
            public void handle(long now) {
                if (getScene() != null && getHeight() > 0 && complete.getAsBoolean()) {
                    frames++;
                }
                if (frames == FRAMES || ++asked == MOST_FRAMES || wanted != dividers) {
                    stop();
                    wanted = wanted == dividers ? Map.of() : wanted;
                }
            }
        }.start();
    }
}
