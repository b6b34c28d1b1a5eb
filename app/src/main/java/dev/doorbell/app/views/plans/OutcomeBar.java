package dev.doorbell.app.views.plans;

import dev.doorbell.app.controls.CanvasRegion;
import dev.doorbell.testplans.run.Progress;
import dev.doorbell.testplans.run.RunResult;
import dev.doorbell.testplans.run.State;
import javafx.scene.canvas.GraphicsContext;

/** How far a run is, each case in the colour of its outcome, in running order. */
final class OutcomeBar extends CanvasRegion {
    private final Ink track = ink("track");
    private final Ink good = ink("good");
    private final Ink bad = ink("bad");
    private final Ink skipped = ink("skipped");
    private final Ink running = ink("running");
    private RunResult result;
    private double fraction;

    OutcomeBar() {
        super("outcome-bar");
        setMinSize(40, 8);
        setPrefHeight(8);
        setMaxHeight(8);
    }

    void show(RunResult run, Progress progress) {
        result = run;
        fraction = progress == null ? 0 : progress.fraction();
        setAccessibleText("%d %%".formatted(Math.round(fraction * 100)));
        redraw();
    }

    @Override
    protected void draw(GraphicsContext g, double width, double height) {
        g.setFill(track.paint());
        g.fillRoundRect(0, 0, width, height, 4, 4);
        if (result == null || result.cases().isEmpty()) {
            return;
        }
        var cases = result.cases();
        long done = cases.stream().filter(c -> c.state().isDone()).count();
        double unit = done == 0 ? 0 : width * (result.state().isDone() ? 1 : Math.max(fraction, 0.01)) / done;
        double x = 0;
        for (var c : cases) {
            if (c.state().isDone()) {
                g.setFill(ink(c.state()).paint());
                g.fillRect(x, 0, unit + 0.5, height);
                x += unit;
            }
        }
        if (cases.stream().anyMatch(c -> c.state() == State.RUNNING)) {
            g.setFill(running.paint());
            g.fillRect(Math.min(x, width - 6), 0, 6, height);
        }
    }

    private Ink ink(State state) {
        return switch (state) {
            case PASSED -> good;
            case FAILED, ERROR -> bad;
            default -> skipped;
        };
    }
}
