package dev.doorbell.testplans.cli;

import dev.doorbell.driver.Device;
import dev.doorbell.driver.DeviceAddress;
import picocli.CommandLine.Option;

/**
 * Keeps a real device from being overwritten by accident: what is known to destroy is refused before the device is opened, and the driver
 * itself sends nothing that may write. Simulated and virtual devices are not shielded.
 */
final class Shield {
    @Option(names = "--force", description = "Allow what destroys data or settings on a real device.")
    private boolean force;

    /** Throws when the device is a real one and {@code --force} is not given; {@code what} says what would be lost. */
    void check(DeviceAddress address, String what) {
        if (!force && address.startsShielded()) {
            throw new IllegalArgumentException(
                    address.text() + " is a real device and " + what + "; add --force to go on");
        }
    }

    /** The address to open: with {@code --force}, a device that starts read-only is opened for writing. */
    DeviceAddress address(DeviceAddress asked) {
        return force ? asked.writable() : asked;
    }

    /** Puts the guard up in front of a real device, unless {@code --force} or the address lifts it. */
    void guard(Device device) {
        if (!force && device.address().startsShielded()) {
            device.forbidWrites();
        }
    }
}
