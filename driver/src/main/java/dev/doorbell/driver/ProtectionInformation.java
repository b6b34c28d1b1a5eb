package dev.doorbell.driver;

import dev.doorbell.driver.ffi.Layouts;
import dev.doorbell.driver.ffi.Library;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * How a namespace's blocks carry end-to-end protection information, NVM Command Set 1.0c §5.2: it is generated, checked and read in memory
 * here, independently of the device. Immutable.
 *
 * <pre>{@code
 * ProtectionInformation pi = namespace.protection().orElseThrow();
 * Blocks blocks = Blocks.of(lba, 8, data, metadata);
 * ProtectionInformation.Tags tags = pi.tags(lba).application(0x1234);
 * pi.generate(blocks, tags);
 * qpair.execute(namespace.writeCommand(blocks, pi.control(tags).check(true, true, true))).orThrow();
 * qpair.execute(namespace.readCommand(blocks, pi.control(tags))).orThrow();
 * pi.check(blocks, tags).ifPresent(mismatch -> fail(mismatch.toString()));
 * }</pre>
 *
 * @param type 1, 2 or 3
 * @param guardBits 16, 32 or 64: CRC-16 T10-DIF, CRC-32C, CRC-64 NVME
 * @param first in the first bytes of a block's metadata, otherwise in the last
 * @param storageTagBits STS: how many of the bits that storage and reference tag share are storage tag
 * @param storageTagMask LBSTM: bits of the storage tag that are checked
 * @param blockBytes data bytes of a block
 * @param metadataBytes metadata bytes of a block, protection information included
 * @param extended the metadata of each block is behind its data, otherwise in a buffer of its own
 */
