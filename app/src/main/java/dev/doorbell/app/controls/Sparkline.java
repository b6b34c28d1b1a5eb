package dev.doorbell.app.controls;

import javafx.scene.canvas.GraphicsContext;

/** The recent course of one figure without axes, for a table cell; from zero to the largest value in sight. */
public final class Sparkline extends CanvasRegion {
    private final Ink line = ink("line");
    private double[] values = {};

    public Sparkline() {
        super("sparkline");
        setMinSize(24, 16);
        setPrefSize(120, 24);
    }

    /** Shows these values, oldest first, spread over the width; not a number leaves a gap. */
    public void show(double[] values) {
        this.values = values.clone();
        redraw();
    }

    @Override
    protected void draw(GraphicsContext g, double width, double height) {
        double top = 0;
        for (double value : values) {
            top = Double.isNaN(value) ? top : Math.max(top, value);
        }
        if (values.length < 2) {
            return;
        }
        double scale = top > 0 ? (height - 9) / top : 0;
        g.setStroke(line.paint());
        g.setLineWidth(1);
        g.beginPath();
        boolean pen = false;
        for (int i = 0; i < values.length; i++) {
            if (Double.isNaN(values[i])) {
                pen = false;
                continue;
            }
            double x = 0.5 + i * (width - 1) / (values.length - 1);
            double y = height - 4.5 - values[i] * scale;
            if (pen) {
                g.lineTo(x, y);
            } else {
                g.moveTo(x, y);
            }
            pen = true;
        }
        g.stroke();
    }
}
