package dev.doorbell.testplans.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AxisTest {
    @ParameterizedTest
    @CsvSource({"0", "0.4", "7", "999", "123456", "615000"})
    void linearTicksCoverTheValueAndAreFew(double highest) {
        Axis axis = Axis.linear(highest, 200, 0);
        assertThat(axis.ticks()).hasSizeBetween(2, 7);
        assertThat(axis.at(0)).isEqualTo(200);
        assertThat(axis.at(highest)).isBetween(0.0, 200.0);
        assertThat(axis.ticks().getLast()).isGreaterThanOrEqualTo(highest);
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "900, 900", "3100, 88000", "15000, 16000", "2000, 2000000000"})
    void logarithmicTicksCoverTheValues(double low, double high) {
        Axis axis = Axis.logarithmic(low, high, 0, 500);
        assertThat(axis.ticks()).isNotEmpty().hasSizeLessThanOrEqualTo(13);
        assertThat(axis.ticks().getFirst()).isLessThanOrEqualTo(low);
        assertThat(axis.ticks().getLast()).isGreaterThanOrEqualTo(high * 0.999);
        assertThat(axis.at(low)).isLessThanOrEqualTo(axis.at(high));
    }
}
