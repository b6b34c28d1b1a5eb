package dev.doorbell.testplans.run;

/**
 * The device that a run is about, as it said of itself.
 *
 * @param kind {@code sim}, {@code qemu}, {@code pcie} …
 * @param capacityBytes of all active namespaces
 * @param nvmeVersion from VS
 */
public record DeviceInfo(
        String address,
        String kind,
        String model,
        String serial,
        String firmware,
        String nvmeVersion,
        long capacityBytes,
        int namespaces) {}
