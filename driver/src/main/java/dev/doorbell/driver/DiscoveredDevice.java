package dev.doorbell.driver;

/**
 * A device that {@link Discovery} found.
 *
 * @param address what to pass to {@link Device#open(DeviceAddress)}
 * @param kind how it would be driven
 * @param name short text for people
 * @param model model number, "" if unknown
 * @param serial serial number, "" if unknown
 * @param firmware firmware revision, "" if unknown
 * @param capacityBytes sum of its namespaces, 0 if unknown
 * @param kernelNode the kernel's name of its controller, "nvme0"; "" if its driver has none
 * @param place where it is on the PCI bus; {@link PciPlace#NONE} if it is not
 * @param openable whether {@link Device#open(DeviceAddress)} can be expected to work
 * @param reason why not, and what to do about it; "" if openable
 */
public record DiscoveredDevice(
        DeviceAddress address,
        Device.Kind kind,
        String name,
        String model,
        String serial,
        String firmware,
        long capacityBytes,
        String kernelNode,
        PciPlace place,
        boolean openable,
        String reason) {
    /** Driver that the kernel has bound to the function, "" if none. */
    public String kernelDriver() {
        return place.driver();
    }
}
