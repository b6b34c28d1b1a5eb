package dev.doorbell.driver;

import dev.doorbell.driver.ffi.Layouts.BarPlace;
import dev.doorbell.driver.ffi.Library;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Memory that a device can reach, for the data of commands: zeroed, 4 KiB aligned, one range in the device's address space. Usable by any
 * thread; what the device writes is visible once the command's completion has been seen. All numbers are little-endian, as on the wire.
 *
 * <p>An offset outside the buffer throws {@link IndexOutOfBoundsException}.
 */
public final class Buffer implements Children.Child {
    /** What to fill a buffer with. */
    public sealed interface Pattern {
        /** Every bit 0. */
        record Zeros() implements Pattern {}

        /** Every bit 1. */
        record Ones() implements Pattern {}

        /** A dword, repeated. */
        record Dword(int value) implements Pattern {}

        /** Random bytes, the same ones for the same seed. */
        record Random(long seed) implements Pattern {}

        /** Bytes 00, 01, .. ff, 00, ... */
        record Incrementing() implements Pattern {}

        /** Every bit 0. */
        static Pattern zeros() {
            return new Zeros();
        }

        /** Every bit 1. */
        static Pattern ones() {
            return new Ones();
        }

        /** {@code value}, little-endian, over and over. */
        static Pattern dword(int value) {
            return new Dword(value);
        }

        /** Random bytes, the same ones for the same seed. */
        static Pattern random(long seed) {
            return new Random(seed);
        }

        /** Bytes 00, 01, .. ff, 00, ... */
        static Pattern incrementing() {
            return new Incrementing();
        }
    }

    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private static final VarHandle ACQUIRE =
            ValueLayout.JAVA_INT.withOrder(ByteOrder.LITTLE_ENDIAN).varHandle();

    private final Device device;
    private final Handle handle;
    private final long iova;
    /** Views of this memory, {@link #asByteBuffer} included, end with the arena instead of pointing at freed memory. */
    private final Arena arena = Arena.ofShared();

    private final MemorySegment memory;
    private final AtomicInteger inFlight = new AtomicInteger();

    private Buffer(Device device, long address) {
        Library library = Library.get();
        this.device = device;
        long bytes = library.bell_buffer_bytes(address);
        this.handle = new Handle(address, "buffer of " + bytes + " bytes of " + device);
        this.iova = library.bell_buffer_iova(address);
        this.memory = MemorySegment.ofAddress(library.bell_buffer_data(address)).reinterpret(bytes, arena, null);
    }

    static Buffer allocate(Device device, long bytes) {
        long h = device.handle().acquire();
        try (Arena scratch = Arena.ofConfined()) {
            MemorySegment out = scratch.allocate(ValueLayout.JAVA_LONG);
            Rc.check(Library.get().bell_buffer_alloc(h, bytes, out.address()));
            return new Buffer(device, out.get(ValueLayout.JAVA_LONG, 0));
        } finally {
            device.handle().release();
        }
    }

    /** Memory in a BAR of the device, which stays as it is when the buffer is closed. */
    static Buffer inBar(Device device, int bar, long offset, long bytes, long iova) {
        long h = device.handle().acquire();
        try (Arena scratch = Arena.ofConfined()) {
            MemorySegment place = scratch.allocate(BarPlace.BYTES, 8);
            place.set(ValueLayout.JAVA_LONG, BarPlace.OFFSET, offset);
            place.set(ValueLayout.JAVA_LONG, BarPlace.SIZE, bytes);
            place.set(ValueLayout.JAVA_LONG, BarPlace.IOVA, iova);
            place.set(ValueLayout.JAVA_INT, BarPlace.BAR, bar);
            MemorySegment out = scratch.allocate(ValueLayout.JAVA_LONG);
            Rc.check(Library.get().bell_buffer_in_bar(h, place.address(), out.address()));
            return new Buffer(device, out.get(ValueLayout.JAVA_LONG, 0));
        } finally {
            device.handle().release();
        }
    }

    /** The native buffer; the caller has pinned it. */
    long nativeBuffer() {
        long address = handle.acquire();
        handle.release();
        return address;
    }

    /** Size in bytes. */
    public int size() {
        return (int) memory().byteSize();
    }

    /** Its address as the device sees it. */
    public long iova() {
        handle.check();
        return iova;
    }

    /** A copy of all bytes. */
    public byte[] toBytes() {
        return memory().toArray(ValueLayout.JAVA_BYTE);
    }

    /** A copy of {@code length} bytes from {@code offset} on. */
    public byte[] get(int offset, int length) {
        return memory().asSlice(offset, length).toArray(ValueLayout.JAVA_BYTE);
    }

