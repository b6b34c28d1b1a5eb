package dev.doorbell.driver;

import dev.doorbell.driver.ffi.Layouts;
import dev.doorbell.driver.ffi.Library;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/**
 * The PCI function of a device: config space, BARs, resets, power. Usable by any thread; every access throws
 * {@link Device.LostException} when the device is gone.
 */
public final class PciFunction {
    /** Ways to reset a function. After each of them the controller is disabled, and every outstanding command has ended as lost. */
    public enum Reset {
        /** Function level reset, PCIe Base 5.0 §6.6.2. */
        FLR(1),
        /** Hot reset by the upstream bridge. */
        HOT(2),
        /** Power management: D3hot and back to D0. */
        POWER(3);

        private final int code;

        Reset(int code) {
            this.code = code;
        }
    }

    /** Active State Power Management of the link: which low-power states it may enter by itself, PCIe Base 4.0 §7.5.3.7. */
    public enum Aspm {
        /** None. */
        DISABLED,
        /** L0s. */
        L0S,
        /** L1. */
        L1,
        /** L0s and L1. */
        L0S_L1
    }

    /**
     * A capability in config space.
     *
     * @param id capability id: 0x01 power management, 0x10 PCI Express, 0x11 MSI-X; extended: 0x0001 AER, 0x0003 serial number, ...
     * @param version of an extended capability, 0 of the others, which say it in places of their own
     * @param offset of its first byte
     * @param extended whether it is in the extended list, whose ids have 16 bits and a meaning of their own
     */
    public record Capability(int id, int version, int offset, boolean extended) {}

    /**
     * What the system says of a function.
     *
     * @param errors uncorrectable errors that it has reported of the function since this device was opened (PCIe AER, through VFIO)
     * @param removal whether the kernel wants the function back, for removal or unbinding; it waits until the device is closed
     * @param gone whether it is not there any more, or {@code removal}: commands end as lost
     */
    public record Notices(long errors, boolean removal, boolean gone) {}

    /** The offset is misaligned or beyond config space, or the BAR does not reach that far. */
    public static final class IllegalAccess extends DoorbellException {
        IllegalAccess(String message) {
            super(message);
        }
    }

    private static final int STATUS = 0x06;
    private static final int CAPABILITIES_LIST = 1 << 4;
    private static final int CAPABILITIES_POINTER = 0x34;
    private static final int FIRST_EXTENDED = 0x100;
    private static final int POWER_MANAGEMENT = 0x01;
    private static final int PMCSR = 4;
    private static final int PCI_EXPRESS = 0x10;
    private static final int LINK_CONTROL = 0x10;

    private final Device device;
    private final int configBytes;
    private final long[] barBytes;

    PciFunction(Device device, int configBytes, long[] barBytes) {
        this.device = device;
        this.configBytes = configBytes;
        this.barBytes = barBytes.clone();
    }

    /** Size of config space: 256 or 4096. */
    public int configBytes() {
        return configBytes;
    }

    /** Reads a byte of config space, 0 .. 255. */
    public int read8(int offset) {
        return read(offset, 1);
    }

    /** Reads two bytes of config space at an even offset, 0 .. 65535. */
    public int read16(int offset) {
        return read(offset, 2);
    }

    /** Reads four bytes of config space; {@code offset} is a multiple of 4. */
    public int read32(int offset) {
        return read(offset, 4);
    }

    /** Writes a byte of config space. */
    public void write8(int offset, int value) {
        write(offset, 1, value & 0xff);
    }

    /** Writes two bytes of config space at an even offset. */
    public void write16(int offset, int value) {
        write(offset, 2, value & 0xffff);
    }

    /** Writes four bytes of config space; {@code offset} is a multiple of 4. */
    public void write32(int offset, int value) {
        write(offset, 4, value);
    }

    /** All of config space. */
    public byte[] config() {
        ByteBuffer config = ByteBuffer.allocate(configBytes).order(ByteOrder.LITTLE_ENDIAN);
        for (int offset = 0; offset < configBytes; offset += 4) {
            config.putInt(offset, read32(offset));
        }
        return config.array();
    }

