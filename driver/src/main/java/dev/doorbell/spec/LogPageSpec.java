package dev.doorbell.spec;

import java.util.List;
import java.util.Optional;

/**
 * A log page.
 *
 * @param lid log page identifier
 * @param name short name
 * @param title name in words
 * @param perNamespace whether NSID may select an instance
 * @param namespaceOnly whether NSID has to: the controller as a whole has no such page
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
        boolean namespaceOnly,
        int bytes,
        List<StructureSpec> structures,
        String lsp,
        String lsi,
        SpecRef ref,
        String text) {
    /**
     * The NSID to ask with when nobody wishes another: the whole controller, or the first namespace of a page that only
     * namespaces have.
     *
     * @param active the active namespaces, lowest first; may be empty
     * @return FFFFFFFFh is -1
     */
    public int usualNsid(List<Integer> active) {
        return !namespaceOnly ? -1 : active.isEmpty() ? 1 : active.getFirst();
    }

    /** The structure of the page, if it is described. */
    public Optional<StructureSpec> structure() {
        return structures.stream().findFirst();
    }
}
