package dev.doorbell.driver;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A command of a worker with how it ended: one of the slowest, or one that failed.
 *
 * @param number 0, 1, 2 ... in the order of the list it comes from
 * @param submittedNanos on the monotonic clock
 * @param completedNanos on the monotonic clock
 * @param sqe the 64 bytes that were sent, but for the CID
 * @param cqe the 16 bytes that came back; all ones after a time-out
 * @param attempts how often it had been sent, 1 or more
 * @param timedOut whether it timed out
 */
public record KeptCommand(
        long number, long submittedNanos, long completedNanos, byte[] sqe, byte[] cqe, int attempts, boolean timedOut) {
    /** From submission to completion. */
    public long latencyNanos() {
        return completedNanos - submittedNanos;
    }

    /** Opcode. */
    public int opcode() {
        return sqe[0] & 0xff;
    }

    /** First LBA, dwords 10 and 11. */
    public long lba() {
        return ByteBuffer.wrap(sqe).order(ByteOrder.LITTLE_ENDIAN).getLong(40);
    }

    /** Status field, bits 15:1 of the completion's last word. */
    public int statusField() {
        return ((cqe[14] & 0xff) | (cqe[15] & 0xff) << 8) >> 1;
    }
}
