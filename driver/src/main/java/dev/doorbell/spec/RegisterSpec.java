package dev.doorbell.spec;

import java.util.List;

/**
 * A controller register in BAR0.
 *
 * @param field the register as a field at its offset, with its bits
 */
public record RegisterSpec(FieldSpec field) {
    /** Name of the standard, such as {@code CC}. */
    public String name() {
        return field.name();
    }

    /** Name in words. */
    public String title() {
        return field.title();
    }

    /** Byte offset in BAR0. */
    public int offset() {
        return field.byteOffset();
    }

    /** 4 or 8. */
    public int bytes() {
        return field.byteLength();
    }

    /** What software may do with the register; single bits may differ. */
    public FieldSpec.Access access() {
        return field.access();
    }

    /** Bit fields from bit 0 up, reserved ones included. */
    public List<FieldSpec> fields() {
        return field.fields();
    }

    /** Where it is defined. */
    public SpecRef ref() {
        return field.ref();
    }

    /** Explanation, may be empty. */
    public String text() {
        return field.text();
    }

    /** Decodes a value; offsets in the result are those of BAR0. */
    public Decoded decode(long value) {
        return Decoder.register(this, value);
    }
}
