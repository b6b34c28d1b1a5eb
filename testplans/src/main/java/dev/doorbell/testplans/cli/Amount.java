package dev.doorbell.testplans.cli;

import dev.doorbell.testplans.plan.Quantities;
import java.math.BigInteger;
import java.time.Duration;
import picocli.CommandLine.TypeConversionException;

/** A number on the command line: {@code 12}, {@code 0x0c}, {@code 4KiB}. */
record Amount(BigInteger value) {
    static Amount parse(String text) {
        return Quantities.size(text)
                .or(() -> Quantities.integer(text))
                .map(Amount::new)
                .orElseThrow(() -> new TypeConversionException("'" + text + "' is no number; allowed: 12, 0x0c, 4KiB"));
    }

    static Duration time(String text) {
        return Quantities.time(text)
                .filter(t -> !t.isZero())
                .orElseThrow(() -> new TypeConversionException("'" + text + "' is no time; allowed: 500ms, 3s, 2min"));
    }

    /** As a 32-bit dword, unsigned. */
    int dword(String option) {
        if (value.signum() < 0 || value.bitLength() > 32) {
            throw new IllegalArgumentException(option + " " + value + " does not fit into 32 bits");
        }
        return value.intValue();
    }

    /** Within bounds. */
    int within(String option, int least, int most) {
        if (value.compareTo(BigInteger.valueOf(least)) < 0 || value.compareTo(BigInteger.valueOf(most)) > 0) {
            throw new IllegalArgumentException(
                    "%s %d is out of range; allowed: %d to %d".formatted(option, value, least, most));
        }
        return value.intValue();
    }

    long asLong() {
        return value.longValueExact();
    }

    @Override
    public String toString() {
        return value.toString();
    }
}