    /** What the system has said of the function, and whether it is there; asks the device nothing but whether it answers. */
    public Notices notices() {
        long h = device.handle().acquire();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(Layouts.PciNotices.BYTES, 8);
            Rc.check(Library.get().bell_pci_get_notices(h, out.address()));
            return new Notices(
                    out.get(ValueLayout.JAVA_LONG, Layouts.PciNotices.ERRORS),
                    out.get(ValueLayout.JAVA_INT, Layouts.PciNotices.REMOVAL) != 0,
                    out.get(ValueLayout.JAVA_INT, Layouts.PciNotices.GONE) != 0);
        } finally {
            device.handle().release();
        }
    }

    /**
     * Every capability, in the order of the lists: first those in the first 256 bytes, then the extended ones.
     *
     * <p>A list that leads back to itself or out of config space ends there.
     */
    public List<Capability> capabilities() {
        List<Capability> found = new ArrayList<>();
        Set<Integer> seen = new HashSet<>();
        if ((read16(STATUS) & CAPABILITIES_LIST) != 0) {
            int offset = read8(CAPABILITIES_POINTER) & ~3;
            while (offset >= 0x40 && seen.add(offset)) {
                int header = read16(offset);
                found.add(new Capability(header & 0xff, 0, offset, false));
                offset = header >> 8 & ~3;
            }
        }
        for (int offset = FIRST_EXTENDED; offset >= FIRST_EXTENDED && offset < configBytes && seen.add(offset); ) {
            int header = read32(offset);
            if (header == 0 || header == -1) {
                break;
            }
            found.add(new Capability(header & 0xffff, header >> 16 & 0xf, offset, true));
            offset = header >>> 20 & ~3;
        }
        return found;
    }

    /** Offset of the first capability with this id (0x01 power management, 0x10 PCI Express, 0x11 MSI-X, ...). */
    public OptionalInt capability(int id) {
        return first(id, false);
    }

    /** Offset of the first extended capability with this id (0x0001 AER, 0x0003 serial number, ...). */
    public OptionalInt extendedCapability(int id) {
        return first(id, true);
    }

    private OptionalInt first(int id, boolean extended) {
        return capabilities().stream()
                .filter(c -> c.id() == id && c.extended() == extended)
                .mapToInt(Capability::offset)
                .findFirst();
    }

    /** Size of a BAR, 0 .. 5; 0 if it is not implemented. */
    public long barBytes(int bar) {
        return barBytes[bar];
    }

    /** Reads 4 bytes of a BAR at a multiple of 4. */
    public int barRead32(int bar, long offset) {
        return (int) barRead(bar, offset, 4);
    }

    /** Reads 8 bytes of a BAR at a multiple of 8, in one access. */
    public long barRead64(int bar, long offset) {
        return barRead(bar, offset, 8);
    }

    /** Writes 4 bytes of a BAR at a multiple of 4. */
    public void barWrite32(int bar, long offset, int value) {
        barWrite(bar, offset, 4, Integer.toUnsignedLong(value));
    }

    /** Writes 8 bytes of a BAR at a multiple of 8, in one access. */
    public void barWrite64(int bar, long offset, long value) {
        barWrite(bar, offset, 8, value);
    }

    /**
     * Resets the function. The controller is disabled afterwards: initialise it again. Queues stay open for their cmdlogs, until they are
     * closed.
     *
     * @throws Device.UnsupportedException if the function has no such reset
     */
    public void reset(Reset kind) {
        device.exclusively(() -> {
            long h = device.handle().acquire();
            try {
                Rc.check(Library.get().bell_pci_reset(h, kind.code));
            } finally {
                device.handle().release();
            }
        });
    }

    /**
     * The power state, 0 (D0) .. 3 (D3hot).
     *
     * @throws Device.UnsupportedException if the function has no power management capability
     */
    public int powerState() {
        return read16(powerManagement() + PMCSR) & 3;
    }

    /**
     * Asks for power state 0 (D0) .. 3 (D3hot) and waits until the function may be used in it. A state that the function does not have is
     * ignored by it; {@link #powerState()} tells. In D3hot the registers read all ones. A function that resets itself when it leaves D3hot
     * keeps its BARs, but its controller is disabled then: every outstanding command has ended as lost, and it has to be initialised again.
     *
     * @throws Device.UnsupportedException if the function has no power management capability
     */
    public void powerState(int d) {
        device.handle().check();
        if (d < 0 || d > 3) {
            throw new IllegalArgumentException("power state D" + d + "; it must be 0 .. 3");
        }
        device.exclusively(() -> {
            long h = device.handle().acquire();
            try {
                if (d < 0 || d > 3) {
                    throw new IllegalArgumentException("power state D" + d + "; it must be 0 .. 3");
                }
                Rc.check(Library.get().bell_pci_power_state(h, d));
            } finally {
                device.handle().release();
            }
        });
    }

    /**
     * Which low-power states the link may enter by itself.
     *
     * @throws Device.UnsupportedException if the function has no PCI Express capability
     */
    public Aspm aspm() {
        return Aspm.values()[read16(linkControl()) & 3];
    }

    /**
     * Allows the link to enter low-power states by itself. The other end of the link has to allow it too, which is not looked at here.
     *
     * @throws Device.UnsupportedException if the function has no PCI Express capability
     */
    public void aspm(Aspm states) {
        int offset = linkControl();
        write16(offset, read16(offset) & ~3 | states.ordinal());
    }

    private int linkControl() {
        return LINK_CONTROL
                + capability(PCI_EXPRESS)
                        .orElseThrow(() -> new Device.UnsupportedException(device + " has no PCI Express capability"));
    }

    private int powerManagement() {
        return capability(POWER_MANAGEMENT)
                .orElseThrow(() -> new Device.UnsupportedException(device + " has no power management capability"));
    }

    private int read(int offset, int width) {
        long h = device.handle().acquire();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocate(ValueLayout.JAVA_INT);
            Rc.check(Library.get().bell_pci_config_read(h, offset, width, value.address()), IllegalAccess::new);
            return value.get(ValueLayout.JAVA_INT, 0);
        } finally {
            device.handle().release();
        }
    }

    private void write(int offset, int width, int value) {
        long h = device.handle().acquire();
        try {
            Rc.check(Library.get().bell_pci_config_write(h, offset, width, value), IllegalAccess::new);
        } finally {
            device.handle().release();
        }
    }

    private long barRead(int bar, long offset, int width) {
        long h = device.handle().acquire();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocate(ValueLayout.JAVA_LONG);
            Rc.check(Library.get().bell_pci_bar_read(h, bar, offset, width, value.address()), IllegalAccess::new);
            return value.get(ValueLayout.JAVA_LONG, 0);
        } finally {
            device.handle().release();
        }
    }

    private void barWrite(int bar, long offset, int width, long value) {
        long h = device.handle().acquire();
        try {
            Rc.check(Library.get().bell_pci_bar_write(h, bar, offset, width, value), IllegalAccess::new);
        } finally {
            device.handle().release();
        }
    }
}
