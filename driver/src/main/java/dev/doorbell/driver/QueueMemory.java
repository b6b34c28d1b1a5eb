package dev.doorbell.driver;

import java.util.ArrayList;
import java.util.List;

/**
 * Where the entries of a {@link RawQueue} lie, and what PRP1 of the command that creates it says. The two need not agree: a test can hand out
 * any address.
 */
public final class QueueMemory {
    /** A piece of a buffer that holds entries. */
    private record Place(Buffer buffer, int offset) {}

    private static final int PRP_BYTES = 8;

    private final List<Place> places;
    private final long placeBytes;
    private final Buffer list;
    private final boolean contiguous;
    private final boolean owned;
    private final long prp1;

    private QueueMemory(
            List<Place> places, long placeBytes, Buffer list, boolean contiguous, boolean owned, long prp1) {
        this.places = places;
        this.placeBytes = placeBytes;
        this.list = list;
        this.contiguous = contiguous;
        this.owned = owned;
        this.prp1 = prp1;
    }

    /** One piece of memory of its own, for {@code entries} entries of {@code entryBytes}: freed with the queue. */
    static QueueMemory own(Device device, int entries, int entryBytes) {
        Buffer buffer = device.allocate((long) entries * entryBytes);
        return new QueueMemory(List.of(new Place(buffer, 0)), Long.MAX_VALUE, null, true, true, buffer.iova());
    }

    /**
     * One piece of memory (PC = 1), in a buffer that stays the test's.
     *
     * @param offset where it starts, which should be on a memory page
     */
    public static QueueMemory contiguous(Buffer buffer, int offset) {
        return new QueueMemory(
                List.of(new Place(buffer, offset)), Long.MAX_VALUE, null, true, false, buffer.iova() + offset);
    }

    /**
     * Memory in pages that need not lie side by side (PC = 0), each at the start of a buffer, which stay the test's, and a PRP list of them.
     * Only controllers with CAP.CQR = 0 take such queues.
     *
     * @param pageBytes bytes of a memory page, 2<sup>12 + CC.MPS</sup>
     * @param list where the PRP list is written, from its start; it must have 8 bytes a page, and is not chained
     * @param pages the pages, in their order
     */
    public static QueueMemory pages(int pageBytes, Buffer list, Buffer... pages) {
        List<Place> places = new ArrayList<>();
        for (int i = 0; i < pages.length; i++) {
            places.add(new Place(pages[i], 0));
            list.putLong(PRP_BYTES * i, pages[i].iova());
        }
        return new QueueMemory(places, pageBytes, list, false, false, list.iova());
    }

    /** The same memory, with another PRP1 in the command that creates the queue. */
    public QueueMemory withPrp1(long iova) {
        return new QueueMemory(places, placeBytes, list, contiguous, owned, iova);
    }

    /** The same memory and PRP1, with another PC in the command that creates the queue. */
    public QueueMemory withContiguous(boolean pc) {
        return new QueueMemory(places, placeBytes, list, pc, owned, prp1);
    }

    /** PRP1 of the command that creates the queue. */
    public long prp1() {
        return prp1;
    }

    /** PC of the command that creates the queue. */
    public boolean isContiguous() {
        return contiguous;
    }

    /** The buffer that holds the byte at {@code offset} of the queue. */
    public Buffer bufferAt(long offset) {
        return places.get((int) (offset / placeBytes)).buffer;
    }

    /** Where the byte at {@code offset} of the queue is in {@link #bufferAt}. */
    public int offsetAt(long offset) {
        return places.get((int) (offset / placeBytes)).offset + (int) (offset % placeBytes);
    }

    void pin() {
        buffers().forEach(Buffer::pin);
    }

    void unpin() {
        buffers().forEach(Buffer::unpin);
    }

    void free() {
        if (owned) {
            places.forEach(place -> place.buffer.close());
        }
    }

    private List<Buffer> buffers() {
        List<Buffer> all = new ArrayList<>();
        places.forEach(place -> all.add(place.buffer));
        if (list != null) {
            all.add(list);
        }
        return all;
    }
}
