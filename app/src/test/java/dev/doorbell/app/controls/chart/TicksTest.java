package dev.doorbell.app.controls.chart;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TicksTest {
    @Test
    void marksAreRound() {
        assertThat(Ticks.linear(0, 800_000, 4)).containsExactly(0, 200_000, 400_000, 600_000, 800_000);
        assertThat(Ticks.logarithmic(20_000, 5_000_000, 10))
                .containsExactly(20_000, 50_000, 100_000, 200_000, 500_000, 1e6, 2e6, 5e6);
        assertThat(Ticks.logarithmic(1, 1e6, 7)).containsExactly(1, 10, 100, 1e3, 1e4, 1e5, 1e6);
        assertThat(Ticks.time(1003, 1063, 6)).containsExactly(1010, 1020, 1030, 1040, 1050, 1060);
    }

    @Test
    void marksOfMebibytesAreRoundInTheUnitThatIsShown() {
        assertThat(Ticks.mebibytes(0, 800, 4)).containsExactly(0, 200, 400, 600, 800);
        assertThat(Ticks.mebibytes(0, 4096, 4)).containsExactly(0, 1024, 2048, 3072, 4096);
        assertThat(Ticks.mebibytes(0, 10_240, 5)).containsExactly(0, 2048, 4096, 6144, 8192, 10_240);
    }

    @Test
    void impossibleRangeHasNoMarks() {
        assertThat(Ticks.logarithmic(0, 10, 5)).isEmpty();
    }
}
