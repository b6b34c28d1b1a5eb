package dev.doorbell.spec;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A feature of Set Features and Get Features.
 *
 * @param fid feature identifier
 * @param name short name
 * @param title name in words
 * @param perNamespace whether NSID selects an instance
 * @param cdw11 what Set Features takes in CDW11 and further dwords
 * @param result what completion dword 0 holds, as bits of one 4-byte word
 * @param data the buffer's structure
 * @param setsData whether Set Features takes the buffer as well, not only Get Features returns it
 * @param destroys what setting it can destroy, in words; empty for nothing
 * @param ref where it is defined
 * @param text explanation
 */
public record FeatureSpec(
        int fid,
        String name,
        String title,
        boolean perNamespace,
        List<CommandSpec.DwordField> cdw11,
        FieldSpec result,
        List<StructureSpec> data,
        boolean setsData,
        String destroys,
        SpecRef ref,
        String text) {
    private static final int FIRST = 11;
    private static final int LAST = 15;

    /**
     * The NSID to ask with when nobody wishes another: the first namespace of a feature that namespaces have, else none.
     *
     * @param active the active namespaces, lowest first; may be empty
     */
    public int usualNsid(List<Integer> active) {
        return !perNamespace ? 0 : active.isEmpty() ? 1 : active.getFirst();
    }

    /** The structure of the data buffer, if the feature has one. */
    public Optional<StructureSpec> dataStructure() {
        return data.stream().findFirst();
    }

    /** A feature of which nothing but its identifier is known, such as a vendor's own. */
    public static FeatureSpec unknown(int fid, boolean perNamespace) {
        SpecRef ref = new SpecRef("NVMe Base 2.0c", "5.27.1");
        String title = "Feature " + Texts.hex(fid, 2);
        return new FeatureSpec(
                fid,
                String.format("FID%02X", fid),
                title,
                perNamespace,
                List.of(),
                FieldSpecs.word("VALUE", title, 0, List.of(), ref),
                List.of(),
                true,
                "",
                ref,
                "");
    }

    /** Dwords 11 to 15 of Set Features as a structure of 20 bytes, of which those without a field are reserved. */
    public StructureSpec dwords() {
        List<FieldSpec> words = new ArrayList<>();
        for (int dword = FIRST; dword <= LAST; dword++) {
            int at = (dword - FIRST) * Integer.BYTES;
            int number = dword;
            List<FieldSpec> bits = cdw11.stream()
                    .filter(f -> f.dword() == number && f.dword2().isEmpty())
                    .map(f -> FieldSpecs.bits(f.spec(), at, Integer.BYTES, f.bitLow(), f.bitHigh()))
                    .toList();
            if (!bits.isEmpty() || dword == FIRST) {
                words.add(FieldSpecs.word("CDW" + dword, "Command Dword " + dword, at, bits, ref));
            }
        }
        int bytes = (LAST - FIRST + 1) * Integer.BYTES;
        return new StructureSpec("set-" + name, title, bytes, ref, text, FieldSpecs.fillBytes(words, bytes, ref));
    }

    /**
     * What Set Features has to take in dwords 11 to 15 for the feature to stay as it is, as far as Get Features tells.
     *
     * @param cdw0 dword 0 of the completion of Get Features
     * @return 20 bytes for {@link #dwords}
     */
    public byte[] dwordsOf(int cdw0) {
        byte[] sqe = new byte[64];
        for (CommandSpec.DwordField field : cdw11) {
            long value = result.fields().stream()
                    .filter(r -> r.name().equals(field.name()))
                    .mapToLong(r -> (cdw0 & 0xffffffffL) >>> r.bitLow() & r.maximum())
                    .findFirst()
                    .orElse(0);
            sqe = field.set(sqe, value);
        }
        return Arrays.copyOfRange(sqe, FIRST * Integer.BYTES, (LAST + 1) * Integer.BYTES);
    }

    /** Decodes the current value out of completion dword 0. */
    public Decoded decode(int cdw0) {
        return Decoder.word(result, cdw0 & 0xffffffffL);
    }
}
