package dev.doorbell.driver;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * A scatter gather list, NVMe Base 2.0c §4.1.2: pieces of buffers, one after the other, that together are the data of a command. Immutable;
 * every method that adds something returns a new list. Nothing is checked but the bounds of buffers: wrong descriptors are for the
 * device to refuse.
 *
 * <p>One descriptor goes into the command itself; more are put into segments by the driver, which also makes the descriptors that point to
 * them.
 */
public final class Sgl {
    private static final int DATA_BLOCK = 0x00, BIT_BUCKET = 0x10, TYPE = 15, LENGTH = 8;

    private record Entry(Buffer buffer, int offset, byte[] descriptor) {}

    private final List<Entry> entries;
    private final int perSegment;

    private Sgl(List<Entry> entries, int perSegment) {
        this.entries = entries;
        this.perSegment = perSegment;
    }

    /** A list without descriptors, to add some to; up to 256 descriptors a segment. */
    public static Sgl empty() {
        return new Sgl(List.of(), 256);
    }

    /** With a data block descriptor for all of a buffer. */
    public Sgl block(Buffer buffer) {
        return block(buffer, 0, buffer.size());
    }

    /**
     * With a data block descriptor for a piece of a buffer.
     *
     * @param offset where it starts, bytes; whether it has to be a multiple of 4 is in SGLS of the identify controller structure
     * @param length bytes, 0 too
     */
    public Sgl block(Buffer buffer, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, buffer.size());
        return add(new Entry(buffer, offset, descriptor(DATA_BLOCK, length)));
    }

    /** With a bit bucket descriptor: {@code bytes} bytes of what a command reads are left out. */
    public Sgl bitBucket(int bytes) {
        return add(new Entry(null, 0, descriptor(BIT_BUCKET, bytes)));
    }

    /**
     * With a descriptor of any content.
     *
     * @param sixteen its 16 bytes as on the wire
     */
    public Sgl descriptor(byte... sixteen) {
        if (sixteen.length != 16) {
            throw new IllegalArgumentException("an SGL descriptor has 16 bytes, not " + sixteen.length);
        }
        return add(new Entry(null, 0, sixteen.clone()));
    }

    /**
     * In segments of at most {@code descriptors} descriptors, the pointer to the next segment included.
     *
     * @param descriptors 2 .. 65536
     */
    public Sgl perSegment(int descriptors) {
        return new Sgl(entries, Objects.checkIndex(descriptors - 2, 65535) + 2);
    }

    /** How many descriptors it has. */
    public int count() {
        return entries.size();
    }

    /** Descriptors a segment, at most. */
    public int perSegment() {
        return perSegment;
    }

    /** The descriptors, 16 bytes each, with the addresses of the buffers as they are now. */
    public byte[] toBytes() {
        ByteBuffer bytes = ByteBuffer.allocate(16 * entries.size()).order(ByteOrder.LITTLE_ENDIAN);
        for (Entry entry : entries) {
            int at = bytes.position();
            bytes.put(entry.descriptor);
            if (entry.buffer != null) {
                bytes.putLong(at, entry.buffer.iova() + entry.offset);
            }
        }
        return bytes.array();
    }

    List<Buffer> buffers() {
        return entries.stream().map(Entry::buffer).filter(Objects::nonNull).toList();
    }

    private Sgl add(Entry entry) {
        List<Entry> more = new ArrayList<>(entries);
        more.add(entry);
        return new Sgl(List.copyOf(more), perSegment);
    }

    private static byte[] descriptor(int type, int length) {
        byte[] bytes = new byte[16];
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(LENGTH, length);
        bytes[TYPE] = (byte) type;
        return bytes;
    }

    @Override
    public String toString() {
        return "SGL of " + entries.size() + " descriptors";
    }
}
