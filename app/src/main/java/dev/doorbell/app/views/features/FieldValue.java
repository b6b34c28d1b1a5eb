package dev.doorbell.app.views.features;

import dev.doorbell.spec.Decoded;
import java.math.BigInteger;
import java.util.Optional;

/** Puts numbers into little-endian bytes. */
final class FieldValue {
    private FieldValue() {}

    /**
     * The bytes with another number in a field; empty when the text is no number, or one that does not fit.
     *
     * @param text decimal, or hexadecimal after {@code 0x}
     */
    static Optional<byte[]> put(byte[] bytes, Decoded field, String text) {
        Optional<BigInteger> value = parse(text);
        int width = field.isBits() ? field.bitHigh() - field.bitLow() + 1 : field.byteLength() * Byte.SIZE;
        if (value.isEmpty() || value.get().bitLength() > width) {
            return Optional.empty();
        }
        byte[] changed = bytes.clone();
        int first = field.byteOffset() * Byte.SIZE + (field.isBits() ? field.bitLow() : 0);
        for (int i = 0; i < width; i++) {
            int at = (first + i) / Byte.SIZE;
            int mask = 1 << (first + i) % Byte.SIZE;
            changed[at] = (byte) (value.get().testBit(i) ? changed[at] | mask : changed[at] & ~mask);
        }
        return Optional.of(changed);
    }

    private static Optional<BigInteger> parse(String text) {
        String digits = text.strip().replace("_", "").replace("\u2009", "");
        try {
            BigInteger value = digits.startsWith("0x") || digits.startsWith("0X")
                    ? new BigInteger(digits.substring(2), 16)
                    : new BigInteger(digits);
            return value.signum() < 0 ? Optional.empty() : Optional.of(value);
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }
}
