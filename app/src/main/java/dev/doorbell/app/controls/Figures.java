package dev.doorbell.app.controls;

import java.util.Locale;

/**
 * Figures as the window writes them: times in the unit that gives three digits, sizes in IEC units, counts with
 * thin-space groups. They do not depend on the machine's language.
 */
public final class Figures {
    /** U+2009: groups the digits of big numbers. */
    private static final char THIN = '\u2009';

    private static final String[] TIME = {"ns", "µs", "ms", "s"};
    private static final String[] IEC = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};
    private static final String[] SI = {"", "k", "M", "G", "T"};

    private Figures() {}

    /** A time: {@code 12.4 µs}. */
    public static String nanos(double nanos) {
        double value = nanos;
        int unit = 0;
        while (unit < TIME.length - 1 && Math.abs(value) >= 999.5) {
            value /= 1000;
            unit++;
        }
        return threeDigits(value, unit == 0) + " " + TIME[unit];
    }

    /** A size in bytes: {@code 3.24 GiB}, whole when it is whole. */
    public static String bytes(double bytes) {
        double value = bytes;
        int unit = 0;
        while (unit < IEC.length - 1 && Math.abs(value) >= 1024) {
            value /= 1024;
            unit++;
        }
        return (value == Math.rint(value) ? count((long) value) : threeDigits(value, unit == 0)) + " " + IEC[unit];
    }

    /** A rate or other large figure with a decimal prefix: {@code 615 k}. */
    public static String si(double figure) {
        double value = figure;
        int unit = 0;
        while (unit < SI.length - 1 && Math.abs(value) >= 999.5) {
            value /= 1000;
            unit++;
        }
        boolean whole = unit == 0 && value == Math.rint(value);
        return threeDigits(value, whole) + (unit == 0 ? "" : " " + SI[unit]);
    }

    /** A whole number with its digits in groups of three. */
    public static String count(long number) {
        String digits = Long.toString(Math.abs(number));
        StringBuilder text = new StringBuilder(number < 0 ? "-" : "");
        for (int i = 0; i < digits.length(); i++) {
            if (i > 0 && (digits.length() - i) % 3 == 0 && digits.length() > 3) {
                text.append(THIN);
            }
            text.append(digits.charAt(i));
        }
        return text.toString();
    }

    private static String threeDigits(double value, boolean whole) {
        double size = Math.abs(value);
        int decimals = whole || size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2;
        return String.format(Locale.ROOT, "%." + decimals + "f", value);
    }
}
