package dev.doorbell.driver;

/** The NVM subsystem of a controller: its reset, and shutdown notification without waiting. */
public final class Subsystem {
    private static final int CAP = 0x00, CC = 0x14, CSTS = 0x1c, NSSR = 0x20;
    private static final int NSSRO = 1 << 4;
    private static final long LIMIT_NANOS = 5_000_000_000L;
    private static final int NVME = 0x4e564d65;

    private final Controller controller;

    /** @param controller one of its controllers */
    public Subsystem(Controller controller) {
        this.controller = controller;
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
}
