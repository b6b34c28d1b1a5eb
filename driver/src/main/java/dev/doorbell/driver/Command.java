package dev.doorbell.driver;

import dev.doorbell.driver.ffi.Library;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.Optional;

/**
 * One command: the 64 bytes of a submission queue entry, the data it moves, and options for sending it. Immutable; every setter returns a
 * new command. Nothing is checked: invalid commands are for the device to refuse.
 *
 * <p>The driver assigns the CID and builds the data pointer (PRPs) from the buffer, unless {@link #rawCid} and {@link #rawDataPointer} say
 * otherwise.
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

    /** A command could not be posted: its data pointer is misaligned or its data is too large for one command. */
    public static final class UnsendableException extends DoorbellException {
        UnsendableException(String message) {
            super(message);
        }
    }

    private static final int NSID = 1, DPTR = 6, CDW10 = 10;

    private final byte[] sqe;
    private final Buffer buffer;
    private final int dataOffset;
    private final int dataLength;
    private final int timeoutMillis;
    private final int flags;

    private Command(byte[] sqe, Buffer buffer, int dataOffset, int dataLength, int timeoutMillis, int flags) {
        this.sqe = sqe;
        this.buffer = buffer;
        this.dataOffset = dataOffset;
        this.dataLength = dataLength;
        this.timeoutMillis = timeoutMillis;
        this.flags = flags;
    }

    /** A command of zeros with an opcode, 0 .. 255. */
    public static Command of(int opcode) {
        byte[] sqe = new byte[64];
        sqe[0] = (byte) opcode;
        return new Command(sqe, null, 0, 0, 0, 0);
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
        return new Command(sqe64.clone(), null, 0, 0, 0, 0);
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
        return new Command(copy, buffer, dataOffset, dataLength, timeoutMillis, flags);
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
     * With a part of a buffer as its data. The buffer cannot be closed while the command is outstanding.
     *
     * @param offset start in bytes, a multiple of 4
     * @param length bytes
     */
    public Command data(Buffer data, int offset, int length) {
        java.util.Objects.checkFromIndexSize(offset, length, data.size());
        return new Command(sqe, data, offset, length, timeoutMillis, flags);
    }

    /** With a time limit of its own, 1 ms .. 49 days. */
    public Command timeout(Duration limit) {
        long millis = Math.clamp(limit.toMillis(), 1, 0xffff_ffffL);
        return new Command(sqe, buffer, dataOffset, dataLength, (int) millis, flags);
    }

    /** Sends MPTR, PRP1 and PRP2 as they are in the SQE, instead of building PRPs for the data. */
    public Command rawDataPointer() {
        return flag(Library.CMD_RAW_DATA_POINTER);
    }

    /** With PRP1 and PRP2 or an SGL descriptor of one's own; implies {@link #rawDataPointer()}. */
    public Command rawDataPointer(long low, long high) {
        byte[] copy = sqe.clone();
        words(copy).putLong(DPTR * 4, low).putLong(DPTR * 4 + 8, high);
        return new Command(copy, buffer, dataOffset, dataLength, timeoutMillis, flags | Library.CMD_RAW_DATA_POINTER);
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
        return new Command(sqe, buffer, dataOffset, dataLength, timeoutMillis, flags | flag);
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

    /** The buffer that holds its data. */
    public Optional<Buffer> buffer() {
        return Optional.ofNullable(buffer);
    }

    /** Where its data starts in the buffer, bytes. */
    public int dataOffset() {
        return dataOffset;
    }

    /** Bytes of data, 0 without. */
    public int dataLength() {
        return dataLength;
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

    byte[] sqeShared() {
        return sqe;
    }

    private static ByteBuffer words(byte[] sqe) {
        return ByteBuffer.wrap(sqe).order(ByteOrder.LITTLE_ENDIAN);
    }

    @Override
    public String toString() {
        return String.format(
                "opcode %02xh, nsid %x, cdw10..15 %08x %08x %08x %08x %08x %08x, %d bytes",
                opcode(), nsid(), dword(10), dword(11), dword(12), dword(13), dword(14), dword(15), dataLength);
    }
}