public record ProtectionInformation(
        int type,
        int guardBits,
        boolean first,
        int storageTagBits,
        long storageTagMask,
        int blockBytes,
        int metadataBytes,
        boolean extended) {
    /** The format is none that the standard has. */
    public static final class FormatException extends DoorbellException {
        FormatException(String message) {
            super(message);
        }
    }

    /** The fields, in the order in which they are checked. */
    public enum Field {
        /** The CRC of the data, and of metadata before it. */
        GUARD("guard", Library.PI_GUARD),
        /** The application tag. */
        APPLICATION_TAG("application tag", Library.PI_APPLICATION),
        /** The storage tag. */
        STORAGE_TAG("storage tag", Library.PI_STORAGE),
        /** The reference tag. */
        REFERENCE_TAG("reference tag", Library.PI_REFERENCE);

        private final String title;
        private final int code;

        Field(String title, int code) {
            this.title = title;
            this.code = code;
        }

        private static Field of(int code) {
            for (Field field : values()) {
                if (field.code == code) {
                    return field;
                }
            }
            throw new IllegalArgumentException("no field of protection information has the code " + code);
        }
    }

    /**
     * What the tags of a range of blocks are, or are expected to be.
     *
     * @param reference tag of the first block; types 1 and 2 count up from it
     * @param application tag of every block, 0 .. 65535
     * @param applicationMask bits of it that are checked, 0 .. 65535
     * @param storage tag of every block
     */
    public record Tags(long reference, int application, int applicationMask, long storage) {
        /** With this application tag, of which every bit is checked. */
        public Tags application(int tag) {
            return application(tag, 0xffff);
        }

        /** With this application tag and the mask of what is checked of it. */
        public Tags application(int tag, int mask) {
            return new Tags(reference, tag & 0xffff, mask & 0xffff, storage);
        }

        /** With the reference tag of the first block. */
        public Tags reference(long tag) {
            return new Tags(tag, application, applicationMask, storage);
        }

        /** With this storage tag. */
        public Tags storage(long tag) {
            return new Tags(reference, application, applicationMask, tag);
        }
    }

    /**
     * What stands in the protection information of one block.
     *
     * @param escaped the tags say that nothing of this block is to be checked
     */
    public record Fields(long guard, int application, long reference, long storage, boolean escaped) {}

    /**
     * The first field that is not as expected.
     *
     * @param lba of the block
     * @param field which
     * @param expected what it should be, without bits that are masked
     * @param found what it is
     */
    public record Mismatch(long lba, Field field, long expected, long found) {
        @Override
        public String toString() {
            return String.format(
                    "LBA %s: the %s is %Xh, expected %Xh", Long.toUnsignedString(lba), field.title, found, expected);
        }
    }

    /** Identify controller CTRATT, bit 15: extended LBA formats, in bytes 99:96. */
    private static final int CTRATT = 96, ELBAS = 1 << 15;

    /** Identify namespace, and the NVM command set's. */
    private static final int FLBAS = 26, DPS = 29, LBAF = 128, ELBAF = 12, CSI_NAMESPACE = 5;

    /** The protection information of a namespace as the device reports it; empty if it has none. */
    static Optional<ProtectionInformation> of(Namespace namespace) {
        ByteBuffer id = words(namespace.identify());
        int dps = id.get(DPS);
        int flbas = id.get(FLBAS);
        if ((dps & 7) == 0) {
            return Optional.empty();
        }
        int format = flbas & 0xf | (flbas >> 5 & 3) << 4;
        int elbaf = 0;
        long mask = -1;
        Controller controller = namespace.controller();
        if ((words(controller.identifyController()).getInt(CTRATT) & ELBAS) != 0) {
            ByteBuffer nvm = words(controller.identify(CSI_NAMESPACE, namespace.nsid(), 0, 0));
            elbaf = nvm.getInt(ELBAF + 4 * format);
            mask = nvm.getLong(0);
        }
        return Optional.of(new ProtectionInformation(
                dps & 7,
                16 << (elbaf >> 7 & 3),
                (dps & 8) != 0,
                elbaf & 0x7f,
                mask,
                1 << id.get(LBAF + 4 * format + 2),
                id.getShort(LBAF + 4 * format) & 0xffff,
                (flbas & 0x10) != 0));
    }

    private static ByteBuffer words(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Bytes that it has of a block's metadata: 8 with a 16-bit guard, otherwise 16. */
    public int bytes() {
        return guardBits == 16 ? 8 : 16;
    }

    /** Bits of the reference tag. */
    public int referenceTagBits() {
        return (guardBits == 16 ? 32 : guardBits == 32 ? 80 : 48) - storageTagBits;
    }

    /** Whether with PRACT no metadata crosses the interface: it is nothing but protection information. */
    public boolean strippedByAction() {
        return metadataBytes == bytes();
    }

    /** Tags for blocks from {@code lba} on, as type 1 has them: the reference tag counts with the LBA. Other tags are zero. */
    public Tags tags(long lba) {
        return new Tags(lba & ones(referenceTagBits()), 0, 0xffff, 0);
    }

    /** So many bits, 0 .. 64. */
    private static long ones(int bits) {
        return bits == 0 ? 0 : -1L >>> 64 - bits;
    }

    /** The tags in the fields of a command; what is checked, and whether the controller inserts and strips, is added to it. */
    public IoControl control(Tags tags) {
        int bits = referenceTagBits();
        long reference = tags.reference & ones(bits);
        long storage = tags.storage & ones(storageTagBits);
        // Up to 80 bits in a row: the storage tag above the reference tag.
        long low = bits == 64 ? reference : storage << bits | reference;
        int high = bits == 64 ? (int) storage : bits == 0 ? 0 : (int) (storage >>> 64 - bits);
        return IoControl.none().referenceTag(low).tagsHigh(high).applicationTag(tags.application, tags.applicationMask);
    }

    /** Writes the protection information of blocks into their metadata; what else is there stays. */
    public void generate(Blocks blocks, Tags tags) {
        try (Arena arena = Arena.ofConfined();
                Places places = new Places(blocks)) {
            Rc.check(
                    Library.get()
                            .bell_protection_generate(
                                    describe(arena, tags, EnumSet.noneOf(Field.class)),
                                    places.data,
                                    places.metadata,
                                    blocks.count()),
                    FormatException::new);
        }
    }

    /** Every field that this format has; the reference tag of type 3 cannot be checked. */
    public Set<Field> fields() {
        EnumSet<Field> fields = EnumSet.allOf(Field.class);
        if (storageTagBits == 0) {
            fields.remove(Field.STORAGE_TAG);
        }
        if (type == 3 || referenceTagBits() == 0) {
            fields.remove(Field.REFERENCE_TAG);
        }
        return fields;
    }

    /** The first field of blocks that is not as expected, of all that there are; empty if there is none. */
    public Optional<Mismatch> check(Blocks blocks, Tags expected) {
        return check(blocks, expected, fields());
    }

    /** The first of these fields that is not as expected; blocks with the tags that say so are not checked. */
    public Optional<Mismatch> check(Blocks blocks, Tags expected, Set<Field> fields) {
        try (Arena arena = Arena.ofConfined();
                Places places = new Places(blocks)) {
            MemorySegment out = arena.allocate(Layouts.ProtectionMismatch.BYTES, 8);
            int found = Rc.check(
                    Library.get()
                            .bell_protection_check(
                                    describe(arena, expected, fields),
                                    places.data,
                                    places.metadata,
                                    blocks.count(),
                                    out.address()),
                    FormatException::new);
            return found == 0
                    ? Optional.empty()
                    : Optional.of(new Mismatch(
                            blocks.lba() + out.get(ValueLayout.JAVA_LONG, Layouts.ProtectionMismatch.BLOCK),
                            Field.of(out.get(ValueLayout.JAVA_INT, Layouts.ProtectionMismatch.FIELD)),
                            out.get(ValueLayout.JAVA_LONG, Layouts.ProtectionMismatch.EXPECTED),
                            out.get(ValueLayout.JAVA_LONG, Layouts.ProtectionMismatch.FOUND)));
        }
    }

    /** What stands in the metadata of one of the blocks, counted from 0. */
    public Fields fields(Blocks blocks, int index) {
        Objects.checkIndex(index, blocks.count());
        try (Arena arena = Arena.ofConfined();
                Places places = new Places(blocks)) {
            MemorySegment out = arena.allocate(Layouts.ProtectionFields.BYTES, 8);
            long stride = extended ? blockBytes + metadataBytes : metadataBytes;
            Rc.check(
                    Library.get()
                            .bell_protection_get(
                                    describe(arena, tags(0), EnumSet.noneOf(Field.class)),
                                    places.metadata + index * stride,
                                    out.address()),
                    FormatException::new);
            return new Fields(
                    out.get(ValueLayout.JAVA_LONG, Layouts.ProtectionFields.GUARD),
                    out.get(ValueLayout.JAVA_INT, Layouts.ProtectionFields.APPLICATION_TAG),
                    out.get(ValueLayout.JAVA_LONG, Layouts.ProtectionFields.REFERENCE_TAG),
                    out.get(ValueLayout.JAVA_LONG, Layouts.ProtectionFields.STORAGE_TAG),
                    out.get(ValueLayout.JAVA_INT, Layouts.ProtectionFields.ESCAPED) != 0);
        }
    }

    /** Where the protection information of one of the blocks starts in their metadata buffer, bytes. */
    public int offset(Blocks blocks, int index) {
        Objects.checkIndex(index, blocks.count());
        int start = extended ? blocks.dataOffset() + blockBytes : blocks.metadataOffset();
        int stride = extended ? blockBytes + metadataBytes : metadataBytes;
        return start + index * stride + (first ? 0 : metadataBytes - bytes());
    }

    /** The format of a Copy command's source ranges: 0 with a 16-bit guard, otherwise 1. */
    public int copyFormat() {
        return guardBits == 16 ? 0 : 1;
    }

    /**
     * Puts a source range of a Copy command into its list, with the tags that are expected there.
     *
     * @param index of the range, from 0
     */
    public void copyRange(Buffer list, int index, Namespace.Range range, Tags expected) {
        IoControl control = control(expected);
        int at = index * (copyFormat() == 0 ? 32 : 40);
        list.put(at, new byte[copyFormat() == 0 ? 32 : 40]);
        list.putLong(at + 8, range.lba());
        list.putShort(at + 16, range.count() - 1);
        if (copyFormat() == 0) {
            list.putInt(at + 24, (int) control.tags());
        } else {
            list.putShort(at + 26, Short.reverseBytes((short) control.tagsHigh()));
            list.putLong(at + 28, Long.reverseBytes(control.tags()));
        }
        list.putShort(at + (copyFormat() == 0 ? 28 : 36), expected.application);
        list.putShort(at + (copyFormat() == 0 ? 30 : 38), expected.applicationMask);
    }

    /**
     * The guard of data, which is a CRC.
     *
     * @param bits 16, 32 or 64
     */
    public static long guard(int bits, byte[] data) {
        if (bits != 16 && bits != 32 && bits != 64) {
            throw new IllegalArgumentException("a guard has 16, 32 or 64 bits, not " + bits);
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate(Math.max(data.length, 1));
            MemorySegment.copy(data, 0, memory, ValueLayout.JAVA_BYTE, 0, data.length);
            return Library.get().bell_guard(bits, 0, memory.address(), data.length);
        }
    }

    private long describe(Arena arena, Tags tags, Set<Field> checks) {
        MemorySegment m = arena.allocate(Layouts.Protection.BYTES, 8);
        int stride = extended ? blockBytes + metadataBytes : 0;
        m.set(ValueLayout.JAVA_INT, Layouts.Protection.BLOCK_BYTES, blockBytes);
        m.set(ValueLayout.JAVA_INT, Layouts.Protection.METADATA_BYTES, metadataBytes);
        m.set(ValueLayout.JAVA_INT, Layouts.Protection.DATA_STRIDE, stride);
        m.set(ValueLayout.JAVA_INT, Layouts.Protection.METADATA_STRIDE, stride);
        m.set(ValueLayout.JAVA_INT, Layouts.Protection.TYPE, type);
        m.set(ValueLayout.JAVA_INT, Layouts.Protection.GUARD_BITS, guardBits);
        m.set(ValueLayout.JAVA_INT, Layouts.Protection.FIRST, first ? 1 : 0);
        m.set(ValueLayout.JAVA_INT, Layouts.Protection.STORAGE_TAG_BITS, storageTagBits);
        m.set(
                ValueLayout.JAVA_INT,
                Layouts.Protection.CHECKS,
                checks.stream().mapToInt(field -> field.code).sum());
        m.set(ValueLayout.JAVA_SHORT, Layouts.Protection.APPLICATION_TAG, (short) tags.application);
        m.set(ValueLayout.JAVA_SHORT, Layouts.Protection.APPLICATION_MASK, (short) tags.applicationMask);
        m.set(ValueLayout.JAVA_LONG, Layouts.Protection.REFERENCE_TAG, tags.reference);
        m.set(ValueLayout.JAVA_LONG, Layouts.Protection.STORAGE_TAG, tags.storage);
        m.set(ValueLayout.JAVA_LONG, Layouts.Protection.STORAGE_TAG_MASK, storageTagMask);
        return m.address();
    }

    /** Addresses in buffers that hold all of the blocks, and stay open. */
    private final class Places implements AutoCloseable {
        private final Blocks blocks;
        private final long data;
        private final long metadata;

        Places(Blocks blocks) {
            this.blocks = blocks;
            if (extended) {
                Objects.checkFromIndexSize(
                        blocks.dataOffset(), (long) blocks.count() * (blockBytes + metadataBytes), (long)
                                blocks.data().size());
            } else {
                Objects.checkFromIndexSize(blocks.dataOffset(), (long) blocks.count() * blockBytes, (long)
                        blocks.data().size());
                Objects.checkFromIndexSize(blocks.metadataOffset(), (long) blocks.count() * metadataBytes, (long)
                        blocks.metadata().size());
            }
            this.data = blocks.data().address() + blocks.dataOffset();
            this.metadata = extended ? data + blockBytes : blocks.metadata().address() + blocks.metadataOffset();
            blocks.data().pin();
            boolean pinned = false;
            try {
                blocks.metadata().pin();
                pinned = true;
            } finally {
                if (!pinned) {
                    blocks.data().unpin();
                }
            }
        }

        @Override
        public void close() {
            blocks.metadata().unpin();
            blocks.data().unpin();
        }
    }
}
