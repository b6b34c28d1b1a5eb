package dev.doorbell.driver;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;

/**
 * The end of a command. If it came from the device, {@code cqe} is what the device wrote; if time ran out or the queue was lost, it is all
 * ones and {@code timedOut} or {@code lost} says so.
 *
 * @param cqe the 16 bytes of the completion queue entry
 * @param submittedNanos when the doorbell was rung, of the monotonic clock
 * @param completedNanos when the end was seen, of the monotonic clock
 * @param cid command identifier, 0 .. 65535
 * @param qid queue, 0 is the admin queue
 * @param timedOut the command's time ran out; the device may still work on it
 * @param lost the queue was reset, disabled or closed, or the device removed
 * @param miscompares blocks that are not what {@link Verification} expects, though the device may have said success
 */
public record Completion(
        byte[] cqe,
        long submittedNanos,
        long completedNanos,
        int cid,
        int qid,
        boolean timedOut,
        boolean lost,
        List<Miscompare> miscompares) {
    /** One without a miscompare. */
    public Completion(
            byte[] cqe, long submittedNanos, long completedNanos, int cid, int qid, boolean timedOut, boolean lost) {
        this(cqe, submittedNanos, completedNanos, cid, qid, timedOut, lost, List.of());
    }

    /** The same with miscompares. */
    Completion with(List<Miscompare> found) {
        return new Completion(cqe, submittedNanos, completedNanos, cid, qid, timedOut, lost, found);
    }

    /** Checks that there are 16 bytes. */
    public Completion {
        if (cqe.length != 16) {
            throw new IllegalArgumentException("a completion queue entry has 16 bytes, not " + cqe.length);
        }
    }

    /** Dword 0 .. 3. */
    public int dword(int index) {
        return ByteBuffer.wrap(cqe).order(ByteOrder.LITTLE_ENDIAN).getInt(index * 4);
    }

    /** Dword 0, the command specific result. */
    public int cdw0() {
        return dword(0);
    }

    /** The status field without the phase tag: dword 3, bits 31:17 (NVMe Base 2.0c §3.3.3.2). */
    public int statusField() {
        return dword(3) >>> 17;
    }

    /** Status code type, 0 .. 7. */
    public int sct() {
        return statusField() >> 8 & 7;
    }

    /** Status code, 0 .. 255. */
    public int sc() {
        return statusField() & 0xff;
    }

    /** Do not retry. */
    public boolean dnr() {
        return (statusField() >> 14 & 1) != 0;
    }

    /** The error log has more about it. */
    public boolean more() {
        return (statusField() >> 13 & 1) != 0;
    }

    /** Command retry delay, 0 .. 3. */
    public int crd() {
        return statusField() >> 11 & 3;
    }

    /** The submission queue, as the device says. */
    public int sqid() {
        return dword(2) >>> 16;
    }

    /** The submission queue's head, as the device says. */
    public int sqhd() {
        return dword(2) & 0xffff;
    }

    /** The device answered, with status 00/00, and its data is right as far as that is known. */
    public boolean isSuccess() {
        return !timedOut && !lost && sct() == 0 && sc() == 0 && miscompares.isEmpty();
    }

    /** From the doorbell to the end. */
    public long latencyNanos() {
        return completedNanos - submittedNanos;
    }

    /** Status code type and status code in hex, "02/85". */
    public String statusCode() {
        return String.format("%02x/%02x", sct(), sc());
    }

    /** The end in words: "Compare Failure (02/85)", "timed out", "lost". */
    public String statusText() {
        if (timedOut) {
            return "timed out";
        }
        if (lost) {
            return "lost";
        }
        if (!miscompares.isEmpty()) {
            return "miscompare" + (statusField() << 21 >>> 21 == 0 ? "" : ", " + deviceText());
        }
        return deviceText();
    }

    private String deviceText() {
        String name = StatusText.of(statusField());
        return name.contains(statusCode()) ? name : name + " (" + statusCode() + ")";
    }

    /**
     * This completion if it is a success.
     *
     * @throws Command.StatusException if the device answered with another status
     * @throws Command.MiscompareException if the data is not what was written
     * @throws Command.TimeoutException if time ran out
     * @throws Command.LostException if the queue was lost
     */
    public Completion orThrow() {
        return orThrow("command");
    }

    Completion orThrow(String what) {
        if (isSuccess()) {
            return this;
        }
        String which = what + ", CID " + cid + " on " + (qid == 0 ? "the admin queue" : "qpair " + qid);
        if (timedOut) {
            throw new Command.TimeoutException(which + ", had not ended after " + latencyNanos() / 1_000_000
                    + " ms; raise the time-out, or look at its queue's cmdlog for a late completion");
        }
        if (lost) {
            throw new Command.LostException(
                    which + ", was lost: its queue was reset, disabled or closed, or the device is gone");
        }
        if (!miscompares.isEmpty()) {
            throw new Command.MiscompareException(
                    which + ", found a miscompare: " + miscompares.getFirst().text(), this);
        }
        throw new Command.StatusException(which + ", ended with " + statusText(), this);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Completion c
                && Arrays.equals(cqe, c.cqe)
                && submittedNanos == c.submittedNanos
                && completedNanos == c.completedNanos
                && cid == c.cid
                && qid == c.qid
                && timedOut == c.timedOut
                && lost == c.lost;
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(cqe) * 31 + Long.hashCode(submittedNanos);
    }

    @Override
    public String toString() {
        return "CID " + cid + " on qpair " + qid + ": " + statusText() + ", " + latencyNanos() / 1000 + " µs";
    }
}
