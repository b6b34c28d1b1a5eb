package dev.doorbell.app.views.traffic;

/**
 * What all workers did between two looks.
 *
 * @param seconds when it ended, since the epoch
 * @param lengthSeconds how long it was
 * @param completed I/Os
 * @param iops I/Os a second
 * @param bytesPerSecond data both ways
 * @param p50 median latency in ns; this and the other latencies are not a number when nothing completed
 * @param p99 in ns
 * @param p999 in ns
 * @param max in ns
 * @param errors completions with an error
 * @param celsius composite temperature; not a number when it is not known
 */
record Interval(
        double seconds,
        double lengthSeconds,
        long completed,
        double iops,
        double bytesPerSecond,
        double p50,
        double p99,
        double p999,
        double max,
        long errors,
        double celsius) {}
