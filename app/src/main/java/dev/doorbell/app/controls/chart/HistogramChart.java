package dev.doorbell.app.controls.chart;

import dev.doorbell.app.controls.CanvasRegion;
import dev.doorbell.app.controls.Figures;
import io.fair_acc.chartfx.XYChart;
import io.fair_acc.chartfx.axes.Axis;
import io.fair_acc.chartfx.ui.geometry.Side;
import java.util.ArrayList;
import java.util.List;
import javafx.scene.canvas.GraphicsContext;
import javafx.scene.layout.StackPane;

/**
 * How often which latency occurred: bars over a logarithmic axis of time, counts on a logarithmic axis, and dashed
 * lines at percentiles. Buckets may be of any width; neighbours that share pixels are drawn as one bar.
 */
public final class HistogramChart extends StackPane {
    private static final double BAR_PIXELS = 8;

    /**
     * A bucket.
     *
     * @param fromNanos its lowest latency
     * @param toNanos the lowest latency above it
     * @param count how many fell into it
     */
    public record Bucket(double fromNanos, double toNanos, long count) {}

    /** A dashed line with a name: {@code p99}. */
    public record Percentile(String name, double nanos) {}

    private final ScaleAxis latency = new ScaleAxis(Side.BOTTOM, false, Figures::nanos);
    private final ScaleAxis counts = new ScaleAxis(Side.LEFT, false, Figures::si);
    private final XYChart chart = new XYChart(latency, counts);
    private final Overlay overlay = new Overlay();
    private List<Bucket> buckets = List.of();
    private List<Percentile> percentiles = List.of();

    public HistogramChart() {
        getStyleClass().add("histogram-chart");
        latency.set(1e4, 1e7);
        counts.set(1, 10);
        latency.setLogAxis(true);
        counts.setLogAxis(true);
        chart.setLegendVisible(false);
        chart.setAnimated(false);
        chart.getPlugins().clear();
        ScaleAxis.withoutMinorGrid(chart);
        chart.getRenderers().setAll(new TraceRenderer(List.of(latency, counts), () -> this::paint));
        getChildren().addAll(chart, overlay);
        overlay.setMouseTransparent(true);
        setMinSize(120, 100);
    }

    /** Shows buckets in ascending order; empty ones may be left out. */
    public void show(List<Bucket> newBuckets, List<Percentile> newPercentiles) {
        buckets = newBuckets.stream().filter(b -> b.count > 0).toList();
        percentiles = List.copyOf(newPercentiles);
        if (!buckets.isEmpty()) {
            double low = Math.max(1, buckets.getFirst().fromNanos);
            double high = percentiles.stream()
                    .mapToDouble(Percentile::nanos)
                    .reduce(Math.max(low * 10, buckets.getLast().toNanos), Math::max);
            latency.set(low / 1.25, high * 1.25);
            long most = bars(latency.getLength() > 0 ? latency.getLength() : 300).stream()
                    .mapToLong(Bucket::count)
                    .max()
                    .orElse(1);
            counts.set(0.8, Math.max(10, most * 1.6));
        }
        chart.invalidate();
        overlay.redraw();
    }

    private void paint(GraphicsContext g, Axis x, Axis y) {
        g.setFill(overlay.bar.paint());
        double floor = y.getDisplayPosition(y.getMin());
        for (Bucket bar : bars(x.getLength())) {
            double left = x.getDisplayPosition(bar.fromNanos);
            double right = x.getDisplayPosition(bar.toNanos);
            double top = y.getDisplayPosition(bar.count);
            g.fillRect(left + 0.5, top, Math.max(1, right - left - 1), Math.max(1, floor - top));
        }
    }

    /** Equal steps of the logarithmic axis, each with what falls into it. */
    private List<Bucket> bars(double pixels) {
        int steps = (int) Math.max(8, pixels / BAR_PIXELS);
        double low = Math.log(latency.getMin());
        double step = (Math.log(latency.getMax()) - low) / steps;
        long[] sums = new long[steps];
        for (Bucket bucket : buckets) {
            double middle = Math.log(Math.max(1, Math.sqrt(Math.max(1, bucket.fromNanos) * bucket.toNanos)));
            sums[Math.clamp((int) ((middle - low) / step), 0, steps - 1)] += bucket.count;
        }
        List<Bucket> bars = new ArrayList<>();
        for (int i = 0; i < steps; i++) {
            if (sums[i] > 0) {
                bars.add(new Bucket(Math.exp(low + i * step), Math.exp(low + (i + 1) * step), sums[i]));
            }
        }
        return bars;
    }

    private final class Overlay extends CanvasRegion {
        private final Ink bar = ink("bar");
        private final Ink line = ink("percentile");

        Overlay() {
            super("histogram-overlay");
        }

        @Override
        protected void draw(GraphicsContext g, double width, double height) {
            var origin = sceneToLocal(chart.getCanvas().localToScene(0, 0));
            g.setStroke(line.paint());
            g.setFill(line.paint());
            g.setFont(line.font());
            g.setLineDashes(3, 3);
            double free = 0;
            for (Percentile percentile : percentiles) {
                if (percentile.nanos >= latency.getMin() && percentile.nanos <= latency.getMax()) {
                    double x = Math.round(origin.getX()
                                    + latency.fraction(percentile.nanos)
                                            * chart.getCanvas().getWidth())
                            + 0.5;
                    g.strokeLine(
                            x,
                            origin.getY(),
                            x,
                            origin.getY() + chart.getCanvas().getHeight());
                    double word = line.width(percentile.name);
                    // At the right end there is room only before the line.
                    double at = x + 4 + word <= width ? x + 4 : x - 4 - word;
                    if (at >= free) {
                        g.fillText(percentile.name, at, origin.getY() + 10);
                        free = at + word + 4;
                    }
                }
            }
            g.setLineDashes();
        }
    }
}
