package dev.doorbell.app.controls.chart;

import dev.doorbell.app.controls.CanvasRegion;
import io.fair_acc.chartfx.XYChart;
import io.fair_acc.chartfx.axes.Axis;
import io.fair_acc.chartfx.ui.geometry.Side;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.DoubleFunction;
import javafx.beans.property.BooleanProperty;
import javafx.beans.property.SimpleBooleanProperty;
import javafx.scene.canvas.GraphicsContext;
import javafx.scene.input.MouseEvent;
import javafx.scene.layout.BorderPane;
import javafx.scene.layout.StackPane;
import javafx.scene.paint.Paint;

/**
 * Curves over the time axis of a {@link TimeFrame}: a legend with current values above, a left and, if a curve wants
 * it, a right axis, linear or logarithmic, a tinted area or band, marks with a word at moments, and the frame's cursor.
 * It redraws when the frame advances, and does nothing while it is not in a window.
 */
public final class TimeChart extends BorderPane {
    private static final DateTimeFormatter CLOCK = DateTimeFormatter.ofPattern("HH:mm:ss");

    private final TimeFrame frame;
    private final List<TimeSeries> series = new ArrayList<>();
    private final List<Mark> marks = new ArrayList<>();
    private final BooleanProperty logarithmic = new SimpleBooleanProperty(this, "logarithmic", false);
    private final ScaleAxis timeAxis = new ScaleAxis(Side.BOTTOM, true, TimeChart::clock);
    private final ScaleAxis leftAxis;
    private final ScaleAxis rightAxis;
    private final XYChart chart;
    private final Overlay overlay = new Overlay();
    private final TimeLegend legend;
    private boolean hasRight;
    private boolean fromZero = true;

    /** A moment with a word, such as "rate limit lifted". */
    private record Mark(double seconds, String text) {}

    /** An empty chart; {@code label} writes the figures of the left axis. */
    public TimeChart(TimeFrame frame, String title, DoubleFunction<String> label) {
        this(frame, title, label, label);
    }

    /** An empty chart with different figures at the two axes. */
    public TimeChart(
            TimeFrame frame, String title, DoubleFunction<String> leftLabel, DoubleFunction<String> rightLabel) {
        this.frame = frame;
        getStyleClass().add("time-chart");
        leftAxis = new ScaleAxis(Side.LEFT, false, leftLabel);
        rightAxis = new ScaleAxis(Side.RIGHT, false, rightLabel);
        chart = new XYChart(timeAxis, leftAxis);
        chart.setLegendVisible(false);
        chart.setAnimated(false);
        chart.getPlugins().clear();
        ScaleAxis.withoutMinorGrid(chart);
        chart.getRenderers().setAll(new TraceRenderer(List.of(timeAxis, leftAxis), () -> this::paintLeft));
        legend = new TimeLegend(title);
        setTop(legend);
        setCenter(new StackPane(chart, overlay));
        frame.endProperty().addListener(o -> update());
        frame.windowProperty().addListener(o -> update());
        frame.cursorProperty().addListener(o -> overlay.redraw());
        logarithmic.addListener(o -> {
            leftAxis.set(1, 10);
            leftAxis.setLogAxis(logarithmic.get());
            update();
        });
        overlay.addEventHandler(
                MouseEvent.MOUSE_MOVED, e -> frame.cursorProperty().set(timeAt(e.getX())));
        overlay.addEventHandler(
                MouseEvent.MOUSE_DRAGGED, e -> frame.cursorProperty().set(timeAt(e.getX())));
        overlay.addEventHandler(
                MouseEvent.MOUSE_EXITED, e -> frame.cursorProperty().set(Double.NaN));
        setMinSize(120, 80);
    }

    /** Adds a curve; curves added later are drawn over earlier ones. */
    public TimeChart add(TimeSeries curve) {
        series.add(curve);
        if (curve.right() && !hasRight) {
            hasRight = true;
            chart.getAxes().add(rightAxis);
            chart.getRenderers().add(new TraceRenderer(List.of(timeAxis, rightAxis), () -> this::paintRight));
        }
        legend.add(curve);
        update();
        return this;
    }

