package dev.doorbell.driver;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.TreeMap;

/**
 * Memory of the controller in one of its BARs, NVMe Base 2.0c §8.5, which commands name like the host's, under addresses that
 * {@link #enable(long)} chooses. {@link #allocate} gives pieces of it as {@link Buffer}s: for data, PRP and SGL lists, and as the memory of
 * queues ({@link QueueMemory#contiguous}, {@link QpairOptions#withSqMemory}). Where the BAR cannot be mapped, as on {@code qemu:},
 * {@link #read} and {@link #write} reach the memory, and commands name it by {@link #address}.
 *
 * <p>A reset of the function disables it, one of the controller (CC.EN) does not. One thread at a time.
 */
public final class ControllerMemoryBuffer {
    private static final int CAP = 0x00, CMBLOC = 0x38, CMBSZ = 0x3c, CMBMSC = 0x50, CMBSTS = 0x58;
    private static final long CAP_CMBS = 1L << 57;
    private static final long RESET_ENABLE = 1, SPACE_ENABLE = 2, BASE = ~0xfffL;
    private static final int SUBMISSION = 1, COMPLETION = 2, LISTS = 4, READS = 8, WRITES = 16;
    private static final int PAGE = 4096;

    private final Controller controller;
    private final int bar;
    private final long offset;
    private final long size;
    private final int uses;
    /** Pieces that are given out, by their offset in the buffer; a piece counts until its buffer is closed. */
    private final TreeMap<Long, Buffer> pieces = new TreeMap<>();

    private ControllerMemoryBuffer(Controller controller, int cmbloc, int cmbsz) {
        this.controller = controller;
        long unit = (long) PAGE << 4 * (cmbsz >>> 8 & 0xf);
        this.bar = cmbloc & 7;
        this.offset = (cmbloc >>> 12) * unit;
        // A part that the BAR does not have is none, whatever the register says.
        this.size = Math.min(
                (cmbsz >>> 12) * unit,
                Math.max(0, controller.device().pci().orElseThrow().barBytes(bar) - offset));
        this.uses = cmbsz & 0x1f;
    }

    /** Whether a controller has such a buffer. */
    public static boolean isPresent(Controller controller) {
        return controller.device().pci().isPresent()
                && (controller.device().registers().read64(CAP) & CAP_CMBS) != 0;
    }

    /**
     * The buffer of a controller. Makes its registers show it (CMBMSC.CRE).
     *
     * @throws Device.UnsupportedException if the controller has none
     */
    public static ControllerMemoryBuffer of(Controller controller) {
        Device device = controller.device();
        if (!isPresent(controller)) {
            throw new Device.UnsupportedException(device + " has no controller memory buffer (CAP.CMBS is 0)");
        }
        Registers registers = device.registers();
        registers.write64(CMBMSC, registers.read64(CMBMSC) | RESET_ENABLE);
        return new ControllerMemoryBuffer(controller, registers.read32(CMBLOC), registers.read32(CMBSZ));
    }

    /** BAR that it lies in. */
    public int bar() {
        return bar;
    }

    /** Where it begins in that BAR. */
    public long barOffset() {
        return offset;
    }

    /** Size in bytes. */
    public long sizeBytes() {
        return size;
    }

    /** Whether submission queues may lie in it (SQS). */
    public boolean takesSubmissionQueues() {
        return (uses & SUBMISSION) != 0;
    }

    /** Whether completion queues may lie in it (CQS). */
    public boolean takesCompletionQueues() {
        return (uses & COMPLETION) != 0;
    }

    /** Whether PRP and SGL lists may lie in it (LISTS). */
    public boolean takesLists() {
        return (uses & LISTS) != 0;
    }

    /** Whether data that the controller reads, of writes, may lie in it (WDS). */
    public boolean takesWriteData() {
        return (uses & WRITES) != 0;
    }

    /** Whether data that the controller writes, of reads, may lie in it (RDS). */
    public boolean takesReadData() {
        return (uses & READS) != 0;
    }

    /** Enables it at the bus address of its BAR, which no memory of the host has. */
    public void enable() {
        PciFunction pci = controller.device().pci().orElseThrow();
        int low = pci.read32(0x10 + 4 * bar);
        long high = (low & 6) == 4 ? pci.read32(0x14 + 4 * bar) : 0;
        enable(((high << 32 | low & 0xffff_fff0L) + offset) & BASE);
    }

