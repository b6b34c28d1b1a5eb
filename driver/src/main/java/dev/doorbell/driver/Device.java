package dev.doorbell.driver;

import dev.doorbell.driver.ffi.Layouts.DeviceInfo;
import dev.doorbell.driver.ffi.Library;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * A device that Doorbell is attached to. Opening attaches only: config space, BARs and registers are usable, and the controller's state is
 * as it was found. Safe for use by many threads.
 */
public final class Device implements AutoCloseable {
    /** How a device is driven. */
    public enum Kind {
        SIM,
        QEMU,
        VFIO,
        VFIO_USER,
        TCP,
        KERNEL
    }

    /** What a device can do. */
    public enum Feature {
        /** Config space, and BARs whose size is not 0. */
        PCI,
        /** NVMe registers, or Fabrics properties. */
        REGISTERS,
        /** MSI-X vectors that can be observed. */
        INTERRUPTS,
        /** Own queues and raw SQEs; without it, qpairs hand their commands to whoever owns the device's queues. */
        QPAIRS
    }

    /** The device could not be attached to. */
    public static final class OpenException extends DoorbellException {
        OpenException(String message) {
            super(message);
        }
    }

    /** Something is in use and must be closed or must end first; the message names it. */
    public static final class BusyException extends DoorbellException {
        BusyException(String message) {
            super(message);
        }
    }

    /** The device is gone: its registers read all ones. Close it, and open it again when it is back. */
    public static final class LostException extends DoorbellException {
        LostException(String message) {
            super(message);
        }
    }

    /** The object was used after {@code close()}. */
    public static final class ClosedException extends DoorbellException {
        ClosedException(String message) {
            super(message);
        }
    }

    /** The device is read-only and this may change it; {@link #allowWrites} lifts that. Nothing was sent. */
    public static final class ReadOnlyException extends DoorbellException {
        ReadOnlyException(String message) {
            super(message);
        }
    }

    /** This device, or the way it is driven, cannot do that. */
    public static final class UnsupportedException extends DoorbellException {
        UnsupportedException(String message) {
            super(message);
        }
    }

    private final Handle handle;
    private final DeviceAddress address;
    private final String name;
    private final Kind kind;
    private final Set<Feature> features;
    private final Children children = new Children();
    private final Registers registers;
    private final Interrupts interrupts;
    private final Optional<PciFunction> pci;
    private final Optional<Simulator> simulator;
    private Controller controller;

