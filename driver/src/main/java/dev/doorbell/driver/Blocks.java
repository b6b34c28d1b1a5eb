package dev.doorbell.driver;

/**
 * A range of logical blocks and where in memory they are: their data, and their metadata, either in a buffer of its own or behind the data of
 * each block, as the namespace is formatted.
 *
 * @param lba the first
 * @param count how many, 1 .. 65536
 * @param data holds the data, and with it the metadata of an extended format
 * @param dataOffset where the first block starts in it, bytes
 * @param metadata holds the metadata; the same buffer as {@code data} if there is none, or it lies between the data
 * @param metadataOffset where the metadata of the first block starts in it, bytes; without meaning in the other case
 */
public record Blocks(long lba, int count, Buffer data, int dataOffset, Buffer metadata, int metadataOffset) {
    /** Blocks from the start of a buffer, without metadata or with the metadata of each block behind its data. */
    public static Blocks of(long lba, int count, Buffer data) {
        return new Blocks(lba, count, data, 0, data, 0);
    }

    /** Blocks from the start of a buffer, with their metadata at the start of another. */
    public static Blocks of(long lba, int count, Buffer data, Buffer metadata) {
        return new Blocks(lba, count, data, 0, metadata, 0);
    }

    /** Whether the metadata has a buffer of its own. */
    public boolean separate() {
        return metadata != data;
    }
}
