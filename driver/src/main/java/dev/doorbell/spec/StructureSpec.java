package dev.doorbell.spec;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/**
 * A data structure: identify data, a log page, a feature's buffer, a PCI capability.
 *
 * @param id stable and unique, such as {@code identify-controller}
 * @param title name in words
 * @param bytes its size; structures that end in an open list may be longer
 * @param ref where it is defined
 * @param text explanation, may be empty
 * @param fields in order of offset, without gaps
 */
public record StructureSpec(String id, String title, int bytes, SpecRef ref, String text, List<FieldSpec> fields) {
    /** The memory page that the files of the catalogue count in. */
    static final int PAGE = 4096;

    /** Decodes bytes; data may be shorter (fields beyond it are left out) or longer (the rest is kept as bytes). */
    public Decoded decode(byte[] data) {
        return Decoder.structure(this, data.clone(), 0, data.length, id);
    }

    /**
     * The same for a controller whose smallest memory page is known: Identify counts transfer limits (MDTS and its like) in
     * powers of two of CAP.MPSMIN pages, which the catalogue takes for 4 KiB.
     *
     * @param pageBytes 4096 shifted by CAP.MPSMIN
     */
    public StructureSpec withPages(long pageBytes) {
        return pageBytes == PAGE
                ? this
                : new StructureSpec(
                        id,
                        title,
                        bytes,
                        ref,
                        text,
                        fields.stream()
                                .map(f -> FieldSpecs.scaled(f, pageBytes))
                                .toList());
    }

    /**
     * Turns {@link Decoded#toJson()} back into bytes. Fields that are absent are zero. Where a word has both
     * {@code raw} and named bits, the named bits win.
     *
     * @throws IllegalArgumentException for a key that this structure does not have or a value that does not fit
     */
    public byte[] encode(JsonNode json) {
        return Encoder.structure(this, json);
    }
}
