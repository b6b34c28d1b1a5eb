package dev.doorbell.driver;

/**
 * What a worker did in one interval, of the commands that ended in it. Latencies are those of this interval.
 *
 * @param number 0, 1, 2 ... from the start
 * @param startNanos on the monotonic clock
 * @param endNanos on the monotonic clock; less than an interval later at the end of the run
 * @param reads commands that bring data
 * @param writes commands that send data
 * @param others commands without data
 * @param readBytes data of successful reads
 * @param writeBytes data of successful writes
 * @param errors commands that failed
 * @param latencySumNanos of all of them
 * @param latencyMinNanos shortest, 0 without any; from the histogram like the percentiles, so within 1 %
 * @param p50Nanos median
 * @param p99Nanos 99th percentile
 * @param p999Nanos 99.9th percentile
 * @param p9999Nanos 99.99th percentile
 * @param latencyMaxNanos longest
 */
public record WorkerInterval(
        long number,
        long startNanos,
        long endNanos,
        long reads,
        long writes,
        long others,
        long readBytes,
        long writeBytes,
        long errors,
        long latencySumNanos,
        long latencyMinNanos,
        long p50Nanos,
        long p99Nanos,
        long p999Nanos,
        long p9999Nanos,
        long latencyMaxNanos) {
    /** Commands that ended. */
    public long completed() {
        return reads + writes + others;
    }

    /** Its length in seconds. */
    public double seconds() {
        return (endNanos - startNanos) / 1e9;
    }

    /** Commands a second. */
    public double iops() {
        return endNanos == startNanos ? 0 : completed() / seconds();
    }

    /** Data both ways, bytes a second. */
    public double bytesPerSecond() {
        return endNanos == startNanos ? 0 : (readBytes + writeBytes) / seconds();
    }

    /** Mean latency, 0 without any. */
    public double latencyMeanNanos() {
        return completed() == 0 ? 0 : (double) latencySumNanos / completed();
    }
}
