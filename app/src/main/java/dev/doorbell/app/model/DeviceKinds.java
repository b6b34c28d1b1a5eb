package dev.doorbell.app.model;

import dev.doorbell.driver.DeviceAddress;

/** What an address alone says about a device: its icon and how it is called. */
public final class DeviceKinds {
    private DeviceKinds() {}

    /** Ikonli literal. */
    public static String icon(DeviceAddress address) {
        return switch (address.scheme()) {
            case "sim" -> "mdi2m-memory";
            case "qemu", "vfio-user" -> "mdi2d-developer-board";
            case "tcp" -> "mdi2l-lan";
            case "kernel" -> "mdi2l-linux";
            default -> "mdi2e-expansion-card";
        };
    }

    /** The beginning of a session's name: {@code sim}, {@code qemu}, … ; a PCI address stands for itself. */
    public static String stem(DeviceAddress address) {
        return switch (address.scheme()) {
            case "pcie" -> address.rest();
            case "kernel" -> address.rest().replaceFirst("^/dev/", "").replaceFirst("\\?.*", "");
            default -> address.scheme();
        };
    }

    /** Whether names get a number: there may be many simulated devices, but only one at a PCI address. */
    public static boolean numbered(DeviceAddress address) {
        return !address.scheme().equals("pcie") && !address.scheme().equals("kernel");
    }
}
