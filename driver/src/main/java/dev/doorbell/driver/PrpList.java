package dev.doorbell.driver;

/**
 * A PRP list built by hand in a buffer, NVMe Base 2.0c §4.1.1: entries of any value, at any place, chained as a test wants. Use it with
 * {@link Command#rawDataPointer(long, long)}.
 */
public final class PrpList {
    /** Entries of a list that fills a memory page of 4 KiB. */
    public static final int ENTRIES = 512;

    private final Buffer buffer;
    private final int offset;

    /** A list that starts with the buffer, which stays the caller's. */
    public PrpList(Buffer buffer) {
        this(buffer, 0);
    }

    /**
     * A list in a buffer, which stays the caller's.
     *
     * @param offset where it starts, bytes; a list goes on to the end of its memory page
     */
    public PrpList(Buffer buffer, int offset) {
        this.buffer = buffer;
        this.offset = offset;
    }

    /** Its address for the device: for PRP2, or an entry of another list. */
    public long iova() {
        return buffer.iova() + offset;
    }

    /** Sets an entry. */
    public PrpList set(int index, long iova) {
        buffer.putLong(offset + 8 * index, iova);
        return this;
    }

    /** Sets an entry to a place in a buffer. */
    public PrpList set(int index, Buffer page, int pageOffset) {
        return set(index, page.iova() + pageOffset);
    }

    /** Makes an entry, which should be the last of its memory page, point to another list. */
    public PrpList chain(int index, PrpList next) {
        return set(index, next.iova());
    }

    /** An entry. */
    public long get(int index) {
        return buffer.getLong(offset + 8 * index);
    }
}