    /**
     * Enables it at an address that no memory of the host has for the device (CMBMSC.CBA and CMSE).
     *
     * @param base a multiple of 4 KiB, not 0
     * @throws IllegalStateException if the controller does not take that address (CMBSTS.CBAI)
     */
    public void enable(long base) {
        if ((base & ~BASE) != 0 || base == 0) {
            throw new IllegalArgumentException("0x" + Long.toHexString(base)
                    + " cannot be the buffer's address: it is a multiple of 4 KiB, not 0");
        }
        Registers registers = controller.device().registers();
        registers.write64(CMBMSC, base | SPACE_ENABLE | RESET_ENABLE);
        if ((registers.read32(CMBSTS) & 1) != 0) {
            registers.write64(CMBMSC, RESET_ENABLE);
            throw new IllegalStateException(controller.device() + " does not take 0x" + Long.toHexString(base)
                    + " as the address of its memory buffer (CMBSTS.CBAI): choose one that no other memory has");
        }
    }

    /** Whether commands can use it at present. */
    public boolean isEnabled() {
        return (controller.device().registers().read64(CMBMSC) & SPACE_ENABLE) != 0;
    }

    /** Disables it: its addresses mean nothing to commands any more. Queues in it have to be gone before. */
    public void disable() {
        controller.device().registers().write64(CMBMSC, RESET_ENABLE);
    }

    /**
     * The address by which commands name the memory at {@code at}.
     *
     * @throws IllegalStateException if it is not enabled
     */
    public long address(long at) {
        long msc = controller.device().registers().read64(CMBMSC);
        if ((msc & SPACE_ENABLE) == 0) {
            throw new IllegalStateException(
                    "the memory buffer of " + controller.device() + " is not enabled; call enable()");
        }
        return (msc & BASE) + check(at, 0);
    }

    /**
     * A piece of it, 4 KiB aligned, with what is there. It is free again when the buffer is closed.
     *
     * @throws IllegalStateException if it is not enabled, or no piece of that size is free
     * @throws Device.UnsupportedException if the BAR cannot be mapped into this program
     */
    public Buffer allocate(long bytes) {
        if (bytes <= 0 || bytes > size) {
            throw new IllegalArgumentException(
                    "a piece of " + bytes + " bytes; the controller memory buffer has " + size);
        }
        pieces.values().removeIf(b -> !b.isOpen());
        long at = 0;
        for (Map.Entry<Long, Buffer> piece : pieces.entrySet()) {
            if (piece.getKey() - at >= bytes) {
                break;
            }
            at = (piece.getKey() + piece.getValue().size() + PAGE - 1) / PAGE * PAGE;
        }
        if (size - at < bytes) {
            throw new IllegalStateException(
                    "no " + bytes + " bytes in one piece are free in the controller memory buffer of " + size
                            + " bytes; close buffers in it first");
        }
        Buffer buffer = controller.device().inBar(bar, offset + at, bytes, address(at));
        pieces.put(at, buffer);
        return buffer;
    }

    /** Bytes of it, read through its BAR: slower than a {@link Buffer}, and possible everywhere. */
    public byte[] read(long at, int bytes) {
        check(at, bytes);
        PciFunction pci = controller.device().pci().orElseThrow();
        long from = at & ~3L;
        int skip = (int) (at - from);
        byte[] result = new byte[bytes];
        for (int i = 0; i < bytes + skip; i += 4) {
            int word = pci.barRead32(bar, offset + from + i);
            for (int b = 0; b < 4; b++) {
                int place = i + b - skip;
                if (place >= 0 && place < bytes) {
                    result[place] = (byte) (word >>> 8 * b);
                }
            }
        }
        return result;
    }

    /** Writes bytes to it through its BAR; {@code at} and the length are multiples of 4. */
    public void write(long at, byte[] data) {
        check(at, data.length);
        if (at % 4 != 0 || data.length % 4 != 0) {
            throw new IllegalArgumentException(data.length + " bytes at " + at + ": a BAR is written by whole dwords");
        }
        PciFunction pci = controller.device().pci().orElseThrow();
        ByteBuffer words = ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < data.length; i += 4) {
            pci.barWrite32(bar, offset + at + i, words.getInt(i));
        }
    }

    private long check(long at, long bytes) {
        if (at < 0 || bytes > size || at > size - bytes) {
            throw new IndexOutOfBoundsException(
                    bytes + " bytes at " + at + " are not inside the controller memory buffer of " + size + " bytes");
        }
        return at;
    }

    @Override
    public String toString() {
        return "memory buffer of " + size + " bytes in BAR" + bar + " of " + controller.device();
    }
}
