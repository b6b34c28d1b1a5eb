package dev.doorbell.testplans.plan;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Numbers, sizes and times as people write them: {@code 0x10}, {@code 4KiB}, {@code 250ms}; and the way back. */
public final class Quantities {
    private static final Pattern NUMBER = Pattern.compile("(-?)(0[xX][0-9a-fA-F_]+|0[bB][01_]+|[0-9][0-9_]*)");
    private static final Pattern SIZE = Pattern.compile("([0-9][0-9_]*(?:\\.[0-9]+)?)\\s*([kKMGT]i?)?B?");
    private static final Pattern TIME = Pattern.compile("([0-9]+(?:\\.[0-9]+)?)\\s*(ns|us|µs|ms|s|min|m|h)");
    private static final Map<String, Long> TIME_UNITS = Map.of(
            "ns", 1L,
            "us", 1_000L,
            "µs", 1_000L,
            "ms", 1_000_000L,
            "s", 1_000_000_000L,
            "min", 60_000_000_000L,
            "m", 60_000_000_000L,
            "h", 3_600_000_000_000L);
    private static final String THIN_SPACE = "\u2009";

    private Quantities() {}

    /** Decimal, {@code 0x} or {@code 0b}, with {@code _} between digits as one likes; empty for anything else. */
    public static Optional<BigInteger> integer(String text) {
        Matcher m = NUMBER.matcher(text.strip());
        if (!m.matches()) {
            return Optional.empty();
        }
        String digits = m.group(2).replace("_", "").toLowerCase(Locale.ROOT);
        if (digits.equals("0x") || digits.equals("0b")) {
            return Optional.empty();
        }
        BigInteger value = switch (digits.length() > 1 ? digits.charAt(1) : '0') {
            case 'x' -> new BigInteger(digits.substring(2), 16);
            case 'b' -> new BigInteger(digits.substring(2), 2);
            default -> new BigInteger(digits);
        };
        return Optional.of(m.group(1).isEmpty() ? value : value.negate());
    }

    /** A number as {@link #integer} or a size such as {@code 4KiB}, {@code 1.5 MB}; empty for anything else. */
    public static Optional<BigInteger> amount(String text) {
        return integer(text).or(() -> size(text)).or(() -> time(text).map(t -> BigInteger.valueOf(t.toNanos())));
    }

    /** A size in bytes; {@code K M G T} count in 1000 and {@code Ki Mi Gi Ti} in 1024. */
    public static Optional<BigInteger> size(String text) {
        Optional<BigInteger> plain = integer(text);
        if (plain.isPresent()) {
            return plain.filter(n -> n.signum() >= 0);
        }
        Matcher m = SIZE.matcher(text.strip());
        if (!m.matches()) {
            return Optional.empty();
        }
        String unit = m.group(2) == null ? "" : m.group(2);
        long base = unit.endsWith("i") ? 1024 : 1000;
        int power = unit.isEmpty() ? 0 : "KMGT".indexOf(Character.toUpperCase(unit.charAt(0))) + 1;
        BigDecimal bytes = new BigDecimal(m.group(1).replace("_", ""))
                .multiply(new BigDecimal(BigInteger.valueOf(base).pow(power)));
        return bytes.stripTrailingZeros().scale() > 0 ? Optional.empty() : Optional.of(bytes.toBigIntegerExact());
    }

    /** A time with its unit: ns, us, ms, s, min, h; empty for anything else, a number without unit too. */
    public static Optional<Duration> time(String text) {
        Matcher m = TIME.matcher(text.strip());
        if (!m.matches()) {
            return Optional.empty();
        }
        BigDecimal nanos = new BigDecimal(m.group(1)).multiply(BigDecimal.valueOf(TIME_UNITS.get(m.group(2))));
        return Optional.of(Duration.ofNanos(nanos.longValue()));
    }

    /** A time in the unit that gives about three digits: {@code 12.4 µs}, {@code 402 ms}, {@code 1:07 min}. */
    public static String nanos(long nanos) {
        if (nanos < 1_000) {
            return nanos + " ns";
        }
        if (nanos < 1_000_000) {
            return digits(nanos / 1e3) + " µs";
        }
        if (nanos < 1_000_000_000) {
            return digits(nanos / 1e6) + " ms";
        }
        if (nanos < 60_000_000_000L) {
            return digits(nanos / 1e9) + " s";
        }
        long seconds = nanos / 1_000_000_000;
        return seconds < 3600
                ? "%d:%02d min".formatted(seconds / 60, seconds % 60)
                : "%d:%02d:%02d h".formatted(seconds / 3600, seconds / 60 % 60, seconds % 60);
    }

    /** A size in IEC units: {@code 512 B}, {@code 4 KiB}, {@code 1.5 GiB}. */
    public static String bytes(long bytes) {
        String[] units = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};
        double value = bytes;
        int unit = 0;
        while (value >= 1024 && unit < units.length - 1) {
            value /= 1024;
            unit++;
        }
        String text = value == Math.rint(value) ? Long.toString((long) value) : digits(value);
        return text + " " + units[unit];
    }

    /** A large number with a thin space between groups of three digits. */
    public static String grouped(long number) {
        return String.format(Locale.ROOT, "%,d", number).replace(",", THIN_SPACE);
    }

    /** A rate in three digits and its magnitude: {@code 615 k}, {@code 8.21 k}, {@code 42}. */
    public static String rate(double perSecond) {
        if (perSecond == 0) {
            return "0";
        }
        if (perSecond >= 1e6) {
            return digits(perSecond / 1e6) + " M";
        }
        return perSecond >= 1e3 ? digits(perSecond / 1e3) + " k" : digits(perSecond);
    }

    private static String digits(double value) {
        String format = value >= 100 ? "%.0f" : value >= 10 ? "%.1f" : "%.2f";
        return String.format(Locale.ROOT, format, value);
    }
}
