/**
 * The catalogue: what NVMe and PCIe define about a device, as data. Registers, configuration space, identify data, log
 * pages, features, commands and status codes are described in YAML files beside this package; everything that shows,
 * builds, compares or exports such data derives from them, and no layout is decoded by hand elsewhere.
 *
 * <p>All types are immutable and safe to use from any thread. Nothing here touches a device, and nothing here may depend
 * on {@code dev.doorbell.driver}.
 */
package dev.doorbell.spec;
