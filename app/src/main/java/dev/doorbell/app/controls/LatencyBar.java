package dev.doorbell.app.controls;

import javafx.scene.canvas.GraphicsContext;

/** A latency as a figure and a bar, for a table cell; the bar's full length is a value the table gives. */
public final class LatencyBar extends CanvasRegion {
    private static final double FIGURE_WIDTH = 60;
    private static final double GAP = 8;
    private static final double BAR_HEIGHT = 6;
    private final Ink figure = ink("figure");
    private final Ink bar = ink("bar");
    private final Ink bad = ink("bar-bad");
    private long nanos = -1;
    private long fullNanos = 1;
    private boolean failed;

    public LatencyBar() {
        super("latency-bar");
        setMinSize(0, 24);
        setPrefSize(200, 24);
    }

    /** Shows a latency against the one that fills the bar; a negative latency shows nothing. */
    public void show(long latencyNanos, long fullNanos, boolean failed) {
        this.nanos = latencyNanos;
        this.fullNanos = Math.max(1, fullNanos);
        this.failed = failed;
        setAccessibleText(latencyNanos < 0 ? "" : Figures.nanos(latencyNanos));
        redraw();
    }

    @Override
    protected void draw(GraphicsContext g, double width, double height) {
        if (nanos < 0) {
            return;
        }
        String text = Figures.nanos(nanos);
        g.setFont(figure.font());
        g.setFill(figure.paint());
        g.fillText(text, Math.max(0, FIGURE_WIDTH - figure.width(text)), Math.round(height / 2 + 4));
        double room = width - FIGURE_WIDTH - GAP;
        if (room >= 16) {
            g.setFill(failed ? bad.paint() : bar.paint());
            double length = Math.max(1, room * Math.min(1, (double) nanos / fullNanos));
            g.fillRoundRect(FIGURE_WIDTH + GAP, Math.round((height - BAR_HEIGHT) / 2), length, BAR_HEIGHT, 2, 2);
        }
    }
}
