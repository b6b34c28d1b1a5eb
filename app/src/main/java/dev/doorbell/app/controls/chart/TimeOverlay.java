package dev.doorbell.app.controls.chart;

import dev.doorbell.app.controls.CanvasRegion;
import io.fair_acc.chartfx.XYChart;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javafx.geometry.Bounds;
import javafx.scene.canvas.GraphicsContext;
import javafx.scene.paint.Paint;
import javafx.scene.text.Font;

/**
 * What moves over a chart without its curves being drawn again: marks with a word at moments, the cursor with a dot on each curve, the
 * stretch that is being chosen, and the names of curves where they end. It also keeps the inks of the curves.
 */
final class TimeOverlay extends CanvasRegion {
    static final List<String> COLOURS = List.of("1", "1b", "2", "3", "4", "5", "6", "7", "8", "muted").stream()
            .map(n -> "series-" + n)
            .toList();

    private static final DateTimeFormatter CLOCK = DateTimeFormatter.ofPattern("HH:mm:ss.S");
    private static final double NAME_HEIGHT = 13;

    /** A moment with a word, such as "rate limit lifted". */
    record Mark(double seconds, String text) {}

    private final TimeFrame frame;
    private final XYChart chart;
    private final ScaleAxis timeAxis;
    private final ScaleAxis leftAxis;
    private final ScaleAxis rightAxis;
    private final List<TimeSeries> series = new ArrayList<>();
    private final List<Mark> marks = new ArrayList<>();
    private final Ink tint = ink("band");
    private final Ink line = ink("cursor");
    private final Ink edge = ink("dot-edge");
    private final Ink word = ink("mark");
    private final Ink limitInk = ink("limit");
    private final Ink chosen = ink("selection");
    private final Ink pill = ink("pill");
    private final Ink digits = ink("pill-text");
    private final Map<String, Ink> colours = new HashMap<>();
    private double limit = Double.NaN;
    private boolean names;
    private boolean clock = true;

    TimeOverlay(TimeFrame frame, XYChart chart, ScaleAxis timeAxis, ScaleAxis leftAxis, ScaleAxis rightAxis) {
        super("chart-overlay");
        this.frame = frame;
        this.chart = chart;
        this.timeAxis = timeAxis;
        this.leftAxis = leftAxis;
        this.rightAxis = rightAxis;
        COLOURS.forEach(name -> colours.put(name, ink(name)));
        frame.cursorProperty().addListener(o -> redraw());
        frame.selectionProperty().addListener(o -> redraw());
    }

    List<TimeSeries> series() {
        return series;
    }

    List<Mark> marks() {
        return marks;
    }

    /** Writes the names of curves at their right ends. */
    void withNames() {
        names = true;
    }

    /** Leaves the cursor's time to the chart below. */
    void withoutClock() {
        clock = false;
    }

    /** A dashed line at a value of the left axis; not a number for none. */
    void limit(double value) {
        limit = value;
        redraw();
    }

    Paint tint() {
        return tint.paint();
    }

    /** Of what stands in the foreground. */
    Paint text() {
        return line.paint();
    }

    /** Of the ground below the curves. */
    Paint ground() {
        return edge.paint();
    }

    Paint words() {
        return word.paint();
    }

    Paint paint(String colour) {
        return colours.getOrDefault(colour, word).paint();
    }

    /** The plot's place in this region. */
    Bounds plot() {
        return sceneToLocal(chart.getCanvas().localToScene(chart.getCanvas().getLayoutBounds()));
    }

    double timeAt(double x) {
        Bounds plot = plot();
        double part = Math.clamp((x - plot.getMinX()) / Math.max(1, plot.getWidth()), 0, 1);
        return timeAxis.getMin() + part * (timeAxis.getMax() - timeAxis.getMin());
    }

    @Override
    protected void draw(GraphicsContext g, double width, double height) {
        Bounds plot = plot();
        frame.selectionProperty().get().ifPresent(s -> {
            double from = Math.max(plot.getMinX(), x(plot, s.from()));
            g.setFill(chosen.paint());
            g.fillRect(from, plot.getMinY(), Math.min(plot.getMaxX(), x(plot, s.to())) - from, plot.getHeight());
        });
        if (limit >= leftAxis.getMin() && limit <= leftAxis.getMax()) {
            double y = Math.round(plot.getMaxY() - leftAxis.fraction(limit) * plot.getHeight()) + 0.5;
            g.setStroke(limitInk.paint());
            g.setLineDashes(4, 3);
            g.strokeLine(plot.getMinX(), y, plot.getMaxX(), y);
            g.setLineDashes();
        }
        marks(g, plot);
        if (names) {
            names(g, plot, width);
        }
        double at = frame.cursorProperty().get();
        if (at >= timeAxis.getMin() && at <= timeAxis.getMax()) {
            cursor(g, plot, at);
        }
    }

