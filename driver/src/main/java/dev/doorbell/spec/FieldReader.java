package dev.doorbell.spec;

import dev.doorbell.spec.FieldSpec.Access;
import dev.doorbell.spec.FieldSpec.Repeat;
import dev.doorbell.spec.FieldSpec.Type;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Reads fields. A key says where and what ({@code 257:256 OACS}, {@code 383:128 LBAF[64]}, {@code 32.. LIST[]}), the value
 * is {@code Title | type | text} or a map of these; docs/catalogue.md tells the whole notation.
 */
final class FieldReader {
    private static final Map<String, Type> TYPES = types();
    private static final Map<String, Map<Long, String>> FLAGS = Map.of(
            "supported", flag("not supported", "supported"),
            "yes", flag("no", "yes"),
            "enabled", flag("disabled", "enabled"),
            "on", flag("off", "on"));

    private final Map<String, Map<Long, String>> tables;

    FieldReader(Map<String, Map<Long, String>> tables) {
        this.tables = tables;
    }

    /** What the part after the first bar says: access, type, scale, unit, values. */
    record Kind(Access access, Type type, long scale, String unit, Map<Long, String> values, boolean reserved) {}

    /** Members of a structure, gaps filled. */
    List<FieldSpec> members(YamlNode fields, int bytes, Access access, SpecRef ref) {
        List<FieldSpec> all = new ArrayList<>();
        fields.entries().forEach((key, node) -> all.add(member(key, node, access, ref)));
        return FieldSpecs.fillBytes(all, bytes, ref);
    }

    private FieldSpec member(String key, YamlNode node, Access inherited, SpecRef inheritedRef) {
        int space = key.indexOf(' ');
        if (space < 1 || key.indexOf(' ', space + 1) >= 0) {
            throw new CatalogueException("\"" + key + "\" is to be \"high:low NAME\", such as \"3:2 SSVID\"");
        }
        String place = key.substring(0, space);
        int bracket = key.indexOf('[', space);
        boolean array = bracket >= 0 && key.endsWith("]");
        String name = array ? key.substring(space + 1, bracket) : key.substring(space + 1);
        boolean open = place.endsWith("..");
        int colon = place.indexOf(':');
        int high =
                integer(open ? place.substring(0, place.length() - 2) : colon < 0 ? place : place.substring(0, colon));
        int low = colon < 0 ? high : integer(place.substring(colon + 1));
        int length = open ? 0 : high - low + 1;
        SpecRef ref = ref(node, inheritedRef);
        String times = array ? key.substring(bracket + 1, key.length() - 1) : "1";
        int count = times.isEmpty() ? -1 : integer(times);
        int each = array ? node.integer("each", open || count < 0 ? 0 : length / Math.max(count, 1)) : length;
        Kind kind = kind(segment(node, "type", 1), array ? each * 8 : length * 8, inherited);
        List<FieldSpec> fields = List.of();
        Type type = kind.type();
        if (node.has("bits")) {
            fields = bits(node.get("bits"), 0, each, kind.access(), ref);
            type = node.has("type") || !segment(node, "type", 1).isEmpty() ? kind.type() : Type.FLAGS;
        } else if (node.has("fields")) {
            fields = members(node.get("fields"), each, kind.access(), ref);
            type = Type.STRUCT;
        }
        Repeat repeat = array
                ? new Repeat(count, each, node.text("length", ""), node.integer("lengthScale", 1), type)
                : Repeat.ONCE;
        // Bits stand relative to their own word, so that elements of arrays can share them.
        return new FieldSpec(
                name,
                segment(node, "title", 0),
                low,
                length,
                -1,
                -1,
                array ? Type.ARRAY : type,
                kind.access(),
                kind.unit(),
                kind.scale(),
                values(node, kind),
                fields,
                repeat,
                segment(node, "text", 2),
                ref,
                kind.reserved());
    }

