package dev.doorbell.testplans.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ValueTest {
    private static final SourceLine HERE = new SourceLine("p.yaml", 3, 5);
    private static final Scope SCOPE =
            name -> Optional.ofNullable(Map.of("blocks", "8", "size", "4KiB", "name", "QEMU", "ctrl.NN", "256")
                    .get(name));

    private static Value value(String text) {
        return new Value(text, HERE);
    }

    @ParameterizedTest
    @CsvSource({
        "12, 12",
        "0x0c, 12",
        "4KiB, 4096",
        "1MB, 1000000",
        "250us, 250000",
        "${blocks}, 8",
        "${blocks - 1}, 7",
        "${blocks * size}, 32768",
        "${(blocks + 2) * 3}, 30",
        "${ctrl.NN + 1}, 257",
        "${0x10 << 4 | 1}, 257",
        "${blocks % 3}, 2",
        "${-1 + blocks}, 7"
    })
    void numbersComeFromTextNamesAndArithmetic(String text, long number) {
        assertThat(value(text).asLong(SCOPE)).isEqualTo(number);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"${nothing}", "${blocks / 0}", "${name + 1}", "${(blocks}", "${blocks +}", "${blocks", "abc"})
    void whatCannotBeWorkedOutNamesTheLine(String text) {
        assertThatThrownBy(() -> value(text).asLong(SCOPE))
                .isInstanceOf(PlanException.class)
                .hasMessageStartingWith("p.yaml:3: ");
    }

    @Test
    void textKeepsWhatStandsAroundAName() {
        assertThat(value("a ${name} of ${blocks + 1}").text(SCOPE)).isEqualTo("a QEMU of 9");
    }

    @Test
    void unsignedNumbersOf64BitsFit() {
        assertThat(value("0xffffffffffffffff").asLong(SCOPE)).isEqualTo(-1);
        assertThatThrownBy(() -> value("0x1ffffffffffffffff").asLong(SCOPE)).hasMessageContaining("more than 64 bits");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            5           | 5   | true
            == 5        | 6   | false
            != 0        | 1   | true
            >= 0x10     | 16  | true
            <= 15       | 16  | false
            > ${blocks} | 9   | true
            < ${blocks} | 8   | false
            in 1..4     | 4   | true
            in 1..4     | 5   | false
            in [1, 2, 8]| 8   | true
            in [1, 2, 8]| 3   | false
            has 6       | 7   | true
            has 6       | 5   | false
            """)
    void checksCompareNumbers(String check, long number, boolean holds) {
        assertThat(Check.parse(value(check)).holds(number, SCOPE)).isEqualTo(holds);
    }

    @Test
    void checksCompareText() {
        assertThat(Check.parse(value("== ${name}")).holds(Optional.empty(), "QEMU", SCOPE))
                .isTrue();
        assertThat(Check.parse(value("!= \"\"")).holds(Optional.empty(), "", SCOPE))
                .isFalse();
        assertThatThrownBy(() -> Check.parse(value(">= 3")).holds(Optional.empty(), "abc", SCOPE))
                .hasMessageContaining("'abc' is text");
    }

    @ParameterizedTest
    @CsvSource({"999, 999 ns", "12400, 12.4 µs", "402000000, 402 ms", "1940000000, 1.94 s", "67000000000, 1:07 min"})
    void timesHaveThreeDigits(long nanos, String text) {
        assertThat(Quantities.nanos(nanos)).isEqualTo(text);
    }
}
