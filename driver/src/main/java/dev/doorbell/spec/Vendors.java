package dev.doorbell.spec;

import java.util.Map;

/** Organisations by the IEEE ids that drives report. */
final class Vendors {
    // Kept here and not in YAML because the meaning of an OUI has no place in a field's value table (24 bits, hyphens).
    private static final Map<String, String> OUIS = Map.ofEntries(
            Map.entry("52-54-00", "QEMU (locally administered)"),
            Map.entry("00-25-38", "Samsung"),
            Map.entry("00-1b-44", "SanDisk"),
            Map.entry("00-a0-75", "Micron"),
            Map.entry("5c-d2-e4", "Intel"),
            Map.entry("00-00-00", "not reported"));

    private Vendors() {}

    static String oui(String id) {
        return OUIS.getOrDefault(id, "");
    }
}
