package dev.doorbell.app.controls.chart;

import io.fair_acc.chartfx.axes.Axis;
import javafx.scene.canvas.GraphicsContext;
import javafx.scene.paint.Paint;

/** Draws one curve, the area below it or the band up to another one, from thinned points. */
final class CurvePainter {
    private final GraphicsContext g;
    private final Axis x;
    private final Axis y;
    private final double floor;

    CurvePainter(GraphicsContext g, Axis x, Axis y) {
        this.g = g;
        this.x = x;
        this.y = y;
        this.floor = y.getDisplayPosition(y.getMin());
    }

    void area(Trace.Points points, boolean steps, Paint fill) {
        if (points.count() < 2) {
            return;
        }
        g.setFill(fill);
        g.beginPath();
        g.moveTo(px(points.x(0)), floor);
        path(points, steps, true);
        g.lineTo(px(points.x(points.count() - 1)), floor);
        g.closePath();
        g.fill();
    }

    void band(Trace.Points lower, Trace.Points upper, Paint fill) {
        if (lower.count() < 2 || upper.count() < 2) {
            return;
        }
        g.setFill(fill);
        g.beginPath();
        g.moveTo(px(lower.x(0)), py(lower.y(0)));
        path(lower, false, true);
        for (int i = upper.count() - 1; i >= 0; i--) {
            g.lineTo(px(upper.x(i)), py(upper.y(i)));
        }
        g.closePath();
        g.fill();
    }

    void line(Trace.Points points, boolean steps, Paint stroke, double width) {
        g.setStroke(stroke);
        g.setLineWidth(width);
        g.beginPath();
        path(points, steps, false);
        g.stroke();
    }

    private void path(Trace.Points points, boolean steps, boolean pen) {
        boolean down = pen;
        for (int i = 0; i < points.count(); i++) {
            if (Double.isNaN(points.y(i))) {
                down = pen;
                continue;
            }
            double toX = px(points.x(i));
            double toY = py(points.y(i));
            if (down) {
                if (steps && i > 0) {
                    g.lineTo(toX, py(points.y(i - 1)));
                }
                g.lineTo(toX, toY);
            } else {
                g.moveTo(toX, toY);
                down = true;
            }
        }
    }

    private double px(double time) {
        return x.getDisplayPosition(time);
    }

    private double py(double value) {
        return Double.isNaN(value) ? floor : y.getDisplayPosition(y.isLogAxis() ? Math.max(value, y.getMin()) : value);
    }
}
