package dev.doorbell.spec;

import java.util.List;
import java.util.Optional;

/**
 * A log page.
 *
 * @param lid log page identifier
 * @param name short name
 * @param title name in words
 * @param perNamespace whether NSID selects an instance
 * @param bytes a sensible number of bytes to read first
 * @param structures its structure, empty when the layout is not described
 * @param lsp values of the log specific field, empty when it is not used
 * @param lsi what the log specific identifier names, empty when it is not used
 * @param ref where it is defined
 * @param text explanation
 */
public record LogPageSpec(
        int lid,
        String name,
        String title,
        boolean perNamespace,
        int bytes,
        List<StructureSpec> structures,
        String lsp,
        String lsi,
        SpecRef ref,
        String text) {
    /** The structure of the page, if it is described. */
    public Optional<StructureSpec> structure() {
        return structures.stream().findFirst();
    }
}
