package dev.doorbell.testplans.run;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Where two buffers differ.
 *
 * @param offset of the first byte that differs
 * @param differingBytes how many bytes differ in all
 * @param totalBytes how many were compared
 * @param windowOffset where {@code expected} and {@code got} start, a multiple of 8
 * @param expected up to {@link #WINDOW} bytes around the first difference
 * @param got the same range of what came
 * @param blocks the logical blocks compared, when the data came from blocks; at most {@link #MAX_BLOCKS}
 */
public record Difference(
        int offset,
        int differingBytes,
        int totalBytes,
        int windowOffset,
        byte[] expected,
        byte[] got,
        List<BlockState> blocks) {
    public static final int WINDOW = 64;
    public static final int MAX_BLOCKS = 64;
    private static final int LEAD = 8;

    public Difference {
        blocks = List.copyOf(blocks);
    }

    /**
     * A logical block of the data.
     *
     * @param content {@code zero}, {@code ones} or {@code data}
     */
    public record BlockState(long lba, boolean differs, String content) {}

    /** Compares; empty when all is equal. A missing tail counts as different. */
    public static Optional<Difference> between(byte[] expected, byte[] got) {
        return between(expected, got, 0, 0);
    }

    /** As {@link #between(byte[], byte[])}, for data that began at an LBA; {@code lbaBytes} 0: no blocks. */
    public static Optional<Difference> between(byte[] expected, byte[] got, long firstLba, int lbaBytes) {
        int first = Arrays.mismatch(expected, got);
        if (first < 0) {
            return Optional.empty();
        }
        int total = Math.max(expected.length, got.length);
        int common = Math.min(expected.length, got.length);
        int differing = total - common;
        for (int i = first; i < common; i++) {
            differing += expected[i] == got[i] ? 0 : 1;
        }
        int from = Math.max(0, (first & ~7) - LEAD);
        List<BlockState> blocks = new ArrayList<>();
        if (lbaBytes > 0) {
            for (int at = 0; at < common && blocks.size() < MAX_BLOCKS; at += lbaBytes) {
                int to = Math.min(at + lbaBytes, common);
                boolean differs = !Arrays.equals(expected, at, to, got, at, to);
                blocks.add(new BlockState(firstLba + at / lbaBytes, differs, content(got, at, to)));
            }
        }
        return Optional.of(
                new Difference(first, differing, total, from, window(expected, from), window(got, from), blocks));
    }

    public long differingBlocks() {
        return blocks.stream().filter(BlockState::differs).count();
    }

    private static byte[] window(byte[] data, int from) {
        return from >= data.length ? new byte[0] : Arrays.copyOfRange(data, from, Math.min(from + WINDOW, data.length));
    }

    private static String content(byte[] data, int from, int to) {
        for (int i = from + 1; i < to; i++) {
            if (data[i] != data[from]) {
                return "data";
            }
        }
        return data[from] == 0 ? "zero" : data[from] == -1 ? "ones" : "data";
    }
}