    /** Takes all curves and marks away. */
    public void clear() {
        series.clear();
        marks.clear();
        legend.clear();
        update();
    }

    /** Marks a moment with a word. */
    public void mark(double seconds, String text) {
        marks.add(new Mark(seconds, text));
        overlay.redraw();
    }

    /** Whether the left axis is logarithmic. */
    public BooleanProperty logarithmicProperty() {
        return logarithmic;
    }

    /** Lets a linear axis begin near the smallest value instead of at zero, for figures such as temperatures. */
    public TimeChart fitted() {
        fromZero = false;
        return this;
    }

    /** Says that the right axis counts MiB. */
    public TimeChart rightInMebibytes() {
        rightAxis.inMebibytes();
        return this;
    }

    /** Hides the time labels of a chart that stands above another with the same time axis. */
    public TimeChart withoutTimeLabels() {
        timeAxis.getTickLabelStyle().setVisible(false);
        timeAxis.setTickLength(0);
        return this;
    }

    /** Fixes the width of the left axis, so that charts below each other line up. */
    public TimeChart alignAxes(double left, double right) {
        leftAxis.setMinWidth(left);
        leftAxis.setPrefWidth(left);
        leftAxis.setMaxWidth(left);
        rightAxis.setMinWidth(right);
        rightAxis.setPrefWidth(right);
        rightAxis.setMaxWidth(right);
        if (!hasRight) {
            chart.setStyle("-fx-padding: 0 " + right + "px 0 0;");
        }
        return this;
    }

    /** The line above the chart; views may add controls at its right end. */
    public TimeLegend legend() {
        return legend;
    }

    /** The curves, in order. */
    public List<TimeSeries> series() {
        return List.copyOf(series);
    }

    private static String clock(double seconds) {
        return CLOCK.format(Instant.ofEpochMilli(Math.round(seconds * 1000)).atZone(ZoneId.systemDefault()));
    }

    private void update() {
        if (getScene() == null || Double.isNaN(frame.endProperty().get())) {
            return;
        }
        double to = frame.endProperty().get();
        double from = frame.from();
        timeAxis.set(from, to);
        range(leftAxis, false, from, to);
        if (hasRight) {
            range(rightAxis, true, from, to);
        }
        if (!frame.pausedProperty().get()) {
            legend.update();
        }
        chart.invalidate();
        overlay.redraw();
    }

    private void range(ScaleAxis axis, boolean right, double from, double to) {
        double most = Double.NaN;
        double least = Double.NaN;
        for (TimeSeries curve : series) {
            if (curve.right() == right) {
                most = larger(most, curve.trace().max(from, to));
                double low = curve.trace().minPositive(from, to);
                least = Double.isNaN(least) || low < least ? low : least;
            }
        }
        if (axis.isLogAxis()) {
            double low = Double.isNaN(least) ? 1 : floor125(least);
            axis.set(low, Double.isNaN(most) ? low * 10 : Math.max(low * 10, ceiling125(most)));
        } else {
            double top = Double.isNaN(most) || most <= 0 ? 1 : most * 1.05;
            double bottom = fromZero || Double.isNaN(least) ? 0 : least - Math.max(1, (top - least) / 4);
            double step = axis.step(top - bottom, 4);
            axis.set(Math.floor(bottom / step) * step, Math.ceil(top / step) * step);
        }
    }

    private static double larger(double a, double b) {
        return Double.isNaN(a) || b > a ? b : a;
    }

    private static double floor125(double value) {
        double decade = Math.pow(10, Math.floor(Math.log10(value)));
        double rest = value / decade;
        return decade * (rest >= 5 ? 5 : rest >= 2 ? 2 : 1);
    }

    private static double ceiling125(double value) {
        double decade = Math.pow(10, Math.floor(Math.log10(value)));
        double rest = value / decade;
        return decade * (rest <= 1 ? 1 : rest <= 2 ? 2 : rest <= 5 ? 5 : 10);
    }

    private void paintLeft(GraphicsContext g, Axis x, Axis y) {
        paint(g, x, y, false);
    }

    private void paintRight(GraphicsContext g, Axis x, Axis y) {
        paint(g, x, y, true);
    }

