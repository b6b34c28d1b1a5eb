package dev.doorbell.driver;

/**
 * What a worker did of one {@link IoOperation} of its workload.
 *
 * @param opcode the opcode
 * @param completed commands that ended, errors included
 * @param bytes data of successful ones
 * @param errors commands that failed
 * @param retries commands that were sent again
 * @param latencySumNanos of those that the device completed
 * @param latencyMinNanos shortest, 0 without any
 * @param latencyMaxNanos longest
 * @param latency their histogram, empty if it was left out
 */
public record OperationCount(
        int opcode,
        long completed,
        long bytes,
        long errors,
        long retries,
        long latencySumNanos,
        long latencyMinNanos,
        long latencyMaxNanos,
        LatencyHistogram latency) {
    /** Mean latency; 0 without any. */
    public double latencyMeanNanos() {
        return completed == 0 ? 0 : (double) latencySumNanos / completed;
    }
}
