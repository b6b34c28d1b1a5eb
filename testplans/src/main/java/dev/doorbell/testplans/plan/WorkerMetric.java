package dev.doorbell.testplans.plan;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** What a worker step can expect something of, over all its workers and the whole time. */
public enum WorkerMetric {
    ERRORS("errors", "errors"),
    IOS("ios", "I/Os completed"),
    READS("reads", "reads"),
    WRITES("writes", "writes"),
    IOPS("iops", "IOPS"),
    BANDWIDTH("bandwidth", "bytes per second"),
    P50("p50", "median latency"),
    P99("p99", "p99 latency"),
    P999("p99.9", "p99.9 latency"),
    MAX("max", "longest latency"),
    MEAN("mean", "mean latency");

    private final String key;
    private final String title;

    WorkerMetric(String key, String title) {
        this.key = key;
        this.title = title;
    }

    /** How plans write it. */
    public String key() {
        return key;
    }

    public String title() {
        return title;
    }

    /** Whether the value is a time in nanoseconds. */
    public boolean isTime() {
        return compareTo(P50) >= 0;
    }

    static Optional<WorkerMetric> of(String key) {
        return Arrays.stream(values()).filter(m -> m.key.equals(key)).findFirst();
    }

    static List<String> keys() {
        return Arrays.stream(values()).map(WorkerMetric::key).toList();
    }
}
