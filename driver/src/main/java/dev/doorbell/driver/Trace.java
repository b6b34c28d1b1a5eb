package dev.doorbell.driver;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/** A recorded sequence of I/Os, in the order in which they were sent. Immutable. */
public final class Trace {
    /**
     * One I/O.
     *
     * @param nanos when it was sent, from the start of the trace
     * @param opcode NVM command set
     * @param lba first LBA
     * @param lbaCount how many, 1 .. 65536; 0 for a flush
     */
    public record Entry(long nanos, int opcode, long lba, int lbaCount) {}

    private final long[] nanos;
    private final int[] opcodes;
    private final long[] lbas;
    private final int[] counts;

    private Trace(List<Entry> entries) {
        int n = entries.size();
        nanos = new long[n];
        opcodes = new int[n];
        lbas = new long[n];
        counts = new int[n];
        for (int i = 0; i < n; i++) {
            Entry e = entries.get(i);
            nanos[i] = e.nanos();
            opcodes[i] = e.opcode();
            lbas[i] = e.lba();
            counts[i] = e.lbaCount();
        }
    }

    /** The entries, sorted by time. */
    public static Trace of(List<Entry> entries) {
        return new Trace(
                entries.stream().sorted(Comparator.comparingLong(Entry::nanos)).toList());
    }

    /** How many I/Os. */
    public int size() {
        return nanos.length;
    }

    /** I/O number {@code index}, from 0. */
    public Entry entry(int index) {
        return new Entry(nanos[index], opcodes[index], lbas[index], counts[index]);
    }

    /** Whether anything but reads, verifies, compares and flushes is in it. */
    public boolean changesData() {
        return Arrays.stream(opcodes).anyMatch(o -> IoOperation.of(o, 100).changesData());
    }

    /** From the first I/O to the last. */
    public long durationNanos() {
        return nanos.length == 0 ? 0 : nanos[nanos.length - 1] - nanos[0];
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Trace t
                && Arrays.equals(nanos, t.nanos)
                && Arrays.equals(opcodes, t.opcodes)
                && Arrays.equals(lbas, t.lbas)
                && Arrays.equals(counts, t.counts);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(nanos) * 31 + Arrays.hashCode(lbas);
    }

    @Override
    public String toString() {
        return "trace of " + nanos.length + " I/Os";
    }
}
