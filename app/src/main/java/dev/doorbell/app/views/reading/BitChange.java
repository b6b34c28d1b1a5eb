package dev.doorbell.app.views.reading;

import dev.doorbell.spec.Decoded;
import dev.doorbell.spec.FieldSpec;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/**
 * One field of a word that a write would change.
 *
 * @param field the field as it is
 * @param from its value now
 * @param to its value in what is to be written
 */
public record BitChange(Decoded field, BigInteger from, BigInteger to) {
    /** What the new value means, when the catalogue says so. */
    public String meaning() {
        return to.bitLength() < 63 ? field.spec().values().getOrDefault(to.longValue(), "") : "";
    }

    /** The fields of {@code word} that differ in {@code value}; the word itself when it has no fields. */
    public static List<BitChange> between(Decoded word, BigInteger value) {
        List<BitChange> changes = new ArrayList<>();
        List<Decoded> bits = word.children().stream().filter(Decoded::isBits).toList();
        for (Decoded field : bits) {
            BigInteger to = part(value, field.bitLow(), field.bitHigh());
            if (!to.equals(field.raw())) {
                changes.add(new BitChange(field, field.raw(), to));
            }
        }
        if (bits.isEmpty() && !value.equals(word.raw())) {
            changes.add(new BitChange(word, word.raw(), value));
        }
        return changes;
    }

    /** What to offer for writing: the value as it is, without the ones that would clear or set something. */
    public static BigInteger harmless(Decoded word) {
        BigInteger value = word.raw();
        for (Decoded field : word.children()) {
            if (field.isBits() && isTrigger(field.spec().access())) {
                for (int bit = field.bitLow(); bit <= field.bitHigh(); bit++) {
                    value = value.clearBit(bit);
                }
            }
        }
        return isTrigger(word.spec().access()) ? BigInteger.ZERO : value;
    }

    private static boolean isTrigger(FieldSpec.Access access) {
        return access == FieldSpec.Access.W1C || access == FieldSpec.Access.W1S;
    }

    private static BigInteger part(BigInteger value, int low, int high) {
        return value.shiftRight(low)
                .and(BigInteger.ONE.shiftLeft(high - low + 1).subtract(BigInteger.ONE));
    }
}
