package dev.doorbell.spec;

import java.util.List;
import java.util.Map;

/**
 * One field: whole bytes, or bits of the word that {@code byteOffset} and {@code byteLength} name.
 *
 * @param name the short name of the standard, unique among its siblings
 * @param title the name in words
 * @param byteOffset from the start of the parent (of one element, inside an array)
 * @param byteLength of the field, or of the word that holds the bits
 * @param bitLow lowest bit in the word, -1 for whole bytes
 * @param bitHigh highest bit in the word, -1 for whole bytes
 * @param type how value and meaning are written
 * @param access what software may do with it; NONE outside of registers
 * @param unit of one count; for POWER the sibling that holds the scale; may be empty
 * @param scale how many units one count stands for
 * @param values what single values mean; they come before the type's own meaning
 * @param fields bit fields of a word, or members of a structure or array element
 * @param repeat for an ARRAY how it repeats, else {@link Repeat#ONCE}
 * @param text explanation, may be empty
 * @param ref where it is defined
 * @param reserved to be zero, or not described here
 */
public record FieldSpec(
        String name,
        String title,
        int byteOffset,
        int byteLength,
        int bitLow,
        int bitHigh,
        Type type,
        Access access,
        String unit,
        long scale,
        Map<Long, String> values,
        List<FieldSpec> fields,
        Repeat repeat,
        String text,
        SpecRef ref,
        boolean reserved) {

    /** How a field's value and meaning are written. */
    public enum Type {
        /** A decimal number. */
        UINT,
        /** A hexadecimal number. */
        HEX,
        /** A hexadecimal word with named bits. */
        FLAGS,
        /** A number whose values have names. */
        ENUM,
        /** Text, padded with spaces. */
        ASCII,
        /** Bytes without further meaning. */
        BYTES,
        /** A UUID in network byte order. */
        UUID,
        /** A 16-byte little-endian counter. */
        UINT128,
        /** A temperature in kelvins. */
        KELVIN,
        /** Two to this power, times scale and unit. */
        POWER_OF_TWO,
        /** Two to this power, times scale bytes. */
        SIZE_POWER_OF_TWO,
        /** A count of scale bytes. */
        SIZE,
        /** A count of scale units of time (ns, us, ms, s, min, h, d). */
        TIME,
        /** A 0's based count: one more than the raw number. */
        COUNT0,
        /** Major, minor and tertiary version. */
        VERSION,
        /** An IEEE organisation id, little-endian. */
        OUI,
        /** An identifier in network byte order (EUI-64, NGUID). */
        EUI,
        /** An identifier whose kind the sibling NIDT tells. */
        IDENTIFIER,
        /** A memory address. */
        ADDRESS,
        /** Milliseconds since 1970-01-01 UTC. */
        TIMESTAMP,
        /** Power in watts, with the scale in the sibling that unit names. */
        POWER,
        /** Members at offsets of their own. */
        STRUCT,
        /** Equal elements one after the other. */
        ARRAY
    }

    /** What software may do with a register field. */
    public enum Access {
        /** Not a register. */
        NONE,
        /** Read only. */
        RO,
        /** Read and write. */
        RW,
        /** Write one to clear. */
        W1C,
        /** Write one to set. */
        W1S,
        /** Read and write, kept over resets (sticky). */
        RWS
    }

    /**
     * How an array repeats.
     *
     * @param count elements; -1 as many as the data holds
     * @param elementBytes bytes of one element, or of its fixed head
     * @param lengthField the element's member that counts the rest of the element; empty when all have elementBytes
     * @param lengthScale bytes for one count of lengthField
     * @param element type of the elements
     */
    public record Repeat(int count, int elementBytes, String lengthField, int lengthScale, Type element) {
        /** Not an array. */
        public static final Repeat ONCE = new Repeat(1, 0, "", 0, Type.BYTES);
    }

    /** Whether this is a part of a word instead of whole bytes. */
    public boolean isBits() {
        return bitLow >= 0;
    }

    /** How many bits the field has. */
    public int bits() {
        return isBits() ? bitHigh - bitLow + 1 : byteLength * 8;
    }

    /** The highest raw value an integer field can hold; all ones above 63 bits. */
    public long maximum() {
        return bits() >= 64 ? -1L : (1L << bits()) - 1;
    }
}
