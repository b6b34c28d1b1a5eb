package dev.doorbell.testplans.run;

import java.util.List;

/**
 * What the workers of one step did, all together.
 *
 * @param title the step's
 * @param workload the workload in words: {@code 4 KiB random read, qdepth 64, 2 workers}
 * @param samples one for each interval, in order
 * @param total over the whole time
 * @param histogram of all latencies, the buckets that hold any
 */
public record WorkerSeries(
        String title, String workload, List<WorkerSample> samples, Total total, List<Bucket> histogram) {
    public WorkerSeries {
        samples = List.copyOf(samples);
        histogram = List.copyOf(histogram);
    }

    /** An interval that ended {@code elapsedNanos} after the start; latencies are of that interval. */
    public record WorkerSample(
            long elapsedNanos,
            double iops,
            double bytesPerSecond,
            long p50Nanos,
            long p99Nanos,
            long p999Nanos,
            long maxNanos,
            long errors) {}

    /** Everything from start to end. */
    public record Total(
            double seconds,
            long ios,
            long reads,
            long writes,
            long bytes,
            long errors,
            double iops,
            double bytesPerSecond,
            double meanNanos,
            long p50Nanos,
            long p99Nanos,
            long p999Nanos,
            long maxNanos) {}

    /** Latencies from and below to, and how many. */
    public record Bucket(long fromNanos, long toNanos, long count) {}
}
