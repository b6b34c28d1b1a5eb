package dev.doorbell.driver;

import java.io.File;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Finds the devices of this machine without touching them: the simulator, QEMU's model, and the NVMe functions on the PCI bus. */
public final class Discovery {
    /** Class code 01h mass storage, 08h non-volatile memory; any programming interface. */
    private static final String NVME_CLASS = "0x0108";

    private static final String QEMU = "qemu-system-x86_64";

    private Discovery() {}

    /** What this machine has. */
    public static List<DiscoveredDevice> scan() {
        return scan(Path.of("/sys"));
    }

    /**
     * What a sysfs tree describes.
     *
     * @param sysfs where it is mounted, {@code /sys}
     */
    public static List<DiscoveredDevice> scan(Path sysfs) {
        List<DiscoveredDevice> found = new ArrayList<>();
        found.add(simulator());
        found.add(qemu(System.getenv().getOrDefault("PATH", "")));
        for (Path function : list(sysfs.resolve("bus/pci/devices"))) {
            if (text(function.resolve("class")).startsWith(NVME_CLASS)) {
                found.add(function(function));
            }
        }
        return found;
    }

    private static DiscoveredDevice simulator() {
        return new DiscoveredDevice(
                DeviceAddress.parse("sim:"), Device.Kind.SIM, "Doorbell Sim", "", "", "", 0, "", true, "");
    }

    /** QEMU's model, openable if QEMU is on the search path. */
    static DiscoveredDevice qemu(String searchPath) {
        boolean installed = false;
        for (String folder : searchPath.split(File.pathSeparator)) {
            installed |= !folder.isEmpty() && Files.isExecutable(Path.of(folder, QEMU));
        }
        return new DiscoveredDevice(
                DeviceAddress.parse("qemu:"),
                Device.Kind.QEMU,
                "QEMU NVMe model",
                "",
                "",
                "",
                0,
                "",
                installed,
                installed ? "" : QEMU + " is not installed; install QEMU (Debian: apt install qemu-system-x86)");
    }

    private static DiscoveredDevice function(Path function) {
        String bdf = function.getFileName().toString();
        String driver = linkName(function.resolve("driver"));
        List<Path> controllers = list(function.resolve("nvme"));
        String model = "";
        String serial = "";
        String firmware = "";
        long capacity = 0;
        String node = "";
        if (!controllers.isEmpty()) {
            Path controller = controllers.getFirst();
            node = controller.getFileName().toString();
            model = text(controller.resolve("model"));
            serial = text(controller.resolve("serial"));
            firmware = text(controller.resolve("firmware_rev"));
            capacity = capacity(controller);
        }
        return new DiscoveredDevice(
                DeviceAddress.parse(bdf),
                Device.Kind.VFIO,
                model.isEmpty() ? "NVMe function " + bdf : model,
                model,
                serial,
                firmware,
                capacity,
                driver,
                false,
                reason(bdf, driver, node));
    }

    private static String reason(String bdf, String driver, String node) {
        String build = "this build of Doorbell drives sim: and qemu: devices only";
        if (driver.isEmpty()) {
            return bdf + " is bound to no driver; " + build;
        }
        if (driver.equals("nvme")) {
            return bdf + " is bound to the kernel's nvme driver" + (node.isEmpty() ? "" : " as /dev/" + node) + "; "
                    + build;
        }
        return bdf + " is bound to " + driver + "; " + build;
    }

    /** Sum of the namespaces' sizes; sysfs counts in sectors of 512 bytes. */
    private static long capacity(Path controller) {
        long bytes = 0;
        for (Path block : list(controller)) {
            if (block.getFileName().toString().matches("nvme\\d+(c\\d+)?n\\d+")) {
                String sectors = text(block.resolve("size"));
                bytes += sectors.matches("\\d+") ? Long.parseLong(sectors) * 512 : 0;
            }
        }
        return bytes;
    }

    private static String linkName(Path link) {
        try {
            return Files.readSymbolicLink(link).getFileName().toString();
        } catch (IOException e) {
            return "";
        }
    }

    private static List<Path> list(Path folder) {
        List<Path> entries = new ArrayList<>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder)) {
            stream.forEach(entries::add);
        } catch (IOException e) {
            // No such bus or no such controller: nothing is there.
            return List.of();
        }
        entries.sort(Comparator.comparing(Path::toString));
        return entries;
    }

    private static String text(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            return "";
        }
    }
}
