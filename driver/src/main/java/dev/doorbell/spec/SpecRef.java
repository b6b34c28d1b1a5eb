package dev.doorbell.spec;

/**
 * Where a fact stands.
 *
 * @param document the document with its revision, such as {@code NVMe Base 2.0c}
 * @param section the section number without the sign; empty when the whole document is meant
 */
public record SpecRef(String document, String section) {
    /** The reference as people quote it: {@code NVMe Base 2.0c §5.17.2.1}. */
    @Override
    public String toString() {
        return section.isEmpty() ? document : document + " §" + section;
    }
}