    /** The byte at {@code offset}. */
    public byte get(int offset) {
        return memory().get(ValueLayout.JAVA_BYTE, offset);
    }

    /** Copies {@code source} to {@code offset}. */
    public void put(int offset, byte[] source) {
        MemorySegment.copy(source, 0, memory(), ValueLayout.JAVA_BYTE, offset, source.length);
    }

    /** Sets the byte at {@code offset}. */
    public void put(int offset, byte value) {
        memory().set(ValueLayout.JAVA_BYTE, offset, value);
    }

    /** The two bytes at {@code offset}, 0 .. 65535. */
    public int getShort(int offset) {
        return Short.toUnsignedInt(memory().get(SHORT, offset));
    }

    /** Sets the two bytes at {@code offset}. */
    public void putShort(int offset, int value) {
        memory().set(SHORT, offset, (short) value);
    }

    /** The dword at {@code offset}, of any alignment. */
    public int getInt(int offset) {
        return memory().get(INT, offset);
    }

    /** The dword at {@code offset}, a multiple of 4; what the device wrote before it is seen afterwards. */
    public int getIntAcquire(int offset) {
        return (int) ACQUIRE.getAcquire(memory(), (long) offset);
    }

    /** Sets the dword at {@code offset}, of any alignment. */
    public void putInt(int offset, int value) {
        memory().set(INT, offset, value);
    }

    /** The eight bytes at {@code offset}, of any alignment. */
    public long getLong(int offset) {
        return memory().get(LONG, offset);
    }

    /** Sets the eight bytes at {@code offset}, of any alignment. */
    public void putLong(int offset, long value) {
        memory().set(LONG, offset, value);
    }

    /** Sets every byte. */
    public void fill(byte value) {
        memory().fill(value);
    }

    /** Fills the whole buffer; a dword that does not fit at the end is cut. */
    public void fill(Pattern pattern) {
        MemorySegment m = memory();
        switch (pattern) {
            case Pattern.Zeros() -> m.fill((byte) 0);
            case Pattern.Ones() -> m.fill((byte) 0xff);
            case Pattern.Dword(int value) -> {
                for (int i = 0; i < m.byteSize(); i++) {
                    m.set(ValueLayout.JAVA_BYTE, i, (byte) (value >>> (i % 4 * 8)));
                }
            }
            case Pattern.Random(long seed) -> {
                byte[] bytes = new byte[size()];
                new SplittableRandom(seed).nextBytes(bytes);
                put(0, bytes);
            }
            case Pattern.Incrementing() -> {
                for (int i = 0; i < m.byteSize(); i++) {
                    m.set(ValueLayout.JAVA_BYTE, i, (byte) i);
                }
            }
        }
    }

    /** A direct little-endian view of the memory itself. After {@link #close} every access to it throws, it never touches freed memory. */
    public ByteBuffer asByteBuffer() {
        return memory().asByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    }

    /** All bytes in hex and ASCII, 16 a line, with the offset in front. */
    public String dump() {
        return HexDump.of(toBytes());
    }

    /** The device it belongs to. */
    public Device device() {
        return device;
    }

    /** False once it is closed. */
    public boolean isOpen() {
        return handle.isOpen();
    }

    /** Marks it as the data of an outstanding command, which keeps it from being closed, and gives its address for the device. */
    long pin() {
        handle.acquire();
        try {
            inFlight.incrementAndGet();
            return iova;
        } finally {
            handle.release();
        }
    }

    void unpin() {
        inFlight.decrementAndGet();
    }

    /** Where it is in this process, for native code; {@link #pin} keeps it there. */
    long address() {
        return memory().address();
    }

    private MemorySegment memory() {
        handle.check();
        return memory;
    }

    @Override
    public String describe() {
        return "buffer of " + memory.byteSize() + " bytes";
    }

    /**
     * Frees the memory.
     *
     * @throws Device.BusyException if a command that uses it is outstanding
     */
    @Override
    public void close() {
        boolean closed = handle.close(address -> {
            int commands = inFlight.get();
            if (commands > 0) {
                throw new Device.BusyException(
                        handle + " is the data of " + commands + " outstanding command" + (commands == 1 ? "" : "s")
                                + "; wait for the end of " + (commands == 1 ? "it" : "them") + " first");
            }
            arena.close();
            Library.get().bell_buffer_free(address);
        });
        if (closed) {
            device.children().remove(this);
        }
    }

    @Override
    public String toString() {
        return handle.toString();
    }
}
