package dev.doorbell.driver;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Finds the devices of this machine without touching them: the simulator, QEMU's model, the NVMe functions on the PCI bus, and the
 * controllers that the kernel's driver has. A disk of the kernel's appears twice: as the function that it is, and as the
 * {@code /dev/nvmeN} through which it can be explored where it is.
 */
public final class Discovery {
    /** Class code 01h mass storage, 08h non-volatile memory; any programming interface. */
    private static final String NVME_CLASS = "0x0108";

    private static final String QEMU = "qemu-system-x86_64";

    private Discovery() {}

    /** What this machine has; with {@code -Ddoorbell.machine=FOLDER} what that folder says, which stands for another one. */
    public static List<DiscoveredDevice> scan() {
        return scan(machine());
    }

    static Path machine() {
        return Path.of(System.getProperty("doorbell.machine", "/"));
    }

    /**
     * What a tree of files describes.
     *
     * @param root "/", or a folder that holds its own {@code sys}, {@code proc}, {@code dev} and {@code run}
     */
    public static List<DiscoveredDevice> scan(Path root) {
        List<DiscoveredDevice> found = new ArrayList<>();
        found.add(simulator());
        found.add(qemu(System.getenv().getOrDefault("PATH", "")));
        for (Path function : Sysfs.list(root.resolve("sys/bus/pci/devices"))) {
            if (Sysfs.text(function.resolve("class")).startsWith(NVME_CLASS)) {
                function(root, function, found);
            }
        }
        for (Path controller : Sysfs.list(root.resolve("sys/class/nvme"))) {
            found.add(kernel(root, controller));
        }
        return found;
    }

    private static DiscoveredDevice simulator() {
        return virtual(DeviceAddress.parse("sim:"), Device.Kind.SIM, "Doorbell Sim", "");
    }

    /** QEMU's model, openable if QEMU is on the search path. */
    static DiscoveredDevice qemu(String searchPath) {
        boolean installed = false;
        for (String folder : searchPath.split(File.pathSeparator)) {
            installed |= !folder.isEmpty() && Files.isExecutable(Path.of(folder, QEMU));
        }
        return virtual(
                DeviceAddress.parse("qemu:"),
                Device.Kind.QEMU,
                "QEMU NVMe model",
                installed ? "" : QEMU + " is not installed; install QEMU (Debian: apt install qemu-system-x86)");
    }

    private static DiscoveredDevice virtual(DeviceAddress address, Device.Kind kind, String name, String reason) {
        return new DiscoveredDevice(address, kind, name, "", "", "", 0, "", PciPlace.NONE, reason.isEmpty(), reason);
    }

    private static void function(Path root, Path function, List<DiscoveredDevice> found) {
        String bdf = function.getFileName().toString();
        PciPlace place;
        try {
            place = PciPlace.of(root, bdf);
        } catch (Device.OpenException e) {
            // Removed since the folder was listed.
            return;
        }
        List<Path> controllers = Sysfs.list(function.resolve("nvme"));
        Path known = controllers.isEmpty() ? function.resolve("nvme/none") : controllers.getFirst();
        String model = Sysfs.text(known.resolve("model"));
        found.add(new DiscoveredDevice(
                DeviceAddress.parse(bdf),
                Device.Kind.VFIO,
                model.isEmpty() ? "NVMe function %04x:%04x".formatted(place.vendorId(), place.deviceId()) : model,
                model,
                Sysfs.text(known.resolve("serial")),
                Sysfs.text(known.resolve("firmware_rev")),
                capacity(known),
                controllers.isEmpty() ? "" : known.getFileName().toString(),
                place,
                place.refusal().isEmpty(),
                place.refusal()));
    }

    private static DiscoveredDevice kernel(Path root, Path controller) {
        String node = controller.getFileName().toString();
        String model = Sysfs.text(controller.resolve("model"));
        String reason = kernelReason(root, node, Sysfs.text(controller.resolve("state")));
        return new DiscoveredDevice(
                DeviceAddress.parse("/dev/" + node),
                Device.Kind.KERNEL,
                model.isEmpty() ? "NVMe controller " + node : model,
                model,
                Sysfs.text(controller.resolve("serial")),
                Sysfs.text(controller.resolve("firmware_rev")),
                capacity(controller),
                node,
                place(root, Sysfs.link(controller.resolve("device"))),
                reason.isEmpty(),
                reason);
    }

    /** Controllers on Fabrics have no function. */
    private static PciPlace place(Path root, String function) {
        try {
            return Files.exists(root.resolve("sys/bus/pci/devices").resolve(function)) && !function.isEmpty()
                    ? PciPlace.of(root, function)
                    : PciPlace.NONE;
        } catch (Device.OpenException e) {
            return PciPlace.NONE;
        }
    }

    private static String kernelReason(Path root, String node, String state) {
        if (state.startsWith("de")) {
            return "/dev/" + node + ": the kernel has given this controller up (state: " + state
                    + "); its log (dmesg) says why";
        }
        Path file = root.resolve("dev").resolve(node);
        if (!Files.exists(file)) {
            return "there is no /dev/" + node + " in this environment, such as a container, though the kernel has"
                    + " the controller";
        }
        return Files.isReadable(file) ? "" : "/dev/" + node + " takes commands from root only; start Doorbell as root";
    }

    /** Sum of the namespaces' sizes; sysfs counts in sectors of 512 bytes. */
    private static long capacity(Path controller) {
        long bytes = 0;
        for (Path block : Sysfs.list(controller)) {
            if (block.getFileName().toString().matches("nvme\\d+(c\\d+)?n\\d+")) {
                bytes += Sysfs.number(block.resolve("size"), 0) * 512;
            }
        }
        return bytes;
    }
}
