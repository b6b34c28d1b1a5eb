package dev.doorbell.testplans.plan;

import java.util.HexFormat;
import java.util.regex.Pattern;

/** Bytes as people write them: pairs of digits, with spaces between as liked. */
public final class Hex {
    private static final Pattern HEX = Pattern.compile("([0-9a-fA-F]{2})*");

    private Hex() {}

    /** Whether {@link #bytes} can read it. */
    public static boolean isHex(String text) {
        return HEX.matcher(text.replaceAll("\\s", "")).matches();
    }

    /** The bytes; throws {@link IllegalArgumentException} for anything but pairs of digits. */
    public static byte[] bytes(String text) {
        return HexFormat.of().parseHex(text.replaceAll("\\s", ""));
    }

    /** Lower case, one space between bytes, two after every eighth but the last. */
    public static String text(byte[] bytes) {
        StringBuilder out = new StringBuilder(bytes.length * 3);
        for (int i = 0; i < bytes.length; i++) {
            if (i > 0) {
                out.append(i % 8 == 0 ? "  " : " ");
            }
            out.append(HexFormat.of().toHexDigits(bytes[i]));
        }
        return out.toString();
    }

    /** Rows of 16 bytes: offset, hex, and the characters that can be shown. */
    public static String dump(byte[] bytes) {
        StringBuilder out = new StringBuilder();
        for (int row = 0; row < bytes.length; row += 16) {
            byte[] part = java.util.Arrays.copyOfRange(bytes, row, Math.min(row + 16, bytes.length));
            StringBuilder chars = new StringBuilder();
            for (byte b : part) {
                chars.append(b >= 0x20 && b < 0x7f ? (char) b : '.');
            }
            out.append("%04x  %-48s  %s%n".formatted(row, text(part), chars));
        }
        return out.toString();
    }
}
