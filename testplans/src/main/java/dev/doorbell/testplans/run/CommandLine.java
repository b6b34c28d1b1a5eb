package dev.doorbell.testplans.run;

import java.time.Instant;

/**
 * A cmdlog entry with its text.
 *
 * @param sequence its number in the queue's cmdlog
 * @param details what its fields say, for example {@code ns 2, LBA 4096 +8}
 * @param status in words; empty while it is outstanding
 * @param latencyNanos 0 while it is outstanding
 */
public record CommandLine(
        long sequence,
        int qid,
        String name,
        String details,
        String status,
        boolean success,
        boolean done,
        Instant submitted,
        long latencyNanos,
        byte[] sqe,
        byte[] cqe) {}
