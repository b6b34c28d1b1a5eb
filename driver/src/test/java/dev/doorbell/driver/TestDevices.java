package dev.doorbell.driver;

import java.util.ArrayList;
import java.util.List;

/** The devices that the conformance tests run on: {@code -Ddoorbell.addresses=}, separated by spaces, or else the simulator and QEMU's model. */
final class TestDevices {
    private TestDevices() {}

    static List<String> all() {
        List<String> addresses = new ArrayList<>();
        for (String address :
                System.getProperty("doorbell.addresses", "sim: qemu:").strip().split("\\s+")) {
            String reason = address.startsWith("qemu:")
                    ? Discovery.qemu(System.getenv("PATH")).reason()
                    : "";
            if (reason.isEmpty()) {
                addresses.add(address);
            } else {
                System.out.println("SKIPPED " + address + ": " + reason);
            }
        }
        return addresses;
    }
}
