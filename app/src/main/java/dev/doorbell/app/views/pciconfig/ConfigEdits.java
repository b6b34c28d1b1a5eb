package dev.doorbell.app.views.pciconfig;

import java.util.Arrays;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Bytes of configuration space that were typed over and not written yet. */
final class ConfigEdits {
    private final SortedMap<Integer, Byte> edits = new TreeMap<>();
    private byte[] device = {};

    /** Starts over from what the device holds. */
    void reset(byte[] now) {
        device = now.clone();
        edits.clear();
    }

    /** Takes note of a typed byte; typing the old value again takes the edit back. */
    void edit(int offset, byte value) {
        if (offset < device.length && device[offset] == value) {
            edits.remove(offset);
        } else {
            edits.put(offset, value);
        }
    }

    boolean isEmpty() {
        return edits.isEmpty();
    }

    /** The edits, by offset. */
    SortedMap<Integer, Byte> all() {
        return new TreeMap<>(edits);
    }

    /** What the device holds, without the edits. */
    byte[] original() {
        return Arrays.copyOf(device, device.length);
    }

    /** What will be written: {@code 0x04: 06 → 07}. */
    String describe() {
        return edits.entrySet().stream()
                .map(e -> String.format("0x%02x: %02x → %02x", e.getKey(), device[e.getKey()], e.getValue()))
                .collect(Collectors.joining("\n"));
    }
}
