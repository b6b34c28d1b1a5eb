package dev.doorbell.driver;

import dev.doorbell.driver.ffi.Library;

/**
 * Latencies counted in log-linear buckets: 1 ns wide below 256 ns, and less than 1 % of the value above, up to 2^44 ns. Immutable.
 */
public final class LatencyHistogram {
    /** Takes one bucket that counted something. */
    @FunctionalInterface
    public interface BucketConsumer {
        /**
         * One bucket.
         *
         * @param fromNanos smallest value in it
         * @param toNanos largest value in it plus one
         * @param count how many values, more than 0
         */
        void accept(long fromNanos, long toNanos, long count);
    }

    private static final int SUB_BITS = 7;
    private static final int SUBS = 1 << SUB_BITS;
    private static final LatencyHistogram EMPTY = new LatencyHistogram(new long[Library.HISTOGRAM_BUCKETS]);

    private final long[] buckets;
    private final long count;

    private LatencyHistogram(long[] buckets) {
        this.buckets = buckets;
        long sum = 0;
        for (long n : buckets) {
            sum += n;
        }
        this.count = sum;
    }

    /** Without any value. */
    public static LatencyHistogram empty() {
        return EMPTY;
    }

    /**
     * From counts, as {@link #buckets} returns them.
     *
     * @param buckets 4864 counts
     */
    public static LatencyHistogram of(long[] buckets) {
        if (buckets.length != Library.HISTOGRAM_BUCKETS) {
            throw new IllegalArgumentException(
                    "a histogram has " + Library.HISTOGRAM_BUCKETS + " buckets, not " + buckets.length);
        }
        return new LatencyHistogram(buckets.clone());
    }

    /** How many buckets there are. */
    public static int bucketCount() {
        return Library.HISTOGRAM_BUCKETS;
    }

    /** A copy of the counts, one for each bucket. */
    public long[] buckets() {
        return buckets.clone();
    }

    /** The bucket that counts {@code nanos}. */
    static int bucketOf(long nanos) {
        if (nanos < SUBS) {
            return (int) Math.max(0, nanos);
        }
        int s = 63 - Long.numberOfLeadingZeros(nanos) - SUB_BITS;
        long bucket = (s + 1L) * SUBS + (nanos >> s) - SUBS;
        return (int) Math.min(bucket, Library.HISTOGRAM_BUCKETS - 1);
    }

    /** Smallest value of a bucket, by its index in {@link #buckets}; of the index after the last one, where they end. */
    public static long lower(int bucket) {
        if (bucket < SUBS) {
            return bucket;
        }
        int s = bucket / SUBS - 1;
        return (long) (bucket % SUBS + SUBS) << s;
    }

    private static long upper(int bucket) {
        return lower(bucket + 1);
    }

    /** How many values. */
    public long count() {
        return count;
    }

    /**
     * The latency that {@code p} percent of the values do not exceed, interpolated inside its bucket; 0 without values.
     *
     * @param p 0 .. 100
     */
    public long percentileNanos(double p) {
        if (!(p >= 0 && p <= 100)) {
            throw new IllegalArgumentException("percentile " + p + "; it must be 0 .. 100");
        }
        if (count == 0) {
            return 0;
        }
        double rank = Math.max(1, p / 100 * count);
        double below = 0;
        for (int i = 0; i < buckets.length; i++) {
            long n = buckets[i];
            if (n > 0 && below + n >= rank) {
                long width = upper(i) - lower(i);
                // The values of a bucket are taken to lie evenly between its ends.
                return lower(i) + (long) Math.min(width - 1, width * ((rank - below) / n));
            }
            below += n;
        }
        return maxNanos();
    }

    /** Lower end of the first bucket that counted something; 0 without values. */
    public long minNanos() {
        for (int i = 0; i < buckets.length; i++) {
            if (buckets[i] > 0) {
                return lower(i);
            }
        }
        return 0;
    }

    /** Upper end of the last bucket that counted something; 0 without values. */
    public long maxNanos() {
        for (int i = buckets.length - 1; i >= 0; i--) {
            if (buckets[i] > 0) {
                return upper(i) - 1;
            }
        }
        return 0;
    }

    /** The mean, from the middles of the buckets; 0 without values. */
    public double meanNanos() {
        double sum = 0;
        for (int i = 0; i < buckets.length; i++) {
            sum += buckets[i] * ((lower(i) + upper(i) - 1) / 2.0);
        }
        return count == 0 ? 0 : sum / count;
    }

    /** What this counted after {@code earlier}. */
    public LatencyHistogram minus(LatencyHistogram earlier) {
        long[] difference = new long[buckets.length];
        for (int i = 0; i < buckets.length; i++) {
            difference[i] = Math.max(0, buckets[i] - earlier.buckets[i]);
        }
        return new LatencyHistogram(difference);
    }

    /** Both together. */
    public LatencyHistogram plus(LatencyHistogram other) {
        long[] sum = new long[buckets.length];
        for (int i = 0; i < buckets.length; i++) {
            sum[i] = buckets[i] + other.buckets[i];
        }
        return new LatencyHistogram(sum);
    }

    /** Visits the buckets that counted something, from short to long latencies. */
    public void forEachBucket(BucketConsumer consumer) {
        for (int i = 0; i < buckets.length; i++) {
            if (buckets[i] > 0) {
                consumer.accept(lower(i), upper(i), buckets[i]);
            }
        }
    }
}
