package dev.doorbell.driver;

/** The NVM subsystem of a controller: its reset, and shutdown notification without waiting. */
public final class Subsystem {
    private static final int CAP = 0x00, CC = 0x14, NSSR = 0x20;
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
     * Resets the subsystem: "NVMe" to NSSR, NVMe Base 2.0c §3.7.1. All its controllers are disabled; initialise them again.
     *
     * @throws Device.UnsupportedException if it has no such reset
     */
    public void reset() {
        if (!resetSupported()) {
            throw new Device.UnsupportedException(controller.device()
                    + " has no NVM subsystem reset (CAP.NSSRS is 0); use Controller.reset or a PCI reset");
        }
        controller.exclusively(() -> controller.device().registers().write32(NSSR, NVME));
    }

    /** Sets CC.SHN to 01b, or 10b for an abrupt one, and returns at once, NVMe Base 2.0c §3.6. */
    public void shutdownNotify(boolean abrupt) {
        Registers registers = controller.device().registers();
        int cc = registers.read32(CC);
        registers.write32(CC, cc & ~(3 << 14) | (abrupt ? 2 : 1) << 14);
    }
}