    private double x(Bounds plot, double seconds) {
        return Math.round(plot.getMinX() + timeAxis.fraction(seconds) * plot.getWidth()) + 0.5;
    }

    private double y(Bounds plot, TimeSeries curve, double value) {
        double up = (curve.right() ? rightAxis : leftAxis).fraction(value);
        return plot.getMinY() + (1 - Math.clamp(up, 0, 1)) * plot.getHeight();
    }

    private void marks(GraphicsContext g, Bounds plot) {
        g.setFont(word.font());
        double free = plot.getMinX();
        for (Mark mark : marks) {
            if (mark.seconds < timeAxis.getMin() || mark.seconds > timeAxis.getMax()) {
                continue;
            }
            double x = x(plot, mark.seconds);
            g.setStroke(word.paint());
            g.setLineDashes(3, 3);
            g.strokeLine(x, plot.getMinY(), x, plot.getMaxY());
            g.setLineDashes();
            if (!mark.text.isEmpty()) {
                double length = word.width(mark.text);
                // Where there is no room behind the line, the word stands before it.
                double from = x + 6 + length <= plot.getMaxX() ? x + 6 : x - 6 - length;
                if (from >= free) {
                    g.setFill(edge.paint());
                    g.setGlobalAlpha(0.75);
                    g.fillRoundRect(from - 3, plot.getMinY() + 6, length + 6, 17, 4, 4);
                    g.setGlobalAlpha(1);
                    g.setFill(word.paint());
                    g.fillText(mark.text, from, plot.getMinY() + 19);
                    free = from + length + 8;
                }
            }
        }
    }

    /** A name and the height at which its curve ends. */
    private record Name(TimeSeries curve, double y) {}

    private void names(GraphicsContext g, Bounds plot, double width) {
        List<Name> ends = new ArrayList<>();
        for (TimeSeries curve : series) {
            double last = curve.trace().at(timeAxis.getMax());
            if (!curve.right() && !Double.isNaN(last)) {
                ends.add(new Name(curve, y(plot, curve, last)));
            }
        }
        ends.sort(Comparator.comparingDouble(Name::y));
        Font font = digits.font();
        g.setFont(font);
        // Downwards so that none covers the one above, then upwards so that the last is not below the plot.
        double[] at = new double[ends.size()];
        for (int i = 0; i < at.length; i++) {
            at[i] = i == 0 ? ends.get(i).y : Math.max(ends.get(i).y, at[i - 1] + NAME_HEIGHT);
        }
        double most = plot.getMaxY() - 1;
        for (int i = at.length - 1; i >= 0; i--) {
            at[i] = Math.min(at[i], most);
            most = at[i] - NAME_HEIGHT;
        }
        for (int i = 0; i < at.length; i++) {
            g.setFill(paint(ends.get(i).curve.colour()));
            g.fillText(
                    ends.get(i).curve.name(), plot.getMaxX() + 8, at[i] + 4, Math.max(1, width - plot.getMaxX() - 10));
        }
    }

    private void cursor(GraphicsContext g, Bounds plot, double at) {
        double x = x(plot, at);
        g.setStroke(line.paint());
        g.setLineWidth(1);
        g.strokeLine(x, plot.getMinY(), x, plot.getMaxY());
        for (TimeSeries curve : series) {
            double value = curve.trace().at(at);
            if (!Double.isNaN(value)) {
                double y = y(plot, curve, value);
                g.setFill(edge.paint());
                g.fillOval(x - 4, y - 4, 8, 8);
                g.setFill(paint(curve.colour()));
                g.fillOval(x - 3, y - 3, 6, 6);
            }
        }
        if (clock) {
            String time = clock(at);
            g.setFont(digits.font());
            double length = digits.width(time) + 12;
            double from = Math.clamp(x - length / 2, plot.getMinX(), Math.max(plot.getMinX(), plot.getMaxX() - length));
            g.setFill(edge.paint());
            g.fillRect(from - 4, plot.getMaxY() + 3, length + 8, 19);
            g.setFill(pill.paint());
            g.fillRoundRect(from, plot.getMaxY() + 3, length, 17, 4, 4);
            g.setFill(digits.paint());
            g.fillText(time, from + 6, plot.getMaxY() + 15);
        }
    }

    static String clock(double seconds) {
        return CLOCK.format(Instant.ofEpochMilli((long) (seconds * 1000)).atZone(ZoneId.systemDefault()));
    }

    Optional<TimeSeries> named(String name) {
        return series.stream().filter(s -> s.name().equals(name)).findFirst();
    }
}
