package dev.doorbell.app.views.traffic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class AmountsTest {
    @Test
    void countsMayBeGroupedHexadecimalOrHaveAPrefix() {
        assertThat(Amounts.count("1\u2009048\u2009576", 0, Long.MAX_VALUE)).isEqualTo(1_048_576);
        assertThat(Amounts.count("0x1000", 0, Long.MAX_VALUE)).isEqualTo(4096);
        assertThat(Amounts.count("400 k", 0, Long.MAX_VALUE)).isEqualTo(400_000);
        assertThat(Amounts.count("1.5M", 0, Long.MAX_VALUE)).isEqualTo(1_500_000);
        assertThat(Amounts.count("70 %", 0, 100)).isEqualTo(70);
        assertThat(Amounts.count("9223372036854775807", 0, Long.MAX_VALUE)).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void sizesAreInBinaryUnits() {
        assertThat(Amounts.bytes("4 KiB", 1, 1 << 30)).isEqualTo(4096);
        assertThat(Amounts.bytes("128k", 1, 1 << 30)).isEqualTo(131_072);
        assertThat(Amounts.bytes("512", 1, 1 << 30)).isEqualTo(512);
        assertThat(Amounts.bytes("1 MiB", 1, 1 << 30)).isEqualTo(1 << 20);
    }

    @Test
    void timesAreSecondsUnlessSaidOtherwise() {
        assertThat(Amounts.seconds("2 min", 0.1, 1e6)).isEqualTo(120);
        assertThat(Amounts.seconds("500ms", 0.1, 1e6)).isEqualTo(0.5);
        assertThat(Amounts.seconds("10", 0.1, 1e6)).isEqualTo(10);
    }

    @Test
    void whatCannotBeReadIsNamed() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Amounts.count("many", 1, 10))
                .withMessageContaining("many");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Amounts.count("", 1, 10))
                .withMessageContaining("empty");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Amounts.count("11", 1, 10))
                .withMessageContaining("between 1 and 10");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Amounts.count("-1", 0, 10))
                .withMessageContaining("-1");
        assertThatIllegalArgumentException().isThrownBy(() -> Amounts.count("2.5", 1, 10));
        assertThatIllegalArgumentException().isThrownBy(() -> Amounts.bits("0xfffffffffffffffff"));
    }
}
