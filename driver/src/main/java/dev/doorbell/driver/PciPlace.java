package dev.doorbell.driver;

import dev.doorbell.driver.ffi.Layouts;
import dev.doorbell.driver.ffi.Library;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/**
 * Where a device sits on the PCI bus, and what this machine does with it. Read from sysfs and procfs: nothing is opened, and nobody needs
 * to be root, but only root sees which other users' processes have a node open.
 *
 * @param function "0000:01:00.0"; "" for devices that are no PCI function
 * @param vendorId vendor id, 0 .. 65535
 * @param deviceId device id, 0 .. 65535
 * @param driver driver that the kernel has bound to it, "" if none
 * @param iommuGroup number of its IOMMU group, "" without an IOMMU
 * @param linkGigatransfers speed of the link now, GT/s; 0 if unknown
 * @param linkGigatransfersMax what the function could do
 * @param linkWidth lanes in use; 0 if unknown
 * @param linkWidthMax lanes that the function has
 * @param numaNode NUMA node, -1 if unknown or the machine has one only
 * @param refusal why {@link Device#open(DeviceAddress)} would refuse its PCI address; "" if it would not
 * @param users what uses its namespaces, in words: mounts, swap, RAID, open nodes; "" if nothing is known
 * @param neighbours functions of its IOMMU group that other drivers hold; "" if none
 * @param holder the process that has it open through VFIO; "" if none is known
 */
public record PciPlace(
        String function,
        int vendorId,
        int deviceId,
        String driver,
        String iommuGroup,
        double linkGigatransfers,
        double linkGigatransfersMax,
        int linkWidth,
        int linkWidthMax,
        int numaNode,
        String refusal,
        String users,
        String neighbours,
        String holder) {
    /** Of a device that is no PCI function. */
    public static final PciPlace NONE = new PciPlace("", 0, 0, "", "", 0, 0, 0, 0, -1, "", "", "", "");

    /** Whether there is a function at all. */
    public boolean exists() {
        return !function.isEmpty();
    }

    /** Whether the link is slower or narrower than the function can do. */
    public boolean linkReduced() {
        return linkWidth > 0 && (linkWidth < linkWidthMax || linkGigatransfers < linkGigatransfersMax);
    }

    /**
     * Looks at a function.
     *
     * @param root "/", or a folder with sys, proc, dev and run of its own
     * @throws Device.OpenException if there is no such function
     */
    static PciPlace of(Path root, String function) {
        Path folder = root.resolve("sys/bus/pci/devices").resolve(function);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(Layouts.PciPlace.BYTES, 8);
            String prefix = root.toString().equals("/") ? "" : root.toString();
            Rc.checkAs(Library.get().bell_pci_look(prefix, function, out.address()), Device.OpenException::new);
            return new PciPlace(
                    function,
                    (int) Sysfs.number(folder.resolve("vendor"), 0),
                    (int) Sysfs.number(folder.resolve("device"), 0),
                    Sysfs.link(folder.resolve("driver")),
                    Sysfs.link(folder.resolve("iommu_group")),
                    gigatransfers(folder.resolve("current_link_speed")),
                    gigatransfers(folder.resolve("max_link_speed")),
                    lanes(folder.resolve("current_link_width")),
                    lanes(folder.resolve("max_link_width")),
                    (int) Sysfs.number(folder.resolve("numa_node"), -1),
                    out.getString(Layouts.PciPlace.REFUSAL),
                    out.getString(Layouts.PciPlace.USERS),
                    out.getString(Layouts.PciPlace.NEIGHBOURS),
                    out.getString(Layouts.PciPlace.HOLDER));
        }
    }

    /** "8.0 GT/s PCIe", "2.5 GT/s", "Unknown". */
    private static double gigatransfers(Path file) {
        String text = Sysfs.text(file);
        return text.matches("\\d+(\\.\\d+)? GT/s.*") ? Double.parseDouble(text.substring(0, text.indexOf(' '))) : 0;
    }

    /** 255 is what the kernel says when the link is down. */
    private static int lanes(Path file) {
        long lanes = Sysfs.number(file, 0);
        return lanes > 0 && lanes <= 32 ? (int) lanes : 0;
    }
}
