package dev.doorbell.driver;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A folder that stands for a machine: sysfs with PCI functions and kernel controllers, procfs, /dev and /run. */
final class FakeMachine {
    final Path root;
    private volatile boolean running;
    private Thread kernel;

    FakeMachine(Path root) throws IOException {
        this.root = root;
        Files.createDirectories(root.resolve("proc/self"));
        Files.createDirectories(root.resolve("dev/vfio"));
        file("sys/bus/pci/drivers_probe", "");
        file("proc/self/mountinfo", "");
        file("proc/swaps", "Filename Type Size Used Priority\n");
    }

    Path file(String path, String text) throws IOException {
        Path file = root.resolve(path);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text);
    }

    private void link(Path link, Path target) throws IOException {
        Files.createDirectories(target);
        Files.createDirectories(link.getParent());
        Files.deleteIfExists(link);
        Files.createSymbolicLink(link, target);
    }

    Path driver(String name) throws IOException {
        Path driver = Files.createDirectories(root.resolve("sys/bus/pci/drivers/" + name));
        Files.writeString(driver.resolve("unbind"), "");
        return driver;
    }

    /** A function; driver "" for none, group "" without an IOMMU. */
    Path function(String bdf, String classCode, String driver, String group) throws IOException {
        Path function = root.resolve("sys/bus/pci/devices/" + bdf);
        String at = "sys/bus/pci/devices/" + bdf + "/";
        file(at + "class", classCode + "\n");
        file(at + "vendor", "0x144d\n");
        file(at + "device", "0xa80c\n");
        file(at + "driver_override", "(null)\n");
        file(at + "numa_node", "1\n");
        file(at + "current_link_speed", "8.0 GT/s PCIe\n");
        file(at + "max_link_speed", "16.0 GT/s PCIe\n");
        file(at + "current_link_width", "2\n");
        file(at + "max_link_width", "4\n");
        if (!driver.isEmpty()) {
            link(function.resolve("driver"), driver(driver));
        }
        if (!group.isEmpty()) {
            link(function.resolve("iommu_group"), root.resolve("sys/kernel/iommu_groups/" + group));
            link(root.resolve("sys/kernel/iommu_groups/" + group + "/devices/" + bdf), function);
            file("dev/vfio/" + group, "");
        }
        return function;
    }

    /** The controller nvme3 of the kernel's driver on a function, with a disk of 1 MiB and a partition. */
    void controller(String bdf) throws IOException {
        Path function = root.resolve("sys/bus/pci/devices/" + bdf);
        String at = "sys/bus/pci/devices/" + bdf + "/nvme/nvme3/";
        file(at + "model", "Samsung SSD 990 PRO 2TB                 \n");
        file(at + "serial", "S7KHNJ0W\n");
        file(at + "firmware_rev", "4B2QJXD7\n");
        file(at + "state", "live\n");
        file(at + "nvme3n1/size", "2048\n");
        file("sys/class/block/nvme3n1/dev", "259:0\n");
        file("sys/class/block/nvme3n1/nvme3n1p1/dev", "259:1\n");
        file("dev/nvme3", "");
        Path shown = root.resolve("sys/class/nvme/nvme3");
        Files.createDirectories(shown.getParent());
        Files.createSymbolicLink(shown, function.resolve("nvme/nvme3"));
        Files.createSymbolicLink(function.resolve("nvme/nvme3/device"), function);
    }

    /** Plays the kernel: what is written to drivers_probe gets the driver that driver_override names, or else nvme. */
    void start(boolean obeys) {
        running = true;
        kernel = Thread.ofPlatform().daemon().start(() -> {
            while (running) {
                try {
                    turn(obeys);
                    Thread.sleep(5);
                } catch (IOException | InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            }
        });
    }

    /** What is removed is put aside, and back by a rescan. */
    private void removals() throws IOException {
        Path aside = Files.createDirectories(root.resolve("aside"));
        Path devices = root.resolve("sys/bus/pci/devices");
        for (Path function : Sysfs.list(devices)) {
            if (!Sysfs.text(function.resolve("remove")).isEmpty()) {
                Files.delete(function.resolve("remove"));
                Files.move(function, aside.resolve(function.getFileName()));
            }
        }
        if (!Sysfs.text(root.resolve("sys/bus/pci/rescan")).isEmpty()) {
            Files.delete(root.resolve("sys/bus/pci/rescan"));
            for (Path function : Sysfs.list(aside)) {
                Files.move(function, devices.resolve(function.getFileName()));
            }
        }
    }

    private void turn(boolean obeys) throws IOException {
        if (obeys) {
            removals();
        }
        for (Path driver : Sysfs.list(root.resolve("sys/bus/pci/drivers"))) {
            String leaves = Sysfs.text(driver.resolve("unbind"));
            Path link = root.resolve("sys/bus/pci/devices/" + leaves + "/driver");
            if (!leaves.isEmpty()) {
                Files.writeString(driver.resolve("unbind"), "");
                Files.deleteIfExists(link);
            }
        }
        String probed = Sysfs.text(root.resolve("sys/bus/pci/drivers_probe"));
        if (probed.isEmpty()) {
            return;
        }
        Files.writeString(root.resolve("sys/bus/pci/drivers_probe"), "");
        Path function = root.resolve("sys/bus/pci/devices/" + probed);
        String wanted = Sysfs.text(function.resolve("driver_override"));
        if (obeys || wanted.isEmpty()) {
            link(function.resolve("driver"), driver(wanted.isEmpty() || wanted.equals("(null)") ? "nvme" : wanted));
        }
    }

    void stop() throws InterruptedException {
        running = false;
        if (kernel != null) {
            kernel.join();
        }
    }
}
