package dev.doorbell.app.views.traffic;

import static org.assertj.core.api.Assertions.assertThat;

import dev.doorbell.app.views.traffic.LatencyCourse.Side;
import dev.doorbell.driver.LatencyHistogram;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class LatencyCourseTest {
    private static LatencyHistogram of(int bucket, long count) {
        long[] buckets = new long[LatencyHistogram.bucketCount()];
        buckets[bucket] = count;
        return LatencyHistogram.of(buckets);
    }

    /** Ten slices a second, each with one read in bucket 1000 and two writes in bucket 2000. */
    private static LatencyCourse course(int slices, int fine, int coarse) {
        var course = new LatencyCourse(fine, coarse);
        for (int i = 0; i < slices; i++) {
            course.add(100 + i / 10.0, 100 + (i + 1) / 10.0, of(1000, 1), of(2000, 2));
        }
        return course;
    }

    @Test
    void aStretchHasTheLatenciesOfItsSlices() {
        var course = course(1000, 3000, 1000);
        var all = course.between(100, 200);
        assertThat(all.reads().count()).isEqualTo(1000);
        assertThat(all.writes().count()).isEqualTo(2000);
        assertThat(all.of(Side.BOTH).count()).isEqualTo(3000);
        assertThat(course.between(110, 111).reads().count()).isEqualTo(10);
        assertThat(course.between(50, 60).reads().count()).isZero();
    }

    @Test
    void whatIsOlderThanTheFineSlicesIsCountedOnceInCoarseOnes() {
        var course = course(1000, 100, 1000);
        assertThat(course.between(100, 200).reads().count()).isEqualTo(1000);
        assertThat(course.between(195, 200).reads().count()).isEqualTo(50);
        assertThat(course.slices(100, 200, 10)).hasSizeLessThan(100);
    }

    @Test
    void aPauseIsNoPartOfASlice() {
        var course = new LatencyCourse(10, 10);
        course.add(0, 0.1, of(5, 1), LatencyHistogram.empty());
        course.gap();
        course.add(1000, 1000.1, of(5, 1), LatencyHistogram.empty());
        course.gap();
        assertThat(course.slices(-1, 2000, 2)).allMatch(s -> s.to() - s.from() < 1);
        course.clear();
        assertThat(course.slices(-1, 2000, 2)).isEmpty();
    }

    @Test
    void cellsCountEveryIoOnce() {
        var course = course(600, 3000, 1000);
        var source = new HeatSource(() -> course, () -> Side.BOTH);
        var extent = source.extent(100, 160, 60);
        assertThat(extent.fromNanos()).isEqualTo(LatencyHistogram.lower(1000));
        assertThat(extent.toNanos()).isEqualTo(LatencyHistogram.lower(2001));
        double[] rows = {extent.fromNanos(), LatencyHistogram.lower(1500), extent.toNanos()};
        long[] counts = source.counts(100, 160, 60, rows);
        assertThat(Arrays.stream(counts).sum()).isEqualTo(1800);
        for (int column = 0; column < 60; column++) {
            assertThat(counts[column * 2]).isEqualTo(10);
            assertThat(counts[column * 2 + 1]).isEqualTo(20);
        }
        assertThat(new HeatSource(() -> course, () -> Side.READ).counts(100, 160, 60, rows)[1])
                .isZero();
        assertThat(source.extent(0, 10, 60).toNanos())
                .isLessThan(source.extent(0, 10, 60).fromNanos());
    }
}
