package dev.doorbell.testplans.report;

import dev.doorbell.testplans.plan.Quantities;
import dev.doorbell.testplans.run.WorkerSeries;
import dev.doorbell.testplans.run.WorkerSeries.Bucket;
import dev.doorbell.testplans.run.WorkerSeries.WorkerSample;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** The charts of a worker step: rate and latency over time, and the latencies' distribution. */
final class WorkerCharts {
    private static final int BARS = 64;

    private WorkerCharts() {}

    /** IOPS over time; empty with fewer than two samples. */
    static String iops(WorkerSeries series) {
        List<WorkerSample> samples = series.samples();
        if (samples.size() < 2) {
            return "";
        }
        Axis y = Axis.linear(max(samples, WorkerSample::iops), Svg.HEIGHT - Svg.BOTTOM, Svg.TOP);
        Axis x = time(samples);
        String line = points(samples, x, y, WorkerSample::iops, false);
        String area = line
                + "L%s %s L%s %s Z"
                        .formatted(
                                Svg.n(x.at(seconds(samples.getLast()))),
                                Svg.n(y.at(0)),
                                Svg.n(x.at(seconds(samples.getFirst()))),
                                Svg.n(y.at(0)));
        return new Svg("I/Os per second over time")
                .grid(y, Quantities::rate)
                .bottom(x, WorkerCharts::secondsText)
                .path("area", area)
                .path("line", line)
                .end();
    }

    /** A band from p50 to p99, and p99.9 as a line, over time. */
    static String latency(WorkerSeries series) {
        List<WorkerSample> samples =
                series.samples().stream().filter(s -> s.p50Nanos() > 0).toList();
        if (samples.size() < 2) {
            return "";
        }
        double low = samples.stream().mapToDouble(WorkerSample::p50Nanos).min().orElse(1);
        Axis y = Axis.logarithmic(low, max(samples, WorkerSample::p999Nanos), Svg.HEIGHT - Svg.BOTTOM, Svg.TOP);
        Axis x = time(samples);
        String p50 = points(samples, x, y, WorkerSample::p50Nanos, false);
        String back = points(samples, x, y, WorkerSample::p99Nanos, true).replaceFirst("M", "L");
        return new Svg("Latency percentiles over time")
                .grid(y, v -> Quantities.nanos(Math.round(v)))
                .bottom(x, WorkerCharts::secondsText)
                .path("band", p50 + back + "Z")
                .path("line", p50)
                .path("tail", points(samples, x, y, WorkerSample::p999Nanos, false))
                .end();
    }

    /** How many I/Os took how long, over a logarithmic axis; counts are drawn by their logarithm so that tails show. */
    static String histogram(WorkerSeries series) {
        List<Bucket> buckets = series.histogram();
        if (buckets.isEmpty()) {
            return "";
        }
        Axis x = Axis.logarithmic(
                buckets.getFirst().fromNanos(), buckets.getLast().toNanos(), Svg.LEFT, Svg.WIDTH - Svg.RIGHT);
        long[] counts = new long[BARS];
        double width = (double) (Svg.WIDTH - Svg.RIGHT - Svg.LEFT) / BARS;
        for (Bucket b : buckets) {
            double middle = Math.sqrt((double) Math.max(1, b.fromNanos()) * Math.max(1, b.toNanos()));
            int bar = (int) ((x.at(middle) - Svg.LEFT) / width);
            counts[Math.clamp(bar, 0, BARS - 1)] += b.count();
        }
        long highest = 1;
        for (long c : counts) {
            highest = Math.max(highest, c);
        }
        Axis y = Axis.logarithmic(1, highest, Svg.HEIGHT - Svg.BOTTOM, Svg.TOP);
        Svg svg = new Svg("Distribution of latencies")
                .grid(y, Quantities::rate)
                .bottom(x, v -> Quantities.nanos(Math.round(v)));
        for (int i = 0; i < BARS; i++) {
            if (counts[i] > 0) {
                double top = Math.min(y.at(counts[i]), Svg.HEIGHT - Svg.BOTTOM - 2);
                svg.bar(
                        Svg.LEFT + i * width + 0.5,
                        top,
                        width - 1,
                        Svg.HEIGHT - Svg.BOTTOM - top,
                        Quantities.grouped(counts[i]) + " I/Os");
            }
        }
        return svg.end();
    }

    private static Axis time(List<WorkerSample> samples) {
        return Axis.exact(seconds(samples.getLast()), Svg.LEFT, Svg.WIDTH - Svg.RIGHT);
    }

    private static String points(
            List<WorkerSample> samples, Axis x, Axis y, ToDoubleFunction<WorkerSample> value, boolean backwards) {
        StringBuilder d = new StringBuilder();
        List<WorkerSample> order = backwards ? new ArrayList<>(samples).reversed() : samples;
        for (WorkerSample s : order) {
            d.append(d.isEmpty() ? 'M' : 'L')
                    .append(Svg.n(x.at(seconds(s))))
                    .append(' ')
                    .append(Svg.n(y.at(value.applyAsDouble(s))));
        }
        return d.toString();
    }

    private static double max(List<WorkerSample> samples, ToDoubleFunction<WorkerSample> value) {
        return samples.stream().mapToDouble(value).max().orElse(1);
    }

    private static double seconds(WorkerSample s) {
        return s.elapsedNanos() / 1e9;
    }

    private static String secondsText(double seconds) {
        String text = String.format(Locale.ROOT, "%.2f", seconds);
        return text.replaceFirst("\\.?0+$", "") + " s";
    }
}
