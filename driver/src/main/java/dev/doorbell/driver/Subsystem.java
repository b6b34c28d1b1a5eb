package dev.doorbell.driver;

import dev.doorbell.driver.ffi.Library;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Duration;

/** The NVM subsystem of a controller: its reset, its power, and shutdown notification without waiting. */
public final class Subsystem {
    private static final int CAP = 0x00, CC = 0x14, CSTS = 0x1c, NSSR = 0x20;
    private static final int NSSRO = 1 << 4;
    private static final long LIMIT_NANOS = 5_000_000_000L;
    private static final int NVME = 0x4e564d65;

    private static final int COMMAND = 0x04, FIRST_BAR = 0x10, LAST_BAR = 0x24;
    private static final long PRESENCE_NANOS = 20_000_000_000L, LOOK_NANOS = 10_000_000L;

    private final Controller controller;
    private final PowerController power;
    private final SystemSuspend suspend;
    private byte[] header = {};

    /**
     * With the driver's own hand on the power, where it has one.
     *
     * @param controller one of its controllers
     */
    public Subsystem(Controller controller) {
        this(controller, PowerController.of(controller.device()));
    }

    /**
     * With a power controller.
     *
     * @param controller one of its controllers
     * @param power what switches the power of the device
     */
    public Subsystem(Controller controller, PowerController power) {
        this(controller, power, new SystemSuspend(Path.of("/sys")));
    }

    Subsystem(Controller controller, PowerController power, SystemSuspend suspend) {
        this.controller = controller;
        this.power = power;
        this.suspend = suspend;
    }

    /** Whether it has the reset register, CAP.NSSRS. */
    public boolean resetSupported() {
        return (controller.device().registers().read64(CAP) >>> 36 & 1) != 0;
    }

    /**
     * Resets the subsystem: "NVMe" to NSSR, NVMe Base 2.0c §3.7.1, then waits until it has taken place and clears CSTS.NSSRO. All its
     * controllers are disabled then; initialise them again. I/O qpairs are lost.
     *
     * @throws Device.UnsupportedException if it has no such reset
     * @throws Controller.EnableException if the controller is still enabled after 5 s
     */
    public void reset() {
        if (!resetSupported()) {
            throw new Device.UnsupportedException(controller.device()
                    + " has no NVM subsystem reset (CAP.NSSRS is 0); use Controller.reset or a PCI reset");
        }
        Registers registers = controller.device().registers();
        controller.exclusively(() -> {
            registers.write32(NSSR, NVME);
            long deadline = System.nanoTime() + LIMIT_NANOS;
            while (enabled(registers)) {
                if (System.nanoTime() > deadline) {
                    throw new Controller.EnableException(controller.device()
                            + " is still enabled (CC.EN is 1) 5 s after its NVM subsystem reset; use a PCI reset");
                }
                Thread.onSpinWait();
            }
            registers.write32(CSTS, NSSRO);
        });
    }

    /** Whether CC.EN is 1, or cannot be read: registers may be out of reach during a reset. */
    private static boolean enabled(Registers registers) {
        try {
            return (registers.read32(CC) & 1) != 0;
        } catch (Device.LostException e) {
            return true;
        }
    }

    /** Sets CC.SHN to 01b, or 10b for an abrupt one, and returns at once, NVMe Base 2.0c §3.6. */
    public void shutdownNotify(boolean abrupt) {
        Registers registers = controller.device().registers();
        int cc = registers.read32(CC);
        registers.write32(CC, cc & ~(3 << 14) | (abrupt ? 2 : 1) << 14);
    }

    /**
     * Cuts the power, with I/O running if there is any. Every outstanding command then ends as lost, workers fail, and everything that is
     * asked of the device says that it is lost.
     */
    public void powerOff() {
        remember();
        power.off();
        lost();
    }

    /**
     * Gives the power back, waits until the device is there, and gives it the addresses that it had. The controller is disabled then:
     * initialise it. I/O qpairs are lost; close them and create others.
     *
     * @throws Device.LostException if the device is not there after 20 s
     */
    public void powerOn() {
        power.on();
        comeBack();
    }

    /** Cuts the power for a time, and gives it back. */
    public void powerCycle(Duration off) {
        powerOff();
        long until = System.nanoTime() + off.toNanos();
        while (System.nanoTime() < until) {
            Pause.nanos(until - System.nanoTime());
        }
        powerOn();
    }

    /**
     * Suspends the machine to RAM (S3), lets its real-time clock wake it after {@code duration}, and waits until the device is there again.
     * Afterwards everything is as after {@link #powerOn}. Other programs stand still meanwhile.
     *
     * @param duration 2 s .. 24 h
     * @throws Device.UnsupportedException if this machine, or this user, cannot suspend it; the message says what is missing
     */
    public void suspend(Duration duration) {
        remember();
        suspend.run(duration);
        lost();
        comeBack();
    }

    private void remember() {
        header = controller.device().pci().map(PciFunction::config).orElse(new byte[0]);
    }

    private void lost() {
        Device device = controller.device();
        controller.exclusively(() -> {
            long h = device.handle().acquire();
            try {
                Rc.check(Library.get().bell_device_lost(h));
            } finally {
                device.handle().release();
            }
        });
    }

    private void comeBack() {
        Device device = controller.device();
        long deadline = System.nanoTime() + PRESENCE_NANOS;
        while (device.pci().isPresent() && !present(device.pci().get())) {
            if (System.nanoTime() - deadline > 0) {
                throw new Device.LostException(
                        device
                                + " is not there 20 s after its power came back; close it, look for it on the bus, and open it again");
            }
            Pause.nanos(LOOK_NANOS);
        }
        device.pci().filter(pci -> header.length > 0).ifPresent(this::restore);
    }

    private static boolean present(PciFunction pci) {
        try {
            return pci.read16(0) != 0xffff;
        } catch (Device.LostException e) {
            return false;
        }
    }

    /** BARs first, so that the function decodes addresses that are its own. */
    private void restore(PciFunction pci) {
        ByteBuffer old = ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN);
        for (int bar = FIRST_BAR; bar <= LAST_BAR; bar += 4) {
            pci.write32(bar, old.getInt(bar));
        }
        pci.write16(COMMAND, old.getShort(COMMAND));
    }
}