    /** Bit fields of a word, gaps filled; the word stands at offset. */
    List<FieldSpec> bits(YamlNode bits, int offset, int bytes, Access inherited, SpecRef inheritedRef) {
        List<FieldSpec> all = new ArrayList<>();
        bits.entries().entrySet().forEach(e -> {
            int space = e.getKey().indexOf(' ');
            String[] range = e.getKey().substring(0, space).split(":");
            int high = integer(range[0]);
            int low = range.length == 1 ? high : integer(range[1]);
            all.add(bit(
                    e.getKey().substring(space + 1), low, high, e.getValue(), offset, bytes, inherited, inheritedRef));
        });
        return FieldSpecs.fillBits(all, offset, bytes, inherited, inheritedRef);
    }

    FieldSpec bit(
            String name,
            int low,
            int high,
            YamlNode node,
            int offset,
            int bytes,
            Access inherited,
            SpecRef inheritedRef) {
        Kind kind = kind(segment(node, "type", 1), high - low + 1, inherited);
        return new FieldSpec(
                name,
                segment(node, "title", 0),
                offset,
                bytes,
                low,
                high,
                kind.type() == Type.HEX && segment(node, "type", 1).isEmpty() && node.has("values")
                        ? Type.ENUM
                        : kind.type(),
                kind.access(),
                kind.unit(),
                kind.scale(),
                values(node, kind),
                List.of(),
                Repeat.ONCE,
                segment(node, "text", 2),
                ref(node, inheritedRef),
                kind.reserved());
    }

    /** Reads {@code [access] [type] [scale] [unit]; value text; …; = table}. */
    Kind kind(String text, int bits, Access inherited) {
        Access access = inherited;
        Type type = null;
        long scale = 1;
        String unit = "";
        boolean reserved = false;
        Map<Long, String> values = new LinkedHashMap<>();
        for (String piece : text.split(";")) {
            String part = piece.strip();
            if (part.startsWith("=")) {
                values.putAll(table(part.substring(1).strip()));
                continue;
            }
            if (!part.isEmpty() && Character.isDigit(part.charAt(0))) {
                value(values, part);
                continue;
            }
            List<String> words = new ArrayList<>(List.of(part.split(" ")));
            if (access(words.getFirst()) != null) {
                access = access(words.removeFirst());
            }
            if (!words.isEmpty() && words.getFirst().equals("reserved")) {
                reserved = true;
                words.removeFirst();
            }
            if (!words.isEmpty() && FLAGS.containsKey(words.getFirst())) {
                values.putAll(FLAGS.get(words.removeFirst()));
            } else if (!words.isEmpty() && TYPES.containsKey(words.getFirst())) {
                type = TYPES.get(words.removeFirst());
            }
            if (!words.isEmpty() && digits(words.getFirst())) {
                scale = Long.parseLong(words.removeFirst());
            }
            unit = String.join(" ", words);
        }
        if (type == null) {
            type = !values.isEmpty() ? Type.ENUM : bits > 64 ? Type.BYTES : Type.HEX;
        }
        return new Kind(access, type, scale, unit, values, reserved);
    }

    private Map<Long, String> values(YamlNode node, Kind kind) {
        if (!node.has("values")) {
            return Collections.unmodifiableMap(new TreeMap<>(kind.values()));
        }
        Map<Long, String> values = new TreeMap<>(kind.values());
        YamlNode given = node.get("values");
        if (!given.isMap()) {
            values.putAll(table(given.text()));
        } else {
            given.entries().forEach((key, text) -> value(values, key, text.text()));
        }
        return Collections.unmodifiableMap(values);
    }

    /** Adds "3 text", "0x10 text", "010b text" or "0xc0-0xff text"; {n} in a range's text is the number. */
    static void value(Map<Long, String> values, String part) {
        int space = part.indexOf(' ');
        if (space < 0) {
            throw new CatalogueException("\"" + part + "\" is to be a number and its meaning");
        }
        value(values, part.substring(0, space), part.substring(space + 1).strip());
    }

