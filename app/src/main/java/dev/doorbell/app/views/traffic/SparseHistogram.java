package dev.doorbell.app.views.traffic;

import dev.doorbell.driver.LatencyHistogram;
import java.util.Arrays;

/** A histogram of which only the buckets that counted something are kept: what happens in a short time fills few of them. Immutable. */
final class SparseHistogram {
    static final SparseHistogram EMPTY = new SparseHistogram(new short[0], new int[0]);

    private final short[] buckets;
    private final int[] counts;

    private SparseHistogram(short[] buckets, int[] counts) {
        this.buckets = buckets;
        this.counts = counts;
    }

    static SparseHistogram of(LatencyHistogram histogram) {
        return histogram.count() == 0 ? EMPTY : of(histogram.buckets());
    }

    /** From a count for each bucket. */
    static SparseHistogram of(long[] dense) {
        int used = 0;
        for (long count : dense) {
            used += count > 0 ? 1 : 0;
        }
        if (used == 0) {
            return EMPTY;
        }
        short[] buckets = new short[used];
        int[] counts = new int[used];
        for (int i = 0, at = 0; i < dense.length; i++) {
            if (dense[i] > 0) {
                buckets[at] = (short) i;
                counts[at++] = (int) Math.min(Integer.MAX_VALUE, dense[i]);
            }
        }
        return new SparseHistogram(buckets, counts);
    }

    /** Adds its counts to one for each bucket. */
    void addTo(long[] dense) {
        for (int i = 0; i < buckets.length; i++) {
            dense[buckets[i]] += counts[i];
        }
    }

    /** Adds its counts to rows; {@code row} has that of each bucket, -1 for none. */
    void addTo(long[] rows, int offset, short[] row) {
        for (int i = 0; i < buckets.length; i++) {
            int at = row[buckets[i]];
            if (at >= 0) {
                rows[offset + at] += counts[i];
            }
        }
    }

    /** The lowest bucket that counted something; more than there are when none did. */
    int lowest() {
        return buckets.length == 0 ? LatencyHistogram.bucketCount() : buckets[0];
    }

    /** The highest bucket that counted something; -1 when none did. */
    int highest() {
        return buckets.length == 0 ? -1 : buckets[buckets.length - 1];
    }

    boolean isEmpty() {
        return buckets.length == 0;
    }

    @Override
    public String toString() {
        return "SparseHistogram" + Arrays.toString(buckets);
    }
}
