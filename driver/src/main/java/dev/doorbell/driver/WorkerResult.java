package dev.doorbell.driver;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Everything that a worker measured, of one moment or of its end. Immutable.
 *
 * @param workload what it was to do
 * @param qid its queue
 * @param state where it is in its life
 * @param failure why it failed
 * @param counters totals
 * @param operations totals of each operation, in the order of the workload
 * @param intervals its intervals, oldest first; of a long run the last 8192
 * @param errors commands that failed, oldest first; of many the last 1024
 * @param slowest its slowest commands, slowest first
 */
public record WorkerResult(
        Workload workload,
        int qid,
        IoWorker.State state,
        Optional<String> failure,
        IoWorker.Counters counters,
        List<OperationCount> operations,
        List<WorkerInterval> intervals,
        List<KeptCommand> errors,
        List<KeptCommand> slowest) {
    private static final double PERCENT = 100;

    public WorkerResult {
        operations = List.copyOf(operations);
        intervals = List.copyOf(intervals);
        errors = List.copyOf(errors);
        slowest = List.copyOf(slowest);
    }

    /** Latencies of all its commands. */
    public LatencyHistogram latency() {
        LatencyHistogram all = LatencyHistogram.empty();
        List<Integer> seen = new ArrayList<>();
        for (OperationCount o : operations) {
            if (!seen.contains(o.opcode())) {
                seen.add(o.opcode());
                all = all.plus(o.latency());
            }
        }
        return all;
    }

    /**
     * Commands a second over longer steps, such as a second; the last step only if it is whole.
     *
     * @param step a multiple of the interval
     */
    public List<Double> iopsEach(Duration step) {
        long length = workload.measurement().interval().toNanos();
        long nanos = step.toNanos();
        if (length <= 0 || nanos < length || nanos % length != 0) {
            throw new IllegalArgumentException("a step of " + step + "; it must be a multiple of the interval, "
                    + workload.measurement().interval());
        }
        int each = (int) (nanos / length);
        List<Double> result = new ArrayList<>();
        long completed = 0;
        for (int i = 0; i < intervals.size(); i++) {
            WorkerInterval interval = intervals.get(i);
            if (interval.endNanos() - interval.startNanos() < length) {
                break;
            }
            completed += interval.completed();
            if (i % each == each - 1) {
                result.add(completed * 1e9 / nanos);
                completed = 0;
            }
        }
        return result;
    }

    /**
     * How steady it was: the IOPS that {@code percent} of the steps reach or exceed, as a share of their mean, 0 .. 1; 0 where there is no
     * whole step.
     */
    public double iopsConsistency(Duration step, double percent) {
        if (!(percent > 0 && percent < PERCENT)) {
            throw new IllegalArgumentException("percent " + percent + "; it must lie between 0 and 100");
        }
        List<Double> each = iopsEach(step).stream()
                .sorted(java.util.Comparator.reverseOrder())
                .toList();
        double mean = each.stream().mapToDouble(Double::doubleValue).average().orElse(0);
        return mean == 0 ? 0 : each.get((int) (each.size() * percent / PERCENT)) / mean;
    }

    /** Standard deviation of the IOPS over steps, as a share of their mean; 0 where there is no whole step. */
    public double iopsVariation(Duration step) {
        List<Double> each = iopsEach(step);
        double mean = each.stream().mapToDouble(Double::doubleValue).average().orElse(0);
        double squares = each.stream()
                .mapToDouble(v -> (v - mean) * (v - mean))
                .average()
                .orElse(0);
        return mean == 0 ? 0 : Math.sqrt(squares) / mean;
    }

    /** As JSON: raw numbers with the unit in the key. */
    public String toJson() {
        return WorkerResultJson.of(this).toPrettyString();
    }

    /** In the layout of fio's {@code --output-format=json+}, so that tools that read that can read this. */
    public String toFioJson() {
        return FioJson.of(List.of(this)).toPrettyString();
    }

    /** Several workers as the jobs of one fio run. */
    public static String toFioJson(List<WorkerResult> results) {
        return FioJson.of(results).toPrettyString();
    }
}
