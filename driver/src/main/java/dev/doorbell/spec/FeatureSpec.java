package dev.doorbell.spec;

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
        SpecRef ref,
        String text) {
    /** The structure of the data buffer, if the feature has one. */
    public Optional<StructureSpec> dataStructure() {
        return data.stream().findFirst();
    }

    /** Decodes the current value out of completion dword 0. */
    public Decoded decode(int cdw0) {
        return Decoder.word(result, cdw0 & 0xffffffffL);
    }
}
