package dev.doorbell.driver;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A namespace and its commands. LBA counts are 1-based here and 0-based on the wire. Usable by many threads; see {@link Qpair} for what may
 * be shared.
 *
 * <p>Methods that wait return the completion whatever it says; {@link Completion#orThrow()} turns it into an exception.
 */
public final class Namespace {
    /** There is no active namespace with this id. */
    public static final class InactiveException extends DoorbellException {
        InactiveException(String message) {
            super(message);
        }
    }

    /**
     * A range of LBAs.
     *
     * @param lba the first
     * @param count how many
     */
    public record Range(long lba, int count) {}

    private record Geometry(byte[] identify, long lbaCount, int lbaBytes, int metadataBytes, boolean protectionOnly) {}

    private final Controller controller;
    private final int nsid;
    private volatile Geometry geometry;
    private volatile boolean stale;

    Namespace(Controller controller, int nsid) {
        this.controller = controller;
        this.nsid = nsid;
        refresh();
    }

    /** Its id. */
    public int nsid() {
        return nsid;
    }

    /** The controller that it was asked of. */
    public Controller controller() {
        return controller;
    }

    /** Its size in LBAs (NSZE). */
    public long lbaCount() {
        return geometry().lbaCount;
    }

    /** Data bytes of an LBA. */
    public int lbaBytes() {
        return geometry().lbaBytes;
    }

    /** Metadata bytes of an LBA. */
    public int metadataBytes() {
        return geometry().metadataBytes;
    }

    /** Whether the metadata of each LBA is behind its data, FLBAS bit 4, and not in a buffer of its own. */
    public boolean extended() {
        Geometry g = geometry();
        return interleaved(g) && g.metadataBytes != 0;
    }

    /** How its blocks carry protection information, as the device says now; empty if they do not. */
    public Optional<ProtectionInformation> protection() {
        geometry();
        return ProtectionInformation.of(this);
    }

    /** Its size in bytes of data. */
    public long sizeBytes() {
        return lbaCount() * lbaBytes();
    }

    /** The identify namespace structure, 4096 bytes, as last read. */
    public byte[] identify() {
        return geometry().identify.clone();
    }

    /**
     * Reads the identify namespace structure again.
     *
     * @throws InactiveException if the namespace is not active
     */
    public void refresh() {
        stale = false;
        byte[] id = controller.identify(0, nsid, 0, 0);
        ByteBuffer b = ByteBuffer.wrap(id).order(ByteOrder.LITTLE_ENDIAN);
        long lbas = b.getLong(0);
        if (lbas == 0) {
            throw new InactiveException("namespace " + Integer.toUnsignedString(nsid) + " of " + controller.device()
                    + " is not active; active are " + controller.activeNamespaces());
        }
        // NVM Command Set 1.0c §4.1.5.1: FLBAS bits 6:5 and 3:0 are the format's index.
        int flbas = id[26];
        int format = b.getInt(128 + 4 * (flbas & 0xf | (flbas >> 5 & 3) << 4));
        int metadata = format & 0xffff;
        geometry = new Geometry(id, lbas, 1 << (format >> 16 & 0xff), metadata, (id[29] & 7) != 0 && metadata == 8);
        // 16 bytes are nothing but protection information if the guard is long, which another structure says.
        if ((id[29] & 7) != 0
                && metadata == 16
                && ProtectionInformation.of(this).orElseThrow().strippedByAction()) {
            geometry = new Geometry(id, lbas, geometry.lbaBytes, metadata, true);
        }
    }

    void stale() {
        stale = true;
    }

    private Geometry geometry() {
        if (stale) {
            refresh();
        }
        return geometry;
    }

    /** Read of {@code count} LBAs into the start of a buffer. */
    public Command readCommand(long lba, int count, Buffer data) {
        return NvmCommands.read(nsid, lba, count).data(data, 0, bytes(count, data));
    }

    /** Write of {@code count} LBAs from the start of a buffer. */
    public Command writeCommand(long lba, int count, Buffer data) {
        return NvmCommands.write(nsid, lba, count).data(data, 0, bytes(count, data));
    }

    /** Compare of {@code count} LBAs with the start of a buffer. */
    public Command compareCommand(long lba, int count, Buffer data) {
        return NvmCommands.compare(nsid, lba, count).data(data, 0, bytes(count, data));
    }

    /** Read of blocks, data and metadata, with protection information as {@code control} says. */
    public Command readCommand(Blocks blocks, IoControl control) {
        return moving(NvmCommands.read(nsid, blocks.lba(), blocks.count()), blocks, control);
    }

    /** Write of blocks, data and metadata, with protection information as {@code control} says. */
    public Command writeCommand(Blocks blocks, IoControl control) {
        return moving(NvmCommands.write(nsid, blocks.lba(), blocks.count()), blocks, control);
    }

    /** Compare of blocks, data and metadata, with protection information as {@code control} says. */
    public Command compareCommand(Blocks blocks, IoControl control) {
        return moving(NvmCommands.compare(nsid, blocks.lba(), blocks.count()), blocks, control);
    }

    /** As much data as this format and PRACT let cross the interface; no more than the buffer, as a tester may want too little. */
    private Command moving(Command command, Blocks blocks, IoControl control) {
        Geometry g = geometry();
        boolean stripped = g.protectionOnly && (control.cdw12() & IoControl.PRACT) != 0;
        boolean between = interleaved(g) && !stripped;
        long bytes = (long) blocks.count() * (g.lbaBytes + (between ? g.metadataBytes : 0));
        Command moved = control.on(command).data(blocks.data(), blocks.dataOffset(), (int)
                Math.min(bytes, blocks.data().size() - blocks.dataOffset()));
        return blocks.separate() && !stripped ? moved.metadata(blocks.metadata(), blocks.metadataOffset()) : moved;
    }

    /** Flush. */
    public Command flushCommand() {
        return NvmCommands.flush(nsid);
    }

    /** Write Zeroes. */
    public Command writeZeroesCommand(long lba, int count) {
        return NvmCommands.writeZeroes(nsid, lba, count, false);
    }

    /** Write Uncorrectable. */
    public Command writeUncorrectableCommand(long lba, int count) {
        return NvmCommands.writeUncorrectable(nsid, lba, count);
    }

    /** Verify. */
    public Command verifyCommand(long lba, int count) {
        return NvmCommands.verify(nsid, lba, count);
    }

    /** Dataset Management, deallocate, with {@code ranges} ranges of 16 bytes in the buffer. */
    public Command deallocateCommand(int ranges, Buffer list) {
        return NvmCommands.datasetManagement(nsid, ranges, 1 << 2).data(list, 0, 16 * ranges);
    }

    /** Copy with {@code ranges} source ranges of format 0, 32 bytes each, in the buffer. */
    public Command copyCommand(long destinationLba, int ranges, Buffer list) {
        return NvmCommands.copy(nsid, destinationLba, ranges, 0).data(list, 0, 32 * ranges);
    }

    /** The data of {@code count} LBAs, with metadata if it is interleaved; no more than the buffer, as a tester may want too little. */
    private int bytes(int count, Buffer data) {
        Geometry g = geometry();
        long bytes = (long) count * (g.lbaBytes + (interleaved(g) ? g.metadataBytes : 0));
        return (int) Math.min(bytes, data.size());
    }

    private static boolean interleaved(Geometry g) {
        return (g.identify[26] & 0x10) != 0;
    }

    /** Reads {@code count} LBAs into a buffer and waits. */
    public Completion read(Qpair qpair, Buffer data, long lba, int count) {
        return qpair.execute(readCommand(lba, count, data));
    }

    /** Writes {@code count} LBAs from a buffer and waits. */
    public Completion write(Qpair qpair, Buffer data, long lba, int count) {
        return qpair.execute(writeCommand(lba, count, data));
    }

    /** Compares {@code count} LBAs with a buffer and waits. */
    public Completion compare(Qpair qpair, Buffer data, long lba, int count) {
        return qpair.execute(compareCommand(lba, count, data));
    }

    /** Flushes and waits. */
    public Completion flush(Qpair qpair) {
        return qpair.execute(flushCommand());
    }

    /** Writes zeroes and waits. */
    public Completion writeZeroes(Qpair qpair, long lba, int count) {
        return qpair.execute(writeZeroesCommand(lba, count));
    }

    /** Marks LBAs as uncorrectable and waits. */
    public Completion writeUncorrectable(Qpair qpair, long lba, int count) {
        return qpair.execute(writeUncorrectableCommand(lba, count));
    }

    /** Verifies LBAs and waits. */
    public Completion verify(Qpair qpair, long lba, int count) {
        return qpair.execute(verifyCommand(lba, count));
    }

    /** Deallocates 1 .. 256 ranges and waits. */
    public Completion deallocate(Qpair qpair, Range... ranges) {
        try (Buffer list = controller.device().allocate(4096)) {
            for (int i = 0; i < ranges.length; i++) {
                list.putInt(16 * i + 4, ranges[i].count());
                list.putLong(16 * i + 8, ranges[i].lba());
            }
            return qpair.execute(deallocateCommand(ranges.length, list));
        }
    }

    /** Copies 1 .. 128 ranges, one after the other, to {@code destinationLba} on and waits. */
    public Completion copy(Qpair qpair, long destinationLba, Range... sources) {
        try (Buffer list = controller.device().allocate(4096)) {
            for (int i = 0; i < sources.length; i++) {
                list.putLong(32 * i + 8, sources[i].lba());
                list.putShort(32 * i + 16, sources[i].count() - 1);
            }
            return qpair.execute(copyCommand(destinationLba, sources.length, list));
        }
    }

    /**
     * LBAs that may be unrecoverable, Get LBA Status, NVM Command Set 1.0c §4.2.1.
     *
     * @param lba where to look from
     * @param count LBAs to look at, 1 .. 65535, 0 to the end of the namespace
     * @param scan whether to scan the media for them, instead of telling of those that are known
     * @throws Command.StatusException if the controller has no such command, or refuses
     */
    public List<Range> unrecoverable(long lba, int count, boolean scan) {
        int bytes = 4096;
        try (Buffer data = controller.device().allocate(bytes)) {
            controller
                    .execute(AdminCommands.getLbaStatus(nsid, lba, count, scan ? 0x10 : 0x11, bytes)
                            .data(data))
                    .orThrow("Get LBA Status");
            List<Range> ranges = new ArrayList<>();
            int descriptors = Math.min(data.getInt(0), (bytes - 8) / 16);
            for (int i = 0; i < descriptors; i++) {
                ranges.add(new Range(data.getLong(8 + 16 * i), data.getInt(16 + 16 * i)));
            }
            return ranges;
        }
    }

    /** Reads blocks with their metadata and waits. */
    public Completion read(Qpair qpair, Blocks blocks, IoControl control) {
        return qpair.execute(readCommand(blocks, control));
    }

    /** Writes blocks with their metadata and waits. */
    public Completion write(Qpair qpair, Blocks blocks, IoControl control) {
        return qpair.execute(writeCommand(blocks, control));
    }

    /** Compares blocks and their metadata and waits. */
    public Completion compare(Qpair qpair, Blocks blocks, IoControl control) {
        return qpair.execute(compareCommand(blocks, control));
    }

    /** Posts a read; see {@link Qpair#submit(Command, Consumer)}. */
    public Qpair readAsync(Qpair qpair, Buffer data, long lba, int count, Consumer<Completion> callback) {
        return qpair.submit(readCommand(lba, count, data), callback);
    }

    /** Posts a write; see {@link Qpair#submit(Command, Consumer)}. */
    public Qpair writeAsync(Qpair qpair, Buffer data, long lba, int count, Consumer<Completion> callback) {
        return qpair.submit(writeCommand(lba, count, data), callback);
    }

    /** Posts a compare; see {@link Qpair#submit(Command, Consumer)}. */
    public Qpair compareAsync(Qpair qpair, Buffer data, long lba, int count, Consumer<Completion> callback) {
        return qpair.submit(compareCommand(lba, count, data), callback);
    }

    /** Posts a flush; see {@link Qpair#submit(Command, Consumer)}. */
    public Qpair flushAsync(Qpair qpair, Consumer<Completion> callback) {
        return qpair.submit(flushCommand(), callback);
    }

    @Override
    public String toString() {
        return "namespace " + Integer.toUnsignedString(nsid) + " of " + controller.device();
    }
}
