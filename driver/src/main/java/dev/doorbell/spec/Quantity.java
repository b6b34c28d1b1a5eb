package dev.doorbell.spec;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.List;

/** Numbers as Doorbell writes them: thin-space groups, three significant digits, IEC sizes. */
public final class Quantity {
    private static final char GROUP = '\u2009';
    private static final BigInteger K = BigInteger.valueOf(1024);
    private static final List<String> SIZES = List.of("B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB", "ZiB", "YiB");

    private Quantity() {}

    /** {@code 43 118 207}: groups of three, apart by thin spaces; four digits are grouped as well. */
    public static String count(BigInteger number) {
        String digits = number.abs().toString();
        StringBuilder text = new StringBuilder(digits);
        for (int i = digits.length() - 3; i > 0; i -= 3) {
            text.insert(i, GROUP);
        }
        return number.signum() < 0 ? "-" + text : text.toString();
    }

    /** As {@link #count(BigInteger)}. */
    public static String count(long number) {
        return count(BigInteger.valueOf(number));
    }

    /** {@code 512 B}, {@code 4 KiB}, {@code 86.0 GiB}: whole multiples without decimals, else three digits. */
    public static String bytes(BigInteger bytes) {
        BigInteger unit = BigInteger.ONE;
        int index = 0;
        while (index < SIZES.size() - 1 && bytes.compareTo(unit.multiply(K)) >= 0) {
            unit = unit.multiply(K);
            index++;
        }
        BigInteger[] parts = bytes.divideAndRemainder(unit);
        String number = parts[1].signum() == 0
                ? count(parts[0])
                : digits(new BigDecimal(bytes).divide(new BigDecimal(unit), MathContext.DECIMAL64));
        return number + " " + SIZES.get(index);
    }

    /** As {@link #bytes(BigInteger)}. */
    public static String bytes(long bytes) {
        return bytes(BigInteger.valueOf(bytes));
    }

    /** {@code 12.4 µs}, {@code 1.00 s}, {@code 2.50 h}: the unit that gives three digits. */
    public static String nanos(BigInteger nanos) {
        if (nanos.signum() == 0) {
            return "0 s";
        }
        double n = nanos.doubleValue();
        if (n < 1000) {
            return nanos + " ns";
        }
        if (n < 999_500) {
            return scaled(nanos, 1_000L, "µs");
        }
        if (n < 999_500_000) {
            return scaled(nanos, 1_000_000L, "ms");
        }
        if (n < 120e9) {
            return scaled(nanos, 1_000_000_000L, "s");
        }
        if (n < 7200e9) {
            return scaled(nanos, 60_000_000_000L, "min");
        }
        return n < 172_800e9 ? scaled(nanos, 3_600_000_000_000L, "h") : scaled(nanos, 86_400_000_000_000L, "d");
    }

    /** Three significant digits, grouped: {@code 1.00}, {@code 12.4}, {@code 197}, {@code 5 120}. */
    public static String digits(BigDecimal number) {
        if (number.signum() == 0) {
            return "0";
        }
        BigDecimal rounded = number.round(new MathContext(3, RoundingMode.HALF_UP));
        int whole = rounded.precision() - rounded.scale();
        if (whole >= 3) {
            return count(number.setScale(0, RoundingMode.HALF_UP).toBigInteger());
        }
        return rounded.setScale(Math.min(3 - whole, 9), RoundingMode.HALF_UP).toPlainString();
    }

    private static String scaled(BigInteger nanos, long unit, String name) {
        return digits(new BigDecimal(nanos).divide(BigDecimal.valueOf(unit), MathContext.DECIMAL64)) + " " + name;
    }
}
