package dev.doorbell.spec;

import java.util.List;
import java.util.Optional;

/**
 * One data structure of the Identify command.
 *
 * @param cns controller or namespace structure
 * @param csi command set; -1 when CSI does not matter
 * @param name a word or two for command logs, such as {@code controller}
 * @param title name in words
 * @param nsid whether the command names a namespace
 * @param cntid whether the command names a controller
 * @param structures its structure, empty when the layout is not described
 * @param ref where it is defined
 * @param text explanation
 */
public record IdentifySpec(
        int cns,
        int csi,
        String name,
        String title,
        boolean nsid,
        boolean cntid,
        List<StructureSpec> structures,
        SpecRef ref,
        String text) {
    /** The structure, if it is described. */
    public Optional<StructureSpec> structure() {
        return structures.stream().findFirst();
    }
}
