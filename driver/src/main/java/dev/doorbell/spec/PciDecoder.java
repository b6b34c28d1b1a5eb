package dev.doorbell.spec;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Walks the capability chains of configuration space. Loops and pointers that lead nowhere end a chain. */
final class PciDecoder {
    private static final int HEADER = 64;
    private static final int EXTENDED = 0x100;
    private static final SpecRef REF = new SpecRef("PCI Express Base 5.0", "7.5");

    private final Catalogue catalogue;
    private final byte[] config;
    private final Map<Integer, CapabilitySpec> found = new TreeMap<>();
    private final Map<String, Integer> names = new HashMap<>();

    PciDecoder(Catalogue catalogue, byte[] config) {
        this.catalogue = catalogue;
        this.config = config.clone();
    }

    Decoded decode() {
        FieldSpec space = FieldSpecs.struct("config", "PCI configuration space", config.length, REF);
        Decoded root = new Decoded(space, null, "config", "", config, 0, 0, config.length);
        List<Decoded> nodes = new ArrayList<>();
        StructureSpec header = catalogue
                .structure("pci-header")
                .orElseThrow(() -> new CatalogueException("the catalogue has no structure pci-header"));
        nodes.add(Decoder.part(header, config, 0, Math.min(HEADER, config.length), "header"));
        walk();
        walkExtended();
        List<Integer> starts = new ArrayList<>(found.keySet());
        for (int at : starts) {
            nodes.add(capability(found.get(at), at, limit(starts, at)));
        }
        nodes.addAll(gaps(nodes));
        nodes.sort(Comparator.comparingInt(Decoded::byteOffset));
        return root.with(nodes);
    }

    private void walk() {
        if (config.length <= 0x34 || (config[6] & 0x10) == 0) {
            return;
        }
        int at = config[0x34] & 0xfc;
        Set<Integer> seen = new HashSet<>();
        while (at >= HEADER && at + 2 <= config.length && seen.add(at)) {
            int id = config[at] & 0xff;
            if (id == 0xff) {
                return;
            }
            found.put(at, catalogue.capability(false, id).orElse(unknown(false, id)));
            at = config[at + 1] & 0xfc;
        }
    }

    private void walkExtended() {
        int at = EXTENDED;
        Set<Integer> seen = new HashSet<>();
        while (at >= EXTENDED && at + 4 <= config.length && seen.add(at)) {
            long head = Decoder.little(config, at, 4);
            int id = (int) (head & 0xffff);
            if (head == 0 || head == 0xffffffffL) {
                return;
            }
            found.put(at, catalogue.capability(true, id).orElse(unknown(true, id)));
            at = (int) (head >> 20) & 0xffc;
        }
    }

    private int limit(List<Integer> starts, int at) {
        int end = at < EXTENDED ? Math.min(EXTENDED, config.length) : config.length;
        for (int start : starts) {
            if (start > at) {
                end = Math.min(end, start);
            }
        }
        return end;
    }

    private Decoded capability(CapabilitySpec spec, int at, int limit) {
        int word = at + 4 <= limit ? (int) Decoder.little(config, at + 2, 2) : 0;
        StructureSpec layout = spec.structure(word).orElseGet(() -> head(spec));
        int length = Math.min(layout.bytes(), limit - at);
        int number = names.merge(spec.name(), 1, Integer::sum);
        return Decoder.part(layout, config, at, length, number == 1 ? spec.name() : spec.name() + number);
    }

    /** A capability whose layout is not described shows its head alone. */
    private static StructureSpec head(CapabilitySpec spec) {
        int bytes = spec.extended() ? 4 : 2;
        return new StructureSpec(
                "pci-cap-" + spec.name(),
                spec.title(),
                bytes,
                spec.ref(),
                "",
                FieldSpecs.fillBytes(List.of(), bytes, REF));
    }

    private static CapabilitySpec unknown(boolean extended, int id) {
        String name = (extended ? "EXT" : "CAP") + String.format("%02X", id);
        String title = (extended ? "Extended capability " : "Capability ") + Texts.hex(id, extended ? 4 : 2);
        return new CapabilitySpec(extended, id, name, title, Map.of(), 0, REF);
    }

    private List<Decoded> gaps(List<Decoded> nodes) {
        List<Decoded> gaps = new ArrayList<>();
        List<Decoded> sorted = new ArrayList<>(nodes);
        sorted.sort(Comparator.comparingInt(Decoded::byteOffset));
        int next = 0;
        for (Decoded node : sorted) {
            gap(gaps, next, node.byteOffset());
            next = Math.max(next, node.byteOffset() + node.byteLength());
        }
        gap(gaps, next, config.length);
        return gaps;
    }

    private void gap(List<Decoded> gaps, int from, int to) {
        if (from >= to) {
            return;
        }
        String name = String.format("device_%03x", from);
        FieldSpec spec = new FieldSpec(
                name,
                "Device specific",
                from,
                to - from,
                -1,
                -1,
                FieldSpec.Type.BYTES,
                FieldSpec.Access.NONE,
                "",
                1,
                Map.of(),
                List.of(),
                FieldSpec.Repeat.ONCE,
                "In no capability.",
                REF,
                false);
        gaps.add(new Decoded(spec, null, name, name, config, 0, from, to - from));
    }
}
