package dev.doorbell.driver;

import dev.doorbell.driver.ffi.Layouts.CmdlogEntry;
import dev.doorbell.driver.ffi.Library;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * The last {@link #capacity} commands of a qpair with their completions, as sent and received. May be read by any thread at any time, while
 * the queue is in use.
 */
public final class CmdLog {
    /**
     * One command.
     *
     * @param sequence 0, 1, 2, ... in order of submission
     * @param qid queue
     * @param sqe the 64 bytes that were sent
     * @param cqe the 16 bytes of the completion, all ones if timed out or lost, zeros while outstanding
     * @param submittedNanos of the monotonic clock
     * @param completedNanos of the monotonic clock, 0 while outstanding
     * @param done whether the end is known
     * @param timedOut its time ran out
     * @param lost it ended with a reset, disable or removal
     * @param late the device answered after the time-out; {@code cqe} is that answer
     * @param submittedAt wall-clock time of submission
     */
    public record Entry(
            long sequence,
            int qid,
            byte[] sqe,
            byte[] cqe,
            long submittedNanos,
            long completedNanos,
            boolean done,
            boolean timedOut,
            boolean lost,
            boolean late,
            Instant submittedAt) {
        /** 0 .. 255. */
        public int opcode() {
            return sqe[0] & 0xff;
        }

        /** Command identifier, 0 .. 65535. */
        public int cid() {
            return dword(0) >>> 16;
        }

        /** Namespace id. */
        public int nsid() {
            return dword(1);
        }

        /** Dword {@code index} of the SQE, 0 .. 15. */
        public int dword(int index) {
            return ByteBuffer.wrap(sqe).order(ByteOrder.LITTLE_ENDIAN).getInt(index * 4);
        }

        /** Dword {@code index} of the CQE, 0 .. 3. */
        public int completionDword(int index) {
            return ByteBuffer.wrap(cqe).order(ByteOrder.LITTLE_ENDIAN).getInt(index * 4);
        }

        /** From submission to the end; 0 while outstanding. */
        public long latencyNanos() {
            return done ? completedNanos - submittedNanos : 0;
        }

        /** The status field without the phase tag; 0 while outstanding. */
        public int statusField() {
            return done ? completionDword(3) >>> 17 : 0;
        }
    }

    private static final int CHUNK = 128;

    private final Handle qpair;
    private final MemorySegment entries;
    private final MemorySegment next;

    CmdLog(Handle qpair) {
        this.qpair = qpair;
        Arena arena = Arena.ofAuto();
        this.entries = arena.allocate((long) CmdlogEntry.BYTES * CHUNK, 8);
        this.next = arena.allocate(ValueLayout.JAVA_LONG);
    }

    /** How many commands it holds; older ones are overwritten. */
    public int capacity() {
        return Library.CMDLOG_ENTRIES;
    }

    /**
     * Entries in order, oldest first, from a sequence number on; overwritten ones are left out. An outstanding command is returned as it
     * is: read it again to see its end.
     *
     * @param fromSequence first sequence number of interest
     * @param max how many at most
     */
    public synchronized List<Entry> read(long fromSequence, int max) {
        List<Entry> read = new ArrayList<>();
        long from = fromSequence;
        while (read.size() < max) {
            int n = readChunk(from, Math.min(CHUNK, max - read.size()));
            if (n == 0) {
                break;
            }
            for (int i = 0; i < n; i++) {
                read.add(entry((long) i * CmdlogEntry.BYTES));
            }
            from = next.get(ValueLayout.JAVA_LONG, 0);
        }
        return read;
    }

    /** The last {@code n} commands, oldest first. */
    public List<Entry> latest(int n) {
        return read(Math.max(0, nextSequence() - n), n);
    }

    /** The sequence number that the next command will get. */
    public synchronized long nextSequence() {
        readChunk(Long.MAX_VALUE, 0);
        return next.get(ValueLayout.JAVA_LONG, 0);
    }

    private int readChunk(long from, int max) {
        long h = qpair.acquire();
        try {
            return Rc.check(Library.get().bell_cmdlog_read(h, from, entries.address(), max, next.address()));
        } finally {
            qpair.release();
        }
    }

    private Entry entry(long at) {
        int flags = entries.get(ValueLayout.JAVA_INT, at + CmdlogEntry.FLAGS);
        long submitted = entries.get(ValueLayout.JAVA_LONG, at + CmdlogEntry.SUBMITTED_NS);
        return new Entry(
                entries.get(ValueLayout.JAVA_LONG, at + CmdlogEntry.SEQUENCE),
                entries.get(ValueLayout.JAVA_SHORT, at + CmdlogEntry.QID) & 0xffff,
                entries.asSlice(at + CmdlogEntry.SQE, 64).toArray(ValueLayout.JAVA_BYTE),
                entries.asSlice(at + CmdlogEntry.CQE, 16).toArray(ValueLayout.JAVA_BYTE),
                submitted,
                entries.get(ValueLayout.JAVA_LONG, at + CmdlogEntry.COMPLETED_NS),
                (flags & Library.LOG_DONE) != 0,
                (flags & Library.CQ_TIMEOUT) != 0,
                (flags & Library.CQ_LOST) != 0,
                (flags & Library.LOG_LATE) != 0,
                WallClock.at(submitted));
    }
}