    private void paint(GraphicsContext g, Axis x, Axis y, boolean right) {
        CurvePainter painter = new CurvePainter(g, x, y);
        int columns = (int) Math.max(1, x.getWidth());
        for (TimeSeries curve : series) {
            if (curve.right() == right) {
                Trace.Points points = curve.trace().thinned(x.getMin(), x.getMax(), columns);
                if (curve.filled()) {
                    painter.area(points, curve.steps(), overlay.tint());
                }
                curve.bandTo()
                        .flatMap(this::named)
                        .ifPresent(other -> painter.band(
                                points, other.trace().thinned(x.getMin(), x.getMax(), columns), overlay.tint()));
            }
        }
        for (TimeSeries curve : series) {
            if (curve.right() == right) {
                painter.line(
                        curve.trace().thinned(x.getMin(), x.getMax(), columns),
                        curve.steps(),
                        overlay.paint(curve.colour()),
                        1.4);
            }
        }
    }

    private Optional<TimeSeries> named(String name) {
        return series.stream().filter(s -> s.name().equals(name)).findFirst();
    }

    private double plotLeft() {
        return overlay.sceneToLocal(chart.getCanvas().localToScene(0, 0)).getX();
    }

    private double timeAt(double overlayX) {
        double inside = Math.clamp(overlayX - plotLeft(), 0, chart.getCanvas().getWidth());
        double part = inside / Math.max(1, chart.getCanvas().getWidth());
        return timeAxis.getMin() + part * (timeAxis.getMax() - timeAxis.getMin());
    }

    /** The cursor and the marks, which move without the curves being drawn again; also keeps the inks. */
    private final class Overlay extends CanvasRegion {
        private final Ink tint = ink("band");
        private final Ink line = ink("cursor");
        private final Ink edge = ink("dot-edge");
        private final Ink word = ink("mark");
        private final Map<String, Ink> colours = new HashMap<>();

        Overlay() {
            super("chart-overlay");
            for (String name : List.of("1", "1b", "2", "3", "4", "muted")) {
                colours.put("series-" + name, ink("series-" + name));
            }
        }

        Paint tint() {
            return tint.paint();
        }

        Paint paint(String colour) {
            return colours.getOrDefault(colour, word).paint();
        }

        @Override
        protected void draw(GraphicsContext g, double width, double height) {
            double left = plotLeft();
            double top =
                    overlay.sceneToLocal(chart.getCanvas().localToScene(0, 0)).getY();
            double bottom = top + chart.getCanvas().getHeight();
            g.setFont(word.font());
            for (Mark mark : marks) {
                if (mark.seconds >= timeAxis.getMin() && mark.seconds <= timeAxis.getMax()) {
                    double x = Math.round(left
                                    + timeAxis.fraction(mark.seconds)
                                            * chart.getCanvas().getWidth())
                            + 0.5;
                    g.setStroke(word.paint());
                    g.setLineDashes(3, 3);
                    g.strokeLine(x, top, x, bottom);
                    g.setLineDashes();
                    g.setFill(word.paint());
                    g.fillText(mark.text, x + 6, top + 20);
                }
            }
            double at = frame.cursorProperty().get();
            if (at >= timeAxis.getMin() && at <= timeAxis.getMax()) {
                double x = Math.round(
                                left + timeAxis.fraction(at) * chart.getCanvas().getWidth())
                        + 0.5;
                g.setStroke(line.paint());
                g.setLineWidth(1);
                g.strokeLine(x, top, x, bottom);
                for (TimeSeries curve : series) {
                    dot(g, x, top, curve, at);
                }
            }
        }

        private void dot(GraphicsContext g, double x, double top, TimeSeries curve, double at) {
            double value = curve.trace().at(at);
            if (!Double.isNaN(value)) {
                double up = (curve.right() ? rightAxis : leftAxis).fraction(value);
                double y = top + (1 - up) * chart.getCanvas().getHeight();
                g.setFill(edge.paint());
                g.fillOval(x - 4, y - 4, 8, 8);
                g.setFill(paint(curve.colour()));
                g.fillOval(x - 3, y - 3, 6, 6);
            }
        }
    }
}
