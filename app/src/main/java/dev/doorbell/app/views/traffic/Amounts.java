package dev.doorbell.app.views.traffic;

import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads figures as people type them: {@code 0x1000}, {@code 1 048 576}, {@code 400k}, {@code 4 KiB}, {@code 2 min}. */
final class Amounts {
    private static final Pattern FORM = Pattern.compile("([0-9]+(?:\\.[0-9]+)?)([a-zµ%]*)");
    private static final Map<String, Double> COUNTS = Map.of("", 1.0, "k", 1e3, "m", 1e6, "g", 1e9, "%", 1.0);
    private static final Map<String, Double> SIZES = Map.ofEntries(
            Map.entry("", 1.0),
            Map.entry("b", 1.0),
            Map.entry("k", 1024.0),
            Map.entry("kb", 1024.0),
            Map.entry("kib", 1024.0),
            Map.entry("m", 1048576.0),
            Map.entry("mb", 1048576.0),
            Map.entry("mib", 1048576.0),
            Map.entry("g", 1073741824.0),
            Map.entry("gb", 1073741824.0),
            Map.entry("gib", 1073741824.0),
            Map.entry("t", 1099511627776.0),
            Map.entry("tib", 1099511627776.0));
    private static final Map<String, Double> TIMES =
            Map.of("", 1.0, "s", 1.0, "ms", 1e-3, "min", 60.0, "m", 60.0, "h", 3600.0);

    private Amounts() {}

    /** @throws IllegalArgumentException with the reason, if it is no whole number between the two */
    static long count(String text, long least, long most) {
        return whole(text, COUNTS, least, most);
    }

    /** Bytes. @throws IllegalArgumentException with the reason, if it is no size between the two */
    static long bytes(String text, long least, long most) {
        return whole(text, SIZES, least, most);
    }

    /** Seconds. @throws IllegalArgumentException with the reason, if it is no time between the two */
    static double seconds(String text, double least, double most) {
        double value = read(text, TIMES);
        if (value < least || value > most) {
            throw outside(text, least + " s", most + " s");
        }
        return value;
    }

    /** A figure that may have decimals, with or without a percent sign. @throws IllegalArgumentException with the reason */
    static double fraction(String text, double least, double most) {
        double value = read(text, Map.of("", 1.0, "%", 1.0));
        if (value < least || value > most) {
            throw outside(text, DistributionText.plain(least), DistributionText.plain(most));
        }
        return value;
    }

    /** A whole number that may be negative. @throws IllegalArgumentException with the reason */
    static long signed(String text) {
        var plain = plain(text).replace('\u2212', '-');
        return plain.startsWith("-") ? -count(plain.substring(1), 0, Long.MAX_VALUE) : count(plain, 0, Long.MAX_VALUE);
    }

    /** 64 bits, decimal or hexadecimal. @throws IllegalArgumentException with the reason */
    static long bits(String text) {
        var plain = plain(text);
        try {
            return plain.startsWith("0x")
                    ? Long.parseUnsignedLong(plain.substring(2), 16)
                    : Long.parseUnsignedLong(plain);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("“" + text.strip() + "” is no number", e);
        }
    }

    private static long whole(String text, Map<String, Double> units, long least, long most) {
        var plain = plain(text);
        long value;
        if (plain.startsWith("0x") || plain.matches("[0-9]{1,19}")) {
            value = bits(text);
        } else {
            double read = read(text, units);
            value = (long) read;
            if (value != read) {
                throw new IllegalArgumentException("“" + text.strip() + "” is no whole number");
            }
        }
        if (Long.compareUnsigned(value, least) < 0 || Long.compareUnsigned(value, most) > 0) {
            throw outside(text, Long.toString(least), Long.toString(most));
        }
        return value;
    }

    private static double read(String text, Map<String, Double> units) {
        Matcher form = FORM.matcher(plain(text));
        if (!form.matches() || !units.containsKey(form.group(2))) {
            throw new IllegalArgumentException(text.isBlank() ? "it is empty" : "“" + text.strip() + "” is no number");
        }
        return Double.parseDouble(form.group(1)) * units.get(form.group(2));
    }

    private static IllegalArgumentException outside(String text, String least, String most) {
        return new IllegalArgumentException("“" + text.strip() + "” is not between " + least + " and " + most);
    }

    private static String plain(String text) {
        return text.replaceAll("[\\s\\u2009\\u00a0_]", "").toLowerCase(Locale.ROOT);
    }
}
