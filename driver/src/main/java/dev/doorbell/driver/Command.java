package dev.doorbell.driver;

import dev.doorbell.driver.ffi.Library;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * One command: the 64 bytes of a submission queue entry, the data it moves, and options for sending it. Immutable; every setter returns a
 * new command. Nothing is checked: invalid commands are for the device to refuse.
 *
 * <p>The driver assigns the CID and builds the data pointer from the buffer, PRPs or with {@link #sgl} an SGL, unless {@link #rawCid} and
 * {@link #rawDataPointer} say otherwise.
 */
public final class Command {
    /** A command ended with a status other than success. */
    public static final class StatusException extends DoorbellException {
        private final transient Completion completion;

        StatusException(String message, Completion completion) {
            super(message);
            this.completion = completion;
        }

        /** The completion with that status. */
        public Completion completion() {
            return completion;
        }
    }

    /** A command succeeded for the device, but {@link Verification} knows better. */
    public static final class MiscompareException extends DoorbellException {
        private final transient Completion completion;

        MiscompareException(String message, Completion completion) {
            super(message);
            this.completion = completion;
        }

        /** The completion, with its miscompares. */
        public Completion completion() {
            return completion;
        }
    }

    /** A command's time ran out; it may still be running in the device. */
    public static final class TimeoutException extends DoorbellException {
        TimeoutException(String message) {
            super(message);
        }
    }

    /** A command ended without an answer: the queue was reset, disabled, closed, or the device removed. */
    public static final class LostException extends DoorbellException {
        LostException(String message) {
            super(message);
        }
    }

    /** A command could not be posted: its data pointer is misaligned or its data is more than its lists can describe. */
    public static final class UnsendableException extends DoorbellException {
        UnsendableException(String message) {
            super(message);
        }
    }

    private static final int NSID = 1, MPTR = 4, DPTR = 6, CDW10 = 10;

    /** What it moves: one piece of a buffer or an SGL, and metadata of its own. */
    private record Data(Buffer buffer, int offset, int length, Sgl sgl, Buffer metadata, int metadataOffset) {
        static final Data NONE = new Data(null, 0, 0, null, null, 0);
    }

    private final byte[] sqe;
    private final Data data;
    private final int timeoutMillis;
    private final int flags;

    private Command(byte[] sqe, Data data, int timeoutMillis, int flags) {
        this.sqe = sqe;
        this.data = data;
        this.timeoutMillis = timeoutMillis;
        this.flags = flags;
    }

    /** A command of zeros with an opcode, 0 .. 255. */
    public static Command of(int opcode) {
        byte[] sqe = new byte[64];
        sqe[0] = (byte) opcode;
        return new Command(sqe, Data.NONE, 0, 0);
    }

    /**
     * A command with exactly these bytes but for the CID, and the data pointer if data is added.
     *
     * @param sqe64 the 64 bytes as on the wire
     */
    public static Command raw(byte[] sqe64) {
        if (sqe64.length != 64) {
            throw new IllegalArgumentException("a submission queue entry has 64 bytes, not " + sqe64.length);
        }
        return new Command(sqe64.clone(), Data.NONE, 0, 0);
    }

    /** With a namespace id. */
    public Command nsid(int nsid) {
        return dword(NSID, nsid);
    }

    /** With command dword 2. */
    public Command cdw2(int value) {
        return dword(2, value);
    }

    /** With command dword 3. */
    public Command cdw3(int value) {
        return dword(3, value);
    }

    /** With command dword 10. */
    public Command cdw10(int value) {
        return dword(CDW10, value);
    }

    /** With command dword 11. */
    public Command cdw11(int value) {
        return dword(11, value);
    }

    /** With command dword 12. */
    public Command cdw12(int value) {
        return dword(12, value);
    }

    /** With command dword 13. */
    public Command cdw13(int value) {
        return dword(13, value);
    }

    /** With command dword 14. */
    public Command cdw14(int value) {
        return dword(14, value);
    }

    /** With command dword 15. */
    public Command cdw15(int value) {
        return dword(15, value);
    }

    /**
     * With one dword of the SQE.
     *
     * @param index 0 .. 15
     */
    public Command dword(int index, int value) {
        byte[] copy = sqe.clone();
        words(copy).putInt(index * 4, value);
        return new Command(copy, data, timeoutMillis, flags);
    }

    /** With the fused operation field, bits 9:8 of dword 0: 1 is the first of two, 2 the second. */
    public Command fuse(int fuse) {
        return dword(0, dword(0) & ~(3 << 8) | (fuse & 3) << 8);
    }

    /** With the PRP or SGL field, bits 15:14 of dword 0. */
    public Command psdt(int psdt) {
        return dword(0, dword(0) & ~(3 << 14) | (psdt & 3) << 14);
    }

    /** With all of a buffer as its data. */
    public Command data(Buffer data) {
        return data(data, 0, data.size());
    }

    /**
     * With a part of a buffer as its data, of any length that the buffer has. The buffer cannot be closed while the command is outstanding.
     *
     * @param offset start in bytes, a multiple of 4 unless the data is described by an SGL
     * @param length bytes
     */
    public Command data(Buffer buffer, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, buffer.size());
        return with(new Data(buffer, offset, length, null, data.metadata, data.metadataOffset));
    }

    /**
     * Describes the data by an SGL data block instead of PRPs, NVMe Base 2.0c §4.1.2. Whether a controller takes SGLs is in SGLS of its
     * identify structure.
     */
    public Command sgl() {
        return flag(Library.CMD_SGL);
    }

    /**
     * With an SGL of one's own as the data pointer, instead of a buffer. PSDT becomes 01b, or stays what {@link #psdt} has set. Its buffers
     * cannot be closed while the command is outstanding.
     */
    public Command sgl(Sgl list) {
        return with(new Data(null, 0, 0, list, data.metadata, data.metadataOffset));
    }

    /** With all of a buffer as its metadata: see {@link #metadata(Buffer, int)}. */
    public Command metadata(Buffer metadata) {
        return metadata(metadata, 0);
    }

    /**
     * With metadata in a buffer of its own: the metadata pointer (MPTR) becomes the address of {@code offset} in it. How much the command
     * transfers follows from the number of blocks and the namespace's format. With {@code psdt(2)} it is the place of an SGL descriptor for
     * the metadata, which the caller puts there. The buffer cannot be closed while the command is outstanding.
     *
     * @param offset start in bytes, a multiple of 4
     */
    public Command metadata(Buffer metadata, int offset) {
        Objects.checkIndex(offset, metadata.size());
        return with(new Data(data.buffer, data.offset, data.length, data.sgl, metadata, offset));
    }

    private Command with(Data other) {
        return new Command(sqe, other, timeoutMillis, flags);
    }

    /** With a time limit of its own, 1 ms .. 49 days. */
    public Command timeout(Duration limit) {
        long millis = Math.clamp(limit.toMillis(), 1, 0xffff_ffffL);
        return new Command(sqe, data, (int) millis, flags);
    }

    /** Sends MPTR, PRP1 and PRP2 as they are in the SQE, instead of building PRPs for the data. */
    public Command rawDataPointer() {
        return flag(Library.CMD_RAW_DATA_POINTER);
    }

    /** With PRP1 and PRP2 or an SGL descriptor of one's own; implies {@link #rawDataPointer()}. */
    public Command rawDataPointer(long low, long high) {
        byte[] copy = sqe.clone();
        words(copy).putLong(DPTR * 4, low).putLong(DPTR * 4 + 8, high);
        return new Command(copy, data, timeoutMillis, flags | Library.CMD_RAW_DATA_POINTER);
    }

    /** With this command identifier, 0 .. 65535, even if a command with it is outstanding. */
    public Command rawCid(int cid) {
        return dword(0, dword(0) & 0xffff | cid << 16).flag(Library.CMD_RAW_CID);
    }

    /** Places the entry in the queue, but rings the doorbell only with the next command or {@link Qpair#ring}. */
    public Command holdDoorbell() {
        return flag(Library.CMD_HOLD_DOORBELL);
    }

    private Command flag(int flag) {
        return new Command(sqe, data, timeoutMillis, flags | flag);
    }

    /** 0 .. 255. */
    public int opcode() {
        return sqe[0] & 0xff;
    }

    /** The namespace id. */
    public int nsid() {
        return dword(NSID);
    }

    /** Dword {@code index} of the SQE, 0 .. 15. */
    public int dword(int index) {
        return words(sqe).getInt(index * 4);
    }

    /** The 64 bytes, without what the driver fills in when it sends the command. */
    public byte[] sqe() {
        return sqe.clone();
    }

    /** The buffer that holds its data; empty without data, and with an SGL of one's own. */
    public Optional<Buffer> buffer() {
        return Optional.ofNullable(data.buffer);
    }

    /** Where its data starts in the buffer, bytes. */
    public int dataOffset() {
        return data.offset;
    }

    /** Bytes of data, 0 without. */
    public int dataLength() {
        return data.length;
    }

    /** Its SGL, if it has one of its own. */
    public Optional<Sgl> list() {
        return Optional.ofNullable(data.sgl);
    }

    /** The buffer that holds its metadata. */
    public Optional<Buffer> metadata() {
        return Optional.ofNullable(data.metadata);
    }

    /** Keeps its buffers from being closed until {@link #unpin}. */
    void pin() {
        if (data.sgl == null && data.metadata == null) {
            if (data.buffer != null) {
                data.buffer.pin();
            }
            return;
        }
        List<Buffer> pinned = new ArrayList<>(2);
        boolean done = false;
        try {
            for (Buffer buffer : buffers()) {
                buffer.pin();
                pinned.add(buffer);
            }
            done = true;
        } finally {
            if (!done) {
                pinned.forEach(Buffer::unpin);
            }
        }
    }

    void unpin() {
        if (data.sgl != null || data.metadata != null) {
            buffers().forEach(Buffer::unpin);
        } else if (data.buffer != null) {
            data.buffer.unpin();
        }
    }

    private List<Buffer> buffers() {
        List<Buffer> all = new ArrayList<>();
        if (data.buffer != null) {
            all.add(data.buffer);
        }
        if (data.metadata != null) {
            all.add(data.metadata);
        }
        if (data.sgl != null) {
            all.addAll(data.sgl.buffers());
        }
        return all;
    }

    /** Address of its data for the device, 0 without. */
    long dataIova() {
        return data.buffer == null ? 0 : data.buffer.iova() + data.offset;
    }

    /** The entry as it is sent, but for CID and data pointer. */
    void writeSqe(MemorySegment target, long offset) {
        MemorySegment.copy(sqe, 0, target, ValueLayout.JAVA_BYTE, offset, 64);
        if (data.metadata != null) {
            target.set(ValueLayout.JAVA_LONG, offset + MPTR * 4, data.metadata.iova() + data.metadataOffset);
        }
    }

    /** Its own time limit; empty if the controller's applies. */
    public Optional<Duration> timeout() {
        return timeoutMillis == 0
                ? Optional.empty()
                : Optional.of(Duration.ofMillis(Integer.toUnsignedLong(timeoutMillis)));
    }

    int timeoutMillis() {
        return timeoutMillis;
    }

    int flags() {
        return flags;
    }

    private static ByteBuffer words(byte[] sqe) {
        return ByteBuffer.wrap(sqe).order(ByteOrder.LITTLE_ENDIAN);
    }

    @Override
    public String toString() {
        return String.format(
                "opcode %02xh, nsid %x, cdw10..15 %08x %08x %08x %08x %08x %08x, %d bytes",
                opcode(), nsid(), dword(10), dword(11), dword(12), dword(13), dword(14), dword(15), data.length);
    }
}