    private Device(long native_, DeviceAddress asked) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment info = arena.allocate(DeviceInfo.BYTES, 8);
            Rc.checkAs(Library.get().bell_device_get_info(native_, info.address()), OpenException::new);
            String canonical = info.getString(DeviceInfo.ADDRESS);
            this.address = canonical.isEmpty() ? asked : DeviceAddress.parse(canonical);
            this.name = info.getString(DeviceInfo.NAME);
            this.kind = Kind.values()[info.get(ValueLayout.JAVA_INT, DeviceInfo.KIND) - 1];
            this.handle = new Handle(native_, "device " + address);
            this.features = features(info.get(ValueLayout.JAVA_INT, DeviceInfo.FEATURES));
            long[] bars = info.asSlice(DeviceInfo.BAR_BYTES, 6 * 8).toArray(ValueLayout.JAVA_LONG);
            this.registers = new Registers(this);
            this.interrupts = new Interrupts(this, info.get(ValueLayout.JAVA_INT, DeviceInfo.VECTORS));
            this.simulator = kind == Kind.SIM ? Optional.of(new Simulator(this)) : Optional.empty();
            this.pci = features.contains(Feature.PCI)
                    ? Optional.of(new PciFunction(this, info.get(ValueLayout.JAVA_INT, DeviceInfo.CONFIG_BYTES), bars))
                    : Optional.empty();
        }
    }

    /**
     * Attaches to the device that {@code address} names.
     *
     * @throws DeviceAddress.FormatException if the text is no address
     * @throws OpenException if there is no such device, it is in use, access is denied, or an option is wrong
     */
    public static Device open(String address) {
        return open(DeviceAddress.parse(address));
    }

    /**
     * Attaches to a device.
     *
     * @throws OpenException if there is no such device, it is in use, access is denied, or an option is wrong
     */
    public static Device open(DeviceAddress address) {
        Library library = Library.get();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(ValueLayout.JAVA_LONG);
            Rc.checkAs(library.bell_device_open(address.text(), out.address()), OpenException::new);
            long native_ = out.get(ValueLayout.JAVA_LONG, 0);
            boolean done = false;
            try {
                Device device = new Device(native_, address);
                done = true;
                return device;
            } finally {
                if (!done) {
                    library.bell_device_close(native_);
                }
            }
        }
    }

    private static Set<Feature> features(int bits) {
        EnumSet<Feature> set = EnumSet.noneOf(Feature.class);
        if ((bits & Library.HAS_PCI) != 0) {
            set.add(Feature.PCI);
        }
        if ((bits & Library.HAS_REGISTERS) != 0) {
            set.add(Feature.REGISTERS);
        }
        if ((bits & Library.HAS_INTERRUPTS) != 0) {
            set.add(Feature.INTERRUPTS);
        }
        if ((bits & Library.HAS_QPAIRS) != 0) {
            set.add(Feature.QPAIRS);
        }
        return java.util.Collections.unmodifiableSet(set);
    }

    /** The canonical address. */
    public DeviceAddress address() {
        return address;
    }

    /** Short text for people, such as "Doorbell Sim 1 GiB". */
    public String name() {
        return name;
    }

    /** How it is driven. */
    public Kind kind() {
        return kind;
    }

    /** What it can do. */
    public Set<Feature> features() {
        return features;
    }

    /** Its PCI function; empty for devices that have none, such as those on Fabrics. */
    public Optional<PciFunction> pci() {
        handle.check();
        return pci;
    }

    /** What only a simulator can do; empty for every other device. */
    public Optional<Simulator> simulator() {
        handle.check();
        return simulator;
    }

    /** Its NVMe registers. */
    public Registers registers() {
        handle.check();
        return registers;
    }

    /** Its MSI-X vectors. */
    public Interrupts interrupts() {
        handle.check();
        return interrupts;
    }

    /**
     * Allocates zeroed memory that the device can reach, 4 KiB aligned.
     *
     * @param bytes 1 .. 2 GiB - 1
     */
    public Buffer allocate(long bytes) {
        if (bytes <= 0 || bytes > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(
                    "a buffer of " + bytes + " bytes; its size must be 1 .. " + Integer.MAX_VALUE);
        }
        return children.open(() -> Buffer.allocate(this, bytes));
    }

    /** Memory in a BAR of this device, with what is there; commands find it at {@code iova}. */
    Buffer inBar(int bar, long offset, long bytes, long iova) {
        return children.open(() -> Buffer.inBar(this, bar, offset, bytes, iova));
    }

    /** The controller on this device: always the same object until it is closed. This call does not touch the device. */
    public synchronized Controller controller() {
        handle.check();
        if (controller == null || controller.isClosed()) {
            controller = new Controller(this, false);
        }
        return controller;
    }

    synchronized Controller ownedController() {
        controller = new Controller(this, true);
        return controller;
    }

    private synchronized Optional<Controller> existingController() {
        return Optional.ofNullable(controller);
    }

    /** Runs a call that ends commands on every queue, while nobody uses a queue. */
    void exclusively(Runnable call) {
        existingController().ifPresentOrElse(c -> c.exclusively(call), call);
    }

    /**
     * Whether nothing is sent that may change the device: only commands that are known to read, no worker that writes, no writes to
     * registers, BARs and config space, no resets of the function. What is refused throws a {@link ReadOnlyException}. Devices of the
     * kernel start read-only unless their address says {@code ?write=on}, all others writable.
     */
    public boolean readOnly() {
        long h = handle.acquire();
        try {
            return Rc.check(Library.get().bell_device_is_read_only(h)) != 0;
        } finally {
            handle.release();
        }
    }

    /** Makes it read-only; what is outstanding goes on. Enabling and disabling the controller stay possible. */
    public void forbidWrites() {
        setReadOnly(1);
    }

    /** Lifts {@link #readOnly}: from now on everything is sent, whatever it destroys. */
    public void allowWrites() {
        setReadOnly(0);
    }

    private void setReadOnly(int on) {
        long h = handle.acquire();
        try {
            Rc.check(Library.get().bell_device_set_read_only(h, on));
        } finally {
            handle.release();
        }
    }

    /** False once it is closed. */
    public boolean isOpen() {
        return handle.isOpen();
    }

    /** Whether the device is gone: removed, powered off, or its link is down. Sends no command. */
    public boolean isLost() {
        return ControllerFacts.read(this).state() == Controller.State.LOST;
    }

    /**
     * Detaches. Disables the controller if this program had enabled it.
     *
     * @throws BusyException if a qpair, worker or buffer is open; it names them
     */
    @Override
    public void close() {
        if (!handle.isOpen()) {
            return;
        }
        Library library = Library.get();
        Runnable detach = () -> handle.close(h -> Rc.check(library.bell_device_close(h)));
        Optional<Controller> existing = existingController();
        if (existing.isPresent()) {
            existing.get().detach(detach);
        } else {
            children.closeIfNone(address.text(), () -> {
                detach.run();
                return this;
            });
        }
    }

    Handle handle() {
        return handle;
    }

    Children children() {
        return children;
    }

    @Override
    public String toString() {
        return address.text();
    }
}
