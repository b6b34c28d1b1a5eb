package dev.doorbell.spec;

import com.fasterxml.jackson.databind.JsonNode;
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
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads fields. A key says where and what ({@code 257:256 OACS}, {@code 383:128 LBAF[64]}, {@code 32.. LIST[]}), the value
 * is {@code Title | type | text} or a map of these; docs/catalogue.md tells the whole notation.
 */
final class FieldReader {
    private static final Pattern BYTES = Pattern.compile("(\\w+)(?::(\\w+)|(\\.\\.))? ([^\\[\\s]+)(?:\\[(\\d*)])?");
    private static final Pattern BAR = Pattern.compile(" \\| ?");
    private static final Pattern SPACES = Pattern.compile(" +");
    private static final Pattern DIGITS = Pattern.compile("\\d+");
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
    List<FieldSpec> members(JsonNode fields, int bytes, Access access, SpecRef ref) {
        List<FieldSpec> all = new ArrayList<>();
        fields.properties().forEach(e -> all.add(member(e.getKey(), e.getValue(), access, ref)));
        return FieldSpecs.fillBytes(all, bytes, ref);
    }

    private FieldSpec member(String key, JsonNode node, Access inherited, SpecRef inheritedRef) {
        Matcher at = BYTES.matcher(key);
        if (!at.matches()) {
            throw new CatalogueException("\"" + key + "\" is to be \"high:low NAME\", such as \"3:2 SSVID\"");
        }
        boolean array = at.group(5) != null;
        boolean open = at.group(3) != null;
        int high = integer(at.group(1));
        int low = at.group(2) == null ? high : integer(at.group(2));
        int length = open ? 0 : high - low + 1;
        SpecRef ref = ref(node, inheritedRef);
        int count = !array ? 1 : at.group(5).isEmpty() ? -1 : integer(at.group(5));
        int each = array ? node.path("each").asInt(open || count < 0 ? 0 : length / Math.max(count, 1)) : length;
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
                ? new Repeat(
                        count,
                        each,
                        node.path("length").asText(""),
                        node.path("lengthScale").asInt(1),
                        type)
                : Repeat.ONCE;
        // Bits stand relative to their own word, so that elements of arrays can share them.
        return new FieldSpec(
                at.group(4),
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
    List<FieldSpec> bits(JsonNode bits, int offset, int bytes, Access inherited, SpecRef inheritedRef) {
        List<FieldSpec> all = new ArrayList<>();
        bits.properties().forEach(e -> {
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
            JsonNode node,
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
            List<String> words = new ArrayList<>(List.of(SPACES.split(part)));
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
            if (!words.isEmpty() && DIGITS.matcher(words.getFirst()).matches()) {
                scale = Long.parseLong(words.removeFirst());
            }
            unit = String.join(" ", words);
        }
        if (type == null) {
            type = !values.isEmpty() ? Type.ENUM : bits > 64 ? Type.BYTES : Type.HEX;
        }
        return new Kind(access, type, scale, unit, values, reserved);
    }

    private Map<Long, String> values(JsonNode node, Kind kind) {
        if (!node.has("values")) {
            return Collections.unmodifiableMap(new TreeMap<>(kind.values()));
        }
        Map<Long, String> values = new TreeMap<>(kind.values());
        JsonNode given = node.get("values");
        if (given.isTextual()) {
            values.putAll(table(given.asText()));
        } else {
            given.properties()
                    .forEach(e -> value(values, e.getKey() + " " + e.getValue().asText()));
        }
        return Collections.unmodifiableMap(values);
    }

    /** Adds "3 text", "0x10 text", "010b text" or "0xc0-0xff text"; {n} in a range's text is the number. */
    static void value(Map<Long, String> values, String part) {
        int space = part.indexOf(' ');
        if (space < 0) {
            throw new CatalogueException("\"" + part + "\" is to be a number and its meaning");
        }
        String[] range = part.substring(0, space).split("-");
        String text = part.substring(space + 1).strip();
        long last = number(range[range.length - 1]);
        for (long v = number(range[0]); v <= last; v++) {
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
    static String segment(JsonNode node, String key, int index) {
        if (node.isObject() && (index == 0 || node.has(key))) {
            String text = node.path(key).asText("");
            return index == 0 ? text.split("\\|")[0].strip() : text.strip();
        }
        String whole = node.isObject() ? node.path("title").asText("") : node.asText();
        String[] parts = BAR.split(whole, 3);
        return index < parts.length ? parts[index].strip() : "";
    }

    static SpecRef ref(JsonNode node, SpecRef inherited) {
        return node.isObject() && node.has("ref") ? ref(node.get("ref").asText()) : inherited;
    }

    static SpecRef ref(String text) {
        String[] parts = text.split(" *§");
        String document = switch (parts[0]) {
            case "Base" -> "NVMe Base 2.0c";
            case "NVM" -> "NVM Command Set 1.0c";
            case "PCIe" -> "PCI Express Base 5.0";
            case "PCI" -> "PCI Local Bus 3.0";
            case "PM" -> "PCI Power Management 1.2";
            case "Transport" -> "NVMe over PCIe 1.0c";
            default -> parts[0];
        };
        return new SpecRef(document, parts.length > 1 ? parts[1] : "");
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
