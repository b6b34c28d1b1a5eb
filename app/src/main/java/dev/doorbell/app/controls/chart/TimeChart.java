package dev.doorbell.app.controls.chart;

import io.fair_acc.chartfx.XYChart;
import io.fair_acc.chartfx.axes.Axis;
import io.fair_acc.chartfx.ui.geometry.Side;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleFunction;
import javafx.beans.property.BooleanProperty;
import javafx.beans.property.SimpleBooleanProperty;
import javafx.scene.canvas.GraphicsContext;
import javafx.scene.layout.BorderPane;
import javafx.scene.layout.StackPane;
import javafx.scene.paint.Paint;

/**
 * Curves over the time axis of a {@link TimeFrame}: a legend with current values above, a left and, if a curve wants
 * it, a right axis, linear or logarithmic, a tinted area or band, marks with a word at moments, and the frame's cursor.
 * It redraws when the frame advances, and does nothing while it is not in a window.
 */
public final class TimeChart extends BorderPane {
    private static final DateTimeFormatter FINE_CLOCK = DateTimeFormatter.ofPattern("HH:mm:ss.S");
    private static final DateTimeFormatter CLOCK = DateTimeFormatter.ofPattern("HH:mm:ss");

    private final TimeFrame frame;
    private final List<TimeSeries> series;
    private final BooleanProperty logarithmic = new SimpleBooleanProperty(this, "logarithmic", false);
    private final ScaleAxis timeAxis = new ScaleAxis(Side.BOTTOM, true, TimeChart::clock);
    private final ScaleAxis leftAxis;
    private final ScaleAxis rightAxis;
    private final XYChart chart;
    private final TimeOverlay overlay;
    private final TimeLegend legend;
    private boolean hasRight;
    private boolean fromZero = true;

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
        overlay = new TimeOverlay(frame, chart, timeAxis, leftAxis, rightAxis);
        series = overlay.series();
        legend = new TimeLegend(title);
        setTop(legend);
        setCenter(new StackPane(chart, overlay));
        frame.endProperty().addListener(o -> update());
        frame.windowProperty().addListener(o -> update());
        logarithmic.addListener(o -> {
            leftAxis.set(1, 10);
            leftAxis.setLogAxis(logarithmic.get());
            update();
        });
        TimeMouse.install(overlay, frame, overlay::timeAt);
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

    /** Shows other curves in place of all that it has; the marks stay. */
    public void replace(List<TimeSeries> curves) {
        series.clear();
        legend.clear();
        curves.forEach(this::add);
        rightAxis.getTickLabelStyle().setVisible(curves.stream().anyMatch(TimeSeries::right));
        update();
    }

    /** Shows a line at a value of the left axis, such as a limit, when the axis reaches it. */
    public TimeChart limit(double value) {
        overlay.limit(value);
        return this;
    }

    /** Takes all curves and marks away. */
    public void clear() {
        series.clear();
        overlay.marks().clear();
        legend.clear();
        update();
    }

    /** Marks a moment with a word. */
    public void mark(double seconds, String text) {
        overlay.marks().add(new TimeOverlay.Mark(seconds, text));
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
        overlay.withoutClock();
        return this;
    }

    /** Writes the names of the left axis' curves where they end; {@link #alignAxes} makes the room for it. */
    public TimeChart withNames() {
        overlay.withNames();
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

    /** Draws what it shows into an SVG, from a height on and as high as it is. */
    public void draw(Svg svg, double top, double width) {
        boolean foot = timeAxis.getTickLabelStyle().isVisible();
        var drawing = new ChartDrawing(svg, overlay, timeAxis, top, width, getHeight(), foot);
        drawing.head(legend.title());
        drawing.grid(leftAxis, rightAxis, series.stream().anyMatch(TimeSeries::right));
        drawing.curves(leftAxis, rightAxis);
    }

    /** The colour of its ground. */
    public Paint ground() {
        return overlay.ground();
    }

    /** The line above the chart; views may add controls at its right end. */
    public TimeLegend legend() {
        return legend;
    }

    /** The curves, in order. */
    public List<TimeSeries> series() {
        return List.copyOf(series);
    }

    static String clock(double seconds) {
        // A mark between seconds needs its fraction.
        return (Math.abs(seconds - Math.rint(seconds)) > 1e-3 ? FINE_CLOCK : CLOCK)
                .format(Instant.ofEpochMilli(Math.round(seconds * 1000)).atZone(ZoneId.systemDefault()));
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
        Map<TimeSeries, Trace.Points> thinned = new HashMap<>();
        for (TimeSeries curve : series) {
            if (curve.right() == right) {
                thinned.put(curve, curve.trace().thinned(x.getMin(), x.getMax(), columns));
            }
        }
        thinned.forEach((curve, points) -> {
            if (curve.filled()) {
                painter.area(points, curve.steps(), overlay.tint());
            }
            curve.bandTo()
                    .flatMap(overlay::named)
                    .map(thinned::get)
                    .ifPresent(other -> painter.band(points, other, overlay.tint()));
        });
        for (TimeSeries curve : series) {
            if (curve.right() == right) {
                painter.line(thinned.get(curve), curve.steps(), overlay.paint(curve.colour()), curve.width());
            }
        }
    }
}
