package dev.doorbell.driver;

import dev.doorbell.driver.ffi.Library;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The NVMe controller registers, NVMe Base 2.0c §3.1.3: BAR0 on PCIe, properties on Fabrics. Usable in any state of the controller, by
 * any thread. Every access throws {@link Device.LostException} when the device is gone.
 */
public final class Registers {
    private final Device device;

    Registers(Device device) {
        this.device = device;
    }

    /** Reads 4 bytes at {@code offset}, a multiple of 4. */
    public int read32(int offset) {
        return (int) read(offset, 4);
    }

    /** Reads 8 bytes at {@code offset}, a multiple of 4. */
    public long read64(int offset) {
        return read(offset, 8);
    }

    /** Writes 4 bytes at {@code offset}, a multiple of 4. */
    public void write32(int offset, int value) {
        write(offset, 4, Integer.toUnsignedLong(value));
    }

    /** Writes 8 bytes at {@code offset}, a multiple of 4. */
    public void write64(int offset, long value) {
        write(offset, 8, value);
    }

    /** The first {@code bytes} bytes, a multiple of 4, read as dwords from offset 0 on. */
    public byte[] dump(int bytes) {
        ByteBuffer dump = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
        for (int offset = 0; offset + 4 <= bytes; offset += 4) {
            dump.putInt(offset, read32(offset));
        }
        return dump.array();
    }

    private long read(int offset, int width) {
        long h = device.handle().acquire();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocate(ValueLayout.JAVA_LONG);
            Rc.check(Library.get().bell_register_read(h, offset, width, value.address()), IllegalAccess::new);
            return value.get(ValueLayout.JAVA_LONG, 0);
        } finally {
            device.handle().release();
        }
    }

    private void write(int offset, int width, long value) {
        long h = device.handle().acquire();
        try {
            Rc.check(Library.get().bell_register_write(h, offset, width, value), IllegalAccess::new);
        } finally {
            device.handle().release();
        }
    }

    /** The offset is misaligned or beyond the registers. */
    public static final class IllegalAccess extends DoorbellException {
        IllegalAccess(String message) {
            super(message);
        }
    }

    /** The smallest memory page of the controller in bytes, CAP.MPSMIN (NVMe Base 2.0c §3.1.3.1); 4096 where it has no registers. */
    public long smallestPageBytes() {
        try {
            return 4096L << (read64(0) >>> 48 & 0xf);
        } catch (Device.UnsupportedException e) {
            return 4096;
        }
    }
}
