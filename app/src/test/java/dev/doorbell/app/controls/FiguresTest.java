package dev.doorbell.app.controls;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FiguresTest {
    @Test
    void timesHaveThreeDigits() {
        assertThat(Figures.nanos(850)).isEqualTo("850 ns");
        assertThat(Figures.nanos(12_400)).isEqualTo("12.4 µs");
        assertThat(Figures.nanos(4_070_000)).isEqualTo("4.07 ms");
        assertThat(Figures.nanos(999_700)).isEqualTo("1.00 ms");
        assertThat(Figures.nanos(395_000)).isEqualTo("395 µs");
    }

    @Test
    void sizesAreWholeWhereTheyAre() {
        assertThat(Figures.bytes(512)).isEqualTo("512 B");
        assertThat(Figures.bytes(4096)).isEqualTo("4 KiB");
        assertThat(Figures.bytes(3.24 * (1L << 30))).isEqualTo("3.24 GiB");
    }

    @Test
    void bigNumbersAreGrouped() {
        assertThat(Figures.count(1048575)).isEqualTo("1\u2009048\u2009575");
        assertThat(Figures.count(512)).isEqualTo("512");
        assertThat(Figures.si(615_400)).isEqualTo("615 k");
        assertThat(Figures.si(18_400_000)).isEqualTo("18.4 M");
    }
}
