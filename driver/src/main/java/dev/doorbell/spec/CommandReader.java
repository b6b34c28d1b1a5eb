package dev.doorbell.spec;

import dev.doorbell.spec.CommandSpec.Asking;
import dev.doorbell.spec.CommandSpec.Danger;
import dev.doorbell.spec.CommandSpec.DataDirection;
import dev.doorbell.spec.CommandSpec.DataSize;
import dev.doorbell.spec.CommandSpec.DwordField;
import dev.doorbell.spec.CommandSpec.NsidUse;
import dev.doorbell.spec.CommandSpec.Queue;
import dev.doorbell.spec.FieldSpec.Access;
import dev.doorbell.spec.FieldSpec.Repeat;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads commands and their dword fields. */
final class CommandReader {
    private static final Pattern PLACE = Pattern.compile(
            "CDW(\\d+)(?: (\\d+)(?::(\\d+))?)?(?: \\+ CDW(\\d+)(?: (\\d+)(?::(\\d+))?)?)? ([A-Za-z]\\w*)");

    private final FieldReader fields;
    private final Map<String, StructureSpec> structures;
    private final Map<Long, IdentifySpec> identifies;
    private final Map<Integer, LogPageSpec> logs;
    private final Map<Integer, FeatureSpec> features;
    private final boolean lazy;

    CommandReader(
            FieldReader fields,
            Map<String, StructureSpec> structures,
            Map<Long, IdentifySpec> identifies,
            Map<Integer, LogPageSpec> logs,
            Map<Integer, FeatureSpec> features,
            boolean lazy) {
        this.fields = fields;
        this.structures = structures;
        this.identifies = identifies;
        this.logs = logs;
        this.features = features;
        this.lazy = lazy;
    }

    StructureSpec structure(String id) {
        StructureSpec spec = structures.get(id);
        if (spec == null) {
            throw new CatalogueException("no structure is named " + id);
        }
        return spec;
    }

    /** Key: {@code admin 0x02 Get Log Page}. */
    CommandSpec command(String key, YamlNode node) {
        String[] parts = key.split(" ", 3);
        SpecRef ref = CatalogueReader.ref(node);
        Queue queue = Queue.valueOf(parts[0].toUpperCase(Locale.ROOT));
        String[] at = node.text("danger", "none").split(" ", 2);
        Danger danger = Danger.valueOf(at[0].toUpperCase(Locale.ROOT));
        boolean destroys = node.has("destroys");
        if (destroys && danger == Danger.NONE) {
            throw new CatalogueException("destroys says what, danger is to say whether it is data or the device");
        }
        Asking asking = destroys ? Asking.ALWAYS : danger == Danger.DATA ? Asking.REAL : Asking.NEVER;
        List<String> selectors = new ArrayList<>();
        Map<Long, StructureSpec> data = new HashMap<>();
        structuresOf(node, selectors, data);
        return new CommandSpec(
                queue,
                FieldReader.integer(parts[1]),
                parts[2],
                node.text("title", ""),
                node.text("set", queue == Queue.ADMIN ? "Admin" : "NVM"),
                direction(node.text("data", "none")),
                NsidUse.valueOf(
                        node.text("nsid", "none").toUpperCase(Locale.ROOT).replace(' ', '_')),
                danger,
                asking,
                node.text("destroys", at.length > 1 ? at[1] : ""),
                dwordFields(node.get("fields"), ref),
                size(node.text("size", "none")),
                List.copyOf(selectors),
                Map.copyOf(data),
                node.text("details", ""),
                ref,
                node.text("text", ""));
    }

    List<DwordField> dwordFields(YamlNode node, SpecRef ref) {
        return CatalogueReader.list(
                lazy,
                () -> node.entries().entrySet().stream()
                        .map(e -> dwordField(e.getKey(), e.getValue(), ref))
                        .toList());
    }

    DwordField dwordField(String key, YamlNode node, SpecRef ref) {
        Matcher at = PLACE.matcher(key);
        if (!at.matches()) {
            throw new CatalogueException("\"" + key + "\" is to be \"CDW10 31:16 NAME\" or \"CDW10 + CDW11 NAME\"");
        }
        int high = at.group(2) == null ? 31 : FieldReader.integer(at.group(2));
        int low = at.group(2) == null ? 0 : at.group(3) == null ? high : FieldReader.integer(at.group(3));
        boolean split = at.group(4) != null;
        int high2 = !split ? 0 : at.group(5) == null ? 31 : FieldReader.integer(at.group(5));
        int low2 = !split || at.group(5) == null ? 0 : at.group(6) == null ? high2 : FieldReader.integer(at.group(6));
        int width = high - low + 1 + (split ? high2 - low2 + 1 : 0);
        int dword = FieldReader.integer(at.group(1));
        String name = at.group(7);
        FieldSpec spec = width == 64 || width == 32
                ? word(name, dword, width, node, ref)
                : fields.bit(name, 0, width - 1, node, dword * 4, width > 32 ? 8 : 4, Access.NONE, ref);
        return new DwordField(
                name,
                spec.title(),
                dword,
                low,
                high,
                spec,
                split ? OptionalInt.of(FieldReader.integer(at.group(4))) : OptionalInt.empty(),
                low2,
                high2);
    }

