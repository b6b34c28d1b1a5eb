package dev.doorbell.spec;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A PCI capability or PCI Express extended capability.
 *
 * @param extended whether it stands in the extended chain (from 0x100)
 * @param id capability id
 * @param name short name, such as {@code MSIX}
 * @param title name in words
 * @param structures its layouts: one, or one for each value of {@code variantMask} in the word at offset 2
 * @param variantMask bits of the word at offset 2 that choose the layout; 0 with one layout
 * @param ref where it is defined
 */
public record CapabilitySpec(
        boolean extended,
        int id,
        String name,
        String title,
        Map<Integer, StructureSpec> structures,
        int variantMask,
        SpecRef ref) {
    /** The layout for a capability whose word at offset 2 is given. */
    public Optional<StructureSpec> structure(int word) {
        return Optional.ofNullable(structures.get(word & variantMask));
    }

    /** All layouts. */
    public List<StructureSpec> all() {
        return List.copyOf(structures.values());
    }
}
