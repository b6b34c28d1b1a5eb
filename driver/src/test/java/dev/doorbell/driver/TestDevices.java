package dev.doorbell.driver;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The devices that the conformance tests run on: {@code -Ddoorbell.addresses=}, separated by spaces, or else the simulator, in this process
 * and served over vfio-user, and QEMU's model. An address {@code vfio-user:} without a path is a server of these tests, a fresh one for
 * each class, and so is {@code tcp:}.
 */
final class TestDevices {
    private TestDevices() {}

    static List<String> all() {
        return opened(chosen("sim: vfio-user: qemu:"));
    }

    /** {@link #all}, and a simulator that is served over NVMe/TCP, {@code tcp:}. */
    static List<String> transports() {
        return opened(chosen("sim: vfio-user: tcp: qemu:"));
    }

    private static List<String> opened(List<String> addresses) {
        return addresses.stream()
                .map(address -> switch (address) {
                    case "vfio-user:" -> served("sim:");
                    case "tcp:" -> servedOverTcp("sim:");
                    default -> address;
                })
                .toList();
    }

    /** The address of a new simulator that is served over NVMe/TCP until this JVM ends. */
    static String servedOverTcp(String device) {
        TcpTarget target = TcpTarget.open(TcpTarget.Options.of(DeviceAddress.parse(device)));
        Thread.ofPlatform().name("target").daemon().start(target::run);
        Runtime.getRuntime().addShutdownHook(new Thread(target::close));
        return target.addresses().getFirst().text();
    }

    /** The address of a new simulator that is served until this JVM ends. */
    private static String served(String device) {
        try {
            Path folder = Files.createTempDirectory("doorbell-served");
            DeviceServer server = DeviceServer.open(DeviceAddress.parse(device), folder.resolve("cntrl"));
            Thread.ofPlatform().name("serve").daemon().start(server::run);
            Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                server.close();
                folder.toFile().delete();
            }));
            return server.address().text();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> chosen(String usual) {
        List<String> addresses = new ArrayList<>();
        for (String address :
                System.getProperty("doorbell.addresses", usual).strip().split("\\s+")) {
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

    /**
     * Those of {@code addresses} whose kind of device {@link #all} has, for tests that need options of their own. {@code vfio-user:} with
     * options of the simulator is one that is served.
     */
    static List<String> among(String... addresses) {
        List<String> kinds = chosen("sim: vfio-user: qemu:").stream()
                .map(address -> address.substring(0, address.indexOf(':') + 1))
                .toList();
        return java.util.Arrays.stream(addresses)
                .filter(address -> kinds.contains(address.substring(0, address.indexOf(':') + 1)))
                .map(address -> address.startsWith("vfio-user:")
                        ? served("sim:" + address.substring("vfio-user:".length()))
                        : address)
                .toList();
    }
}
