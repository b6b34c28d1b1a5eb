package dev.doorbell.driver;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Memory of the host that a controller may use as its own, NVMe Base 2.0c §8.9: allocated here, lent with {@link #enable}, taken back with
 * {@link #disable}, and lent again as it was with {@link #giveBack}. A controller reset disables it.
 *
 * <p>The memory is the caller's to look at and to spoil, by {@link #buffers}: a device has to survive that. Methods that talk to the
 * device throw {@link Command.StatusException} if it refuses. One thread at a time.
 */
public final class HostMemoryBuffer implements AutoCloseable {
    private static final int FEATURE = 0x0d;
    private static final int ENABLE = 1, RETURNED = 2;
    private static final int DESCRIPTOR_BYTES = 16;
    private static final long UNIT = 4096;
    private static final int CC = 0x14;

    /**
     * What a controller wishes for, Identify Controller HMPRE, HMMIN, HMMINDS and HMMAXD.
     *
     * @param preferredBytes what serves it best, 0 if it uses no host memory
     * @param minimumBytes less is refused
     * @param minimumPieceBytes smallest piece, 0: any
     * @param maximumPieces pieces that it can use, 0: any number
     */
    public record Wishes(long preferredBytes, long minimumBytes, long minimumPieceBytes, int maximumPieces) {
        /** Those of a controller. */
        public static Wishes of(Controller controller) {
            ByteBuffer id = ByteBuffer.wrap(controller.identifyController()).order(ByteOrder.LITTLE_ENDIAN);
            return new Wishes(
                    Integer.toUnsignedLong(id.getInt(272)) * UNIT,
                    Integer.toUnsignedLong(id.getInt(276)) * UNIT,
                    Integer.toUnsignedLong(id.getInt(332)) * UNIT,
                    id.getShort(336) & 0xffff);
        }

        /** Whether the controller has a use for host memory. */
        public boolean any() {
            return preferredBytes > 0;
        }
    }

    /**
     * What the controller says of its buffer, §5.27.1.10.
     *
     * @param enabled whether it may use the memory
     * @param pages its size in pages of CC.MPS
     * @param list address of the descriptor list
     * @param pieces entries of that list
     */
    public record Attributes(boolean enabled, long pages, long list, int pieces) {
        static Attributes parse(int cdw0, byte[] data) {
            ByteBuffer b = ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN);
            return new Attributes(
                    (cdw0 & ENABLE) != 0, Integer.toUnsignedLong(b.getInt(0)), b.getLong(4), b.getInt(12));
        }
    }

    private final Controller controller;
    private final List<Buffer> pieces = new ArrayList<>();
    private final Buffer list;
    private final int pageBytes;
    private final long pages;
    private boolean lent;

    private HostMemoryBuffer(Controller controller, long bytes, long pieceBytes, int pageBytes) {
        this.controller = controller;
        this.pageBytes = pageBytes;
        this.pages = bytes / pageBytes;
        int count = (int) ((bytes + pieceBytes - 1) / pieceBytes);
        Buffer listMemory = controller.device().allocate((long) count * DESCRIPTOR_BYTES);
        try {
            for (long left = bytes; left > 0; left -= pieceBytes) {
                pieces.add(controller.device().allocate(Math.min(left, pieceBytes)));
            }
        } catch (RuntimeException e) {
            pieces.forEach(Buffer::close);
            listMemory.close();
            throw e;
        }
        this.list = listMemory;
        for (int i = 0; i < count; i++) {
            list.putLong(DESCRIPTOR_BYTES * i, pieces.get(i).iova());
            list.putInt(DESCRIPTOR_BYTES * i + 8, pieces.get(i).size() / pageBytes);
        }
    }

    /**
     * Allocates a buffer in one piece, or in as few as memory management allows; it is not yet lent.
     *
     * @param controller enabled
     * @param bytes a multiple of the controller's page size
     */
    public static HostMemoryBuffer allocate(Controller controller, long bytes) {
        return allocate(controller, bytes, Math.min(bytes, 1L << 30));
    }

    /**
     * Allocates a buffer in pieces; it is not yet lent.
     *
     * @param controller enabled
     * @param bytes a multiple of the controller's page size
     * @param pieceBytes of each piece but the last, a multiple of the page size
     */
    public static HostMemoryBuffer allocate(Controller controller, long bytes, long pieceBytes) {
        int page = 4096 << (controller.device().registers().read32(CC) >>> 7 & 0xf);
        if (bytes <= 0 || bytes % page != 0 || bytes / page > 0xffff_ffffL) {
            throw new IllegalArgumentException("a host memory buffer of " + bytes
                    + " bytes cannot be lent: it has whole pages of CC.MPS, " + page + " bytes");
        }
        if (pieceBytes <= 0 || pieceBytes % page != 0 || pieceBytes > 1L << 30) {
            throw new IllegalArgumentException("pieces of " + pieceBytes
                    + " bytes cannot be lent: each has whole pages of CC.MPS, " + page + " bytes, and 1 GiB at most");
        }
        if ((bytes + pieceBytes - 1) / pieceBytes > 65536) {
            throw new IllegalArgumentException(
                    bytes + " bytes in pieces of " + pieceBytes + " are more than 65536 pieces; take larger ones");
        }
        return new HostMemoryBuffer(controller, bytes, pieceBytes, page);
    }

    /** Lends the memory; the device takes its contents for undefined. */
    public void enable() {
        set(ENABLE);
        lent = true;
    }

    /** Lends the memory again, with what the device left there untouched (MR): after a reset, or after {@link #disable}. */
    public void giveBack() {
        set(ENABLE | RETURNED);
        lent = true;
    }

    /** Takes the memory back: when this returns, the device does not touch it any more. */
    public void disable() {
        controller.setFeature(FEATURE, 0, new int[] {0, 0, 0, 0, 0}, false, new byte[0]);
        lent = false;
    }

    private void set(int flags) {
        int[] dwords = {flags, (int) pages, (int) list.iova(), (int) (list.iova() >>> 32), pieces.size()};
        controller.setFeature(FEATURE, 0, dwords, false, new byte[0]);
    }

    /** How the controller sees it. */
    public Attributes attributes() {
        return attributes(controller);
    }

    /** How a controller sees its host memory buffer, whoever lent it. */
    public static Attributes attributes(Controller controller) {
        Controller.FeatureValue value = controller.getFeature(FEATURE, Controller.Select.CURRENT, 0, 0);
        return Attributes.parse(value.cdw0(), value.data());
    }

    /** Its pieces, in order. Do not close them: {@link #close} does. */
    public List<Buffer> buffers() {
        return List.copyOf(pieces);
    }

    /** Size in bytes. */
    public long sizeBytes() {
        return pages * pageBytes;
    }

    /** Writes all of the memory to a file, piece after piece. */
    public void dump(Path file) throws IOException {
        try (OutputStream out = Files.newOutputStream(file)) {
            for (Buffer piece : pieces) {
                for (int at = 0; at < piece.size(); at += 1 << 20) {
                    out.write(piece.get(at, Math.min(piece.size() - at, 1 << 20)));
                }
            }
        }
    }

    /** Takes the memory back if it is lent, and frees it. If the device refuses, it stays allocated: the device may still use it. */
    @Override
    public void close() {
        Device device = controller.device();
        if (lent && device.isOpen() && !device.isLost() && controller.state() == Controller.State.READY) {
            disable();
        }
        lent = false;
        pieces.forEach(Buffer::close);
        list.close();
    }

    @Override
    public String toString() {
        return "host memory buffer of " + sizeBytes() + " bytes in " + pieces.size() + " piece"
                + (pieces.size() == 1 ? "" : "s") + " of " + controller.device();
    }
}
