package dev.doorbell.app.controls;

import java.util.HexFormat;

/** Bytes as text to paste elsewhere, and back. */
public final class ByteText {
    private static final int PER_LINE = 16;
    private static final HexFormat HEX = HexFormat.of();

    private ByteText() {}

    /** Two digits a byte, blanks between, sixteen a line. */
    public static String hex(byte[] bytes) {
        StringBuilder text = new StringBuilder(bytes.length * 3);
        for (int i = 0; i < bytes.length; i++) {
            text.append(i == 0 ? "" : i % PER_LINE == 0 ? "\n" : " ").append(HEX.toHexDigits(bytes[i]));
        }
        return text.toString();
    }

    /** An array in C. */
    public static String c(byte[] bytes) {
        StringBuilder text = new StringBuilder("static const uint8_t data[" + bytes.length + "] = {");
        for (int i = 0; i < bytes.length; i++) {
            text.append(i % PER_LINE == 0 ? "\n\t0x" : " 0x")
                    .append(HEX.toHexDigits(bytes[i]))
                    .append(',');
        }
        return text.append("\n};\n").toString();
    }

    /** The printable characters; a dot for every other byte. */
    public static String ascii(byte[] bytes) {
        StringBuilder text = new StringBuilder(bytes.length);
        for (byte each : bytes) {
            text.append(isPrintable(each) ? (char) each : '.');
        }
        return text.toString();
    }

    /** Whether a byte has a picture in ASCII; a blank has. */
    public static boolean isPrintable(byte value) {
        return value >= 0x20 && value < 0x7f;
    }

    /**
     * Reads hexadecimal digits, which blanks, commas, line ends and {@code 0x} may part.
     *
     * @throws IllegalArgumentException when anything else is in the text, or half a byte
     */
    public static byte[] parseHex(String text) {
        String digits = text.replaceAll("0[xX]|[\\s,;:_-]", "");
        try {
            return HEX.parseHex(digits);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("not hexadecimal bytes: \"" + shorten(text) + "\"", e);
        }
    }

    private static String shorten(String text) {
        return text.length() <= 40 ? text : text.substring(0, 40) + "…";
    }
}
