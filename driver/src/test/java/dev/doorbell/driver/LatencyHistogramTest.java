package dev.doorbell.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.doorbell.driver.ffi.Library;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LatencyHistogramTest {
    private static LatencyHistogram of(long... nanos) {
        long[] buckets = new long[Library.HISTOGRAM_BUCKETS];
        for (long v : nanos) {
            buckets[LatencyHistogram.bucketOf(v)]++;
        }
        return LatencyHistogram.of(buckets);
    }

    @Test
    void bucketsAreThoseOfTheLibrary() {
        assertThat(LatencyHistogram.bucketOf(0)).isZero();
        assertThat(LatencyHistogram.bucketOf(127)).isEqualTo(127);
        assertThat(LatencyHistogram.bucketOf(128)).isEqualTo(128);
        assertThat(LatencyHistogram.bucketOf(255)).isEqualTo(255);
        assertThat(LatencyHistogram.bucketOf(256)).isEqualTo(256);
        assertThat(LatencyHistogram.bucketOf(257)).isEqualTo(256);
        assertThat(LatencyHistogram.bucketOf(1L << 20)).isEqualTo(14 * 128);
        assertThat(LatencyHistogram.bucketOf(Long.MAX_VALUE)).isEqualTo(Library.HISTOGRAM_BUCKETS - 1);
    }

    @Test
    void everyBucketStartsWhereTheOneBeforeEndsAndIsLessThanOnePercentWide() {
        for (int i = 0; i < Library.HISTOGRAM_BUCKETS - 1; i++) {
            long lower = LatencyHistogram.lower(i);
            long next = LatencyHistogram.lower(i + 1);
            assertThat(LatencyHistogram.bucketOf(lower)).isEqualTo(i);
            assertThat(LatencyHistogram.bucketOf(next - 1)).isEqualTo(i);
            if (lower >= 128) {
                assertThat((next - lower) / (double) lower).isLessThan(0.01);
            }
        }
    }

    @Test
    void percentilesAreWithinOnePercentOfTheExactOnes() {
        Random random = new Random(3);
        long[] values = random.longs(10_000, 2_000, 90_000_000).toArray();
        LatencyHistogram histogram = of(values);
        Arrays.sort(values);
        for (double p : new double[] {1, 10, 50, 90, 99, 99.9, 99.99}) {
            long exact = values[(int) Math.ceil(p / 100 * values.length) - 1];
            assertThat(histogram.percentileNanos(p) / (double) exact)
                    .as("p%s", p)
                    .isEqualTo(1, within(0.01));
        }
        assertThat(histogram.meanNanos() / Arrays.stream(values).average().orElseThrow())
                .isEqualTo(1, within(0.005));
        assertThat(histogram.minNanos()).isLessThanOrEqualTo(values[0]);
        assertThat(histogram.maxNanos()).isGreaterThanOrEqualTo(values[values.length - 1]);
        assertThat(histogram.percentileNanos(100)).isLessThanOrEqualTo(histogram.maxNanos());
    }

    @Test
    void percentilesRiseInsideOneBucket() {
        LatencyHistogram one = of(new long[] {1 << 20, 1 << 20, 1 << 20, 1 << 20});
        long width = 1L << 13;
        assertThat(one.percentileNanos(25)).isEqualTo((1 << 20) + width / 4);
        assertThat(one.percentileNanos(75)).isEqualTo((1 << 20) + width * 3 / 4);
        assertThat(one.percentileNanos(100)).isEqualTo((1 << 20) + width - 1);
    }

    @Test
    void withoutValuesEverythingIsZero() {
        LatencyHistogram none = LatencyHistogram.empty();
        assertThat(none.count()).isZero();
        assertThat(none.percentileNanos(99)).isZero();
        assertThat(none.minNanos()).isZero();
        assertThat(none.maxNanos()).isZero();
        assertThat(none.meanNanos()).isZero();
    }

    @Test
    void addsAndSubtracts() {
        LatencyHistogram a = of(10, 20, 20);
        LatencyHistogram b = of(20, 30);
        assertThat(a.plus(b).count()).isEqualTo(5);
        assertThat(a.plus(b).minus(b).buckets()).isEqualTo(a.buckets());
        List<String> seen = new ArrayList<>();
        a.plus(b).forEachBucket((from, to, count) -> seen.add(from + ".." + to + ":" + count));
        assertThat(seen).containsExactly("10..11:1", "20..21:3", "30..31:1");
    }

    @Test
    void refusesNonsense() {
        assertThatThrownBy(() -> of(1).percentileNanos(101)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> of(1).percentileNanos(Double.NaN)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> LatencyHistogram.of(new long[3])).isInstanceOf(IllegalArgumentException.class);
    }
}
