/**
 * The one place that knows the native library: its declarations, its structures, and how it is found and loaded.
 *
 * <p>For {@code dev.doorbell.driver} alone. Addresses are plain {@code long}s here; nothing in this package checks that one is still
 * valid, the driver package does.
 */
package dev.doorbell.driver.ffi;
