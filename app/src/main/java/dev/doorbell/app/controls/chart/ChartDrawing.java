package dev.doorbell.app.controls.chart;

import dev.doorbell.app.controls.chart.Svg.Anchor;
import java.util.List;

/** Draws what a time chart shows into an SVG: title and legend, grid, curves, marks and the names at their ends. */
final class ChartDrawing {
    private static final double HEAD = 26;
    private static final double LEFT = 72;
    private static final double RIGHT = 72;
    private static final double FOOT = 20;

    private final Svg svg;
    private final TimeOverlay inks;
    private final ScaleAxis time;
    private final double x;
    private final double y;
    private final double width;
    private final double height;

    /** @param foot whether the times stand below */
    ChartDrawing(Svg svg, TimeOverlay inks, ScaleAxis time, double top, double width, double height, boolean foot) {
        this.svg = svg;
        this.inks = inks;
        this.time = time;
        this.x = LEFT;
        this.y = top + HEAD;
        this.width = Math.max(10, width - LEFT - RIGHT);
        this.height = Math.max(10, height - HEAD - (foot ? FOOT : 4));
        if (foot) {
            for (double at : time.marks(this.width)) {
                svg.text(px(at), y + this.height + 14, time.text(at), inks.words(), Anchor.MIDDLE, true);
            }
        }
    }

    void head(String title) {
        svg.text(12, y - 9, title, inks.text(), Anchor.START, false);
        double at = LEFT + 24;
        for (TimeSeries curve : inks.series().stream().limit(TimeLegend.MOST).toList()) {
            double last = curve.trace().at(time.getMax());
            String words =
                    curve.name() + (Double.isNaN(last) ? "" : " " + curve.text().apply(last));
            svg.rectangle(at, y - 14, 14, 3, inks.paint(curve.colour()));
            svg.text(at + 20, y - 9, words, inks.words(), Anchor.START, true);
            at += 34 + words.length() * 6.7;
        }
    }

    void grid(ScaleAxis left, ScaleAxis right, boolean hasRight) {
        for (double at : time.marks(width)) {
            svg.line(px(at), y, px(at), y + height, inks.tint(), false);
        }
        for (double value : left.marks(height)) {
            double up = py(left, value);
            svg.line(x, up, x + width, up, inks.tint(), false);
            svg.text(x - 8, up + 4, left.text(value), inks.words(), Anchor.END, true);
        }
        if (hasRight) {
            for (double value : right.marks(height)) {
                svg.text(x + width + 8, py(right, value) + 4, right.text(value), inks.words(), Anchor.START, true);
            }
        }
    }

    void curves(ScaleAxis left, ScaleAxis right) {
        List<TimeSeries> series = inks.series();
        for (TimeSeries curve : series) {
            ScaleAxis axis = curve.right() ? right : left;
            Trace.Points points = points(curve);
            if (curve.filled() && points.count() > 1) {
                svg.path(area(points, curve.steps(), axis), inks.tint(), true, 0);
            }
            curve.bandTo()
                    .flatMap(inks::named)
                    .ifPresent(to -> svg.path(band(points, points(to), axis), inks.tint(), true, 0));
        }
        for (TimeSeries curve : series) {
            ScaleAxis axis = curve.right() ? right : left;
            svg.path(line(points(curve), curve.steps(), axis), inks.paint(curve.colour()), false, curve.width());
        }
        for (TimeOverlay.Mark mark : inks.marks()) {
            if (mark.seconds() >= time.getMin() && mark.seconds() <= time.getMax()) {
                svg.line(px(mark.seconds()), y, px(mark.seconds()), y + height, inks.words(), true);
                svg.text(px(mark.seconds()) + 6, y + 16, mark.text(), inks.words(), Anchor.START, false);
            }
        }
    }

    private Trace.Points points(TimeSeries curve) {
        return curve.trace().thinned(time.getMin(), time.getMax(), (int) width);
    }

    private StringBuilder line(Trace.Points points, boolean steps, ScaleAxis axis) {
        StringBuilder path = new StringBuilder();
        boolean down = false;
        for (int i = 0; i < points.count(); i++) {
            if (Double.isNaN(points.y(i))) {
                down = false;
                continue;
            }
            double toX = clampX(points.x(i));
            double toY = py(axis, points.y(i));
            if (down && steps) {
                point(path, 'L', toX, py(axis, points.y(i - 1)));
            }
            point(path, down ? 'L' : 'M', toX, toY);
            down = true;
        }
        return path;
    }

    private StringBuilder area(Trace.Points points, boolean steps, ScaleAxis axis) {
        StringBuilder path = new StringBuilder();
        point(path, 'M', clampX(points.x(0)), y + height);
        double before = y + height;
        for (int i = 0; i < points.count(); i++) {
            double toY = Double.isNaN(points.y(i)) ? y + height : py(axis, points.y(i));
            if (steps) {
                point(path, 'L', clampX(points.x(i)), before);
            }
            point(path, 'L', clampX(points.x(i)), toY);
            before = toY;
        }
        point(path, 'L', clampX(points.x(points.count() - 1)), y + height);
        return path.append('Z');
    }

    private StringBuilder band(Trace.Points lower, Trace.Points upper, ScaleAxis axis) {
        StringBuilder path = new StringBuilder();
        for (int i = 0; i < lower.count(); i++) {
            double value = lower.y(i);
            point(path, i == 0 ? 'M' : 'L', clampX(lower.x(i)), Double.isNaN(value) ? y + height : py(axis, value));
        }
        for (int i = upper.count() - 1; i >= 0; i--) {
            double value = upper.y(i);
            point(path, 'L', clampX(upper.x(i)), Double.isNaN(value) ? y + height : py(axis, value));
        }
        return path.isEmpty() ? path : path.append('Z');
    }

    private static void point(StringBuilder path, char command, double toX, double toY) {
        path.append(command).append(Svg.figure(toX)).append(' ').append(Svg.figure(toY));
    }

    private double px(double seconds) {
        return x + time.fraction(seconds) * width;
    }

    private double clampX(double seconds) {
        return Math.clamp(px(seconds), x, x + width);
    }

    private double py(ScaleAxis axis, double value) {
        return y + (1 - Math.clamp(axis.fraction(value), 0, 1)) * height;
    }
}
