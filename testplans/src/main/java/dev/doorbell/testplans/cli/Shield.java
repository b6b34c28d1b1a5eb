package dev.doorbell.testplans.cli;

import dev.doorbell.driver.DeviceAddress;
import java.util.Set;
import picocli.CommandLine.Option;

/** Keeps a real device from being overwritten by accident. Simulated and virtual devices are not shielded. */
final class Shield {
    private static final Set<String> UNSHIELDED = Set.of("sim", "qemu", "vfio-user");

    @Option(names = "--force", description = "Allow what destroys data or settings on a real device.")
    private boolean force;

    /** Throws when the device is a real one and {@code --force} is not given; {@code what} says what would be lost. */
    void check(DeviceAddress address, String what) {
        if (!force && !UNSHIELDED.contains(address.scheme())) {
            throw new IllegalArgumentException(
                    address.text() + " is a real device and " + what + "; add --force to go on");
        }
    }
}