    private FieldSpec word(String name, int dword, int width, YamlNode node, SpecRef ref) {
        FieldSpec b = fields.bit(name, 0, width - 1, node, dword * 4, width / 8, Access.NONE, ref);
        return new FieldSpec(
                name,
                b.title(),
                b.byteOffset(),
                b.byteLength(),
                -1,
                -1,
                b.type(),
                b.access(),
                b.unit(),
                b.scale(),
                b.values(),
                b.fields(),
                Repeat.ONCE,
                b.text(),
                b.ref(),
                b.reserved());
    }

    /** The fields of CDW11 as bits of the word that Get Features returns. */
    List<FieldSpec> asResult(List<DwordField> set) {
        List<FieldSpec> bits = new ArrayList<>();
        for (DwordField f : set) {
            if (f.dword() == 11 && f.dword2().isEmpty()) {
                bits.add(FieldSpecs.bits(f.spec(), 0, Integer.BYTES, f.bitLow(), f.bitHigh()));
            }
        }
        return bits;
    }

    private static DataDirection direction(String text) {
        return switch (text) {
            case "none" -> DataDirection.NONE;
            case "out" -> DataDirection.HOST_TO_DEVICE;
            case "in" -> DataDirection.DEVICE_TO_HOST;
            case "both" -> DataDirection.BOTH;
            default -> throw new CatalogueException("data is none, in, out or both, not " + text);
        };
    }

    /** {@code fixed 4096}, {@code dwords0 NUMD}, {@code items0 NR 16}, …, {@code fixed 4096 unless SEL 1} */
    private static DataSize size(String text) {
        String[] halves = text.split(" unless ");
        String[] parts = halves[0].split(" ");
        String[] unless = halves.length > 1 ? halves[1].split(" ") : new String[] {"", "0"};
        DataSize.Rule rule = DataSize.Rule.valueOf(parts[0].toUpperCase(Locale.ROOT));
        String field = switch (rule) {
            case DWORDS0, BYTES, BLOCKS0, ITEMS0, ITEMS -> parts[1];
            case NONE, FIXED, STRUCTURE, UNKNOWN -> "";
        };
        int bytes = switch (rule) {
            case FIXED -> FieldReader.integer(parts[1]);
            case ITEMS0, ITEMS -> FieldReader.integer(parts[2]);
            case NONE, DWORDS0, BYTES, BLOCKS0, STRUCTURE, UNKNOWN -> 0;
        };
        return new DataSize(rule, field, bytes, unless[0], FieldReader.number(unless[1]));
    }

    private void structuresOf(YamlNode node, List<String> selectors, Map<Long, StructureSpec> data) {
        String from = node.text("structures", "");
        switch (from) {
            case "identify" -> {
                selectors.addAll(List.of("CNS", "CSI"));
                identifies
                        .values()
                        .forEach(i -> i.structure()
                                .ifPresent(s ->
                                        data.put(i.cns() | (i.csi() < 0 ? CommandSpec.ANY : (long) i.csi() << 8), s)));
            }
            case "logs" -> {
                selectors.add("LID");
                logs.values().forEach(l -> l.structure().ifPresent(s -> data.put((long) l.lid(), s)));
            }
            case "features" -> {
                selectors.add("FID");
                boolean sets = direction(node.text("data", "")) == DataDirection.HOST_TO_DEVICE;
                features.values().stream()
                        .filter(f -> f.setsData() || !sets)
                        .forEach(f -> f.dataStructure().ifPresent(s -> data.put((long) f.fid(), s)));
            }
            case "" -> {
                if (node.has("structure")) {
                    data.put(0L, structure(node.text("structure", "")));
                }
            }
            default -> chosen(from, selectors, data);
        }
    }

    /** {@code DTYPE DOPER = 0.1 one; 1.1 other}: one or two fields, and the structure for their values. */
    private void chosen(String text, List<String> selectors, Map<Long, StructureSpec> data) {
        String[] parts = text.split(" = ", 2);
        List<String> names = List.of(parts[0].split(" "));
        if (parts.length < 2 || names.size() > 2) {
            throw new CatalogueException(
                    "structures is identify, logs, features or \"FIELD[ FIELD] = value[.value] id; ...\", not " + text);
        }
        selectors.addAll(names);
        for (String choice : parts[1].split(";")) {
            String[] at = choice.strip().split(" ", 2);
            String[] values = at[0].split("\\.");
            if (at.length < 2 || values.length != names.size()) {
                throw new CatalogueException("structures has a value for each of " + names + ", not " + choice.strip());
            }
            long key = FieldReader.integer(values[0])
                    | (values.length > 1 ? (long) FieldReader.integer(values[1]) << 8 : 0);
            data.put(key, structure(at[1].strip()));
        }
    }
}