    static void value(Map<Long, String> values, String numbers, String text) {
        int dash = numbers.indexOf('-');
        if (dash < 0) {
            values.put(number(numbers), text);
            return;
        }
        long last = number(numbers.substring(dash + 1));
        for (long v = number(numbers.substring(0, dash)); v <= last; v++) {
            values.put(v, text.replace("{n}", Long.toString(v)));
        }
    }

    private Map<Long, String> table(String name) {
        Map<Long, String> table = tables.get(name);
        if (table == null) {
            throw new CatalogueException("no table of values is named " + name);
        }
        return table;
    }

    /** A value's title, type or text: from a map by key, from "a | b | c" by position. */
    static String segment(YamlNode node, String key, int index) {
        if (node.isMap() && (index == 0 || node.has(key))) {
            String text = node.text(key, "");
            return index == 0 ? text.split("\\|")[0].strip() : text.strip();
        }
        String whole = node.isMap() ? node.text("title", "") : node.text();
        int from = 0;
        for (int i = 0; i < index; i++) {
            int bar = whole.indexOf(" |", from);
            if (bar < 0) {
                return "";
            }
            from = bar + 2;
        }
        int end = index == 2 ? -1 : whole.indexOf(" |", from);
        return whole.substring(from, end < 0 ? whole.length() : end).strip();
    }

    static SpecRef ref(YamlNode node, SpecRef inherited) {
        return node.isMap() && node.has("ref") ? ref(node.text("ref", "")) : inherited;
    }

    static SpecRef ref(String text) {
        int mark = text.indexOf('§');
        String given = (mark < 0 ? text : text.substring(0, mark)).strip();
        String document = switch (given) {
            case "Base" -> "NVMe Base 2.0c";
            case "NVM" -> "NVM Command Set 1.0c";
            case "PCIe" -> "PCI Express Base 5.0";
            case "PCI" -> "PCI Local Bus 3.0";
            case "PM" -> "PCI Power Management 1.2";
            case "Transport" -> "NVMe over PCIe 1.0c";
            default -> given;
        };
        return new SpecRef(document, mark < 0 ? "" : text.substring(mark + 1));
    }

    private static boolean digits(String word) {
        for (int i = 0; i < word.length(); i++) {
            if (!Character.isDigit(word.charAt(i))) {
                return false;
            }
        }
        return !word.isEmpty();
    }

    static int integer(String text) {
        return (int) number(text);
    }

    static long number(String text) {
        if (text.startsWith("0x")) {
            return Long.parseUnsignedLong(text.substring(2), 16);
        }
        return text.endsWith("b") ? Long.parseLong(text.substring(0, text.length() - 1), 2) : Long.parseLong(text);
    }

    static Access access(String word) {
        return switch (word) {
            case "ro" -> Access.RO;
            case "rw" -> Access.RW;
            case "w1c" -> Access.W1C;
            case "w1s" -> Access.W1S;
            case "rws" -> Access.RWS;
            default -> null;
        };
    }

    private static Map<Long, String> flag(String zero, String one) {
        return Map.of(0L, zero, 1L, one);
    }

    private static Map<String, Type> types() {
        Map<String, Type> types = new HashMap<>();
        types.put("uint", Type.UINT);
        types.put("counter", Type.UINT128);
        types.put("hex", Type.HEX);
        types.put("flags", Type.FLAGS);
        types.put("enum", Type.ENUM);
        types.put("ascii", Type.ASCII);
        types.put("bytes", Type.BYTES);
        types.put("uuid", Type.UUID);
        types.put("kelvin", Type.KELVIN);
        types.put("pow2", Type.POWER_OF_TWO);
        types.put("sizepow2", Type.SIZE_POWER_OF_TWO);
        types.put("size", Type.SIZE);
        types.put("time", Type.TIME);
        types.put("count0", Type.COUNT0);
        types.put("version", Type.VERSION);
        types.put("oui", Type.OUI);
        types.put("eui", Type.EUI);
        types.put("identifier", Type.IDENTIFIER);
        types.put("address", Type.ADDRESS);
        types.put("timestamp", Type.TIMESTAMP);
        types.put("power", Type.POWER);
        return Map.copyOf(types);
    }
}
