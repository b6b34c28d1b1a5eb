package dev.doorbell.spec;

import dev.doorbell.spec.FieldSpec.Access;
import dev.doorbell.spec.FieldSpec.Repeat;
import dev.doorbell.spec.FieldSpec.Type;
import dev.doorbell.spec.StatusCodes.Status;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

/** Reads catalogue files. Tables and structures come first, so that files may refer to each other in any order. */
final class CatalogueReader {
    private static final List<String> FILES =
            List.of("tables", "registers", "identify", "logs", "features", "commands", "status", "pci");

    private final Map<String, Map<Long, String>> tables = new HashMap<>();
    private final Map<String, StructureSpec> structures = new LinkedHashMap<>();
    private final Map<String, RegisterSpec> registers = new LinkedHashMap<>();
    private final Map<Integer, FeatureSpec> features = new TreeMap<>();
    private final Map<Integer, LogPageSpec> logs = new TreeMap<>();
    private final Map<Long, IdentifySpec> identifies = new TreeMap<>();
    private final Map<Integer, CapabilitySpec> capabilities = new TreeMap<>();
    private final Map<Integer, CommandSpec> commands = new TreeMap<>();
    private final List<CommandSpec.DwordField> common = new ArrayList<>();
    private final Map<Integer, Status> statuses = new TreeMap<>();
    private final FieldReader fields = new FieldReader(tables);
    private final CommandReader commandReader;
    private final boolean lazy;

    private CatalogueReader(boolean lazy) {
        this.lazy = lazy;
        commandReader = new CommandReader(fields, structures, identifies, logs, features, lazy);
    }

    /**
     * Reads files all at once, so that each error in them is told.
     *
     * @throws CatalogueException at the first entry that is wrong
     */
    static Catalogue read(Collection<YamlNode> files) {
        return new CatalogueReader(false).all(files);
    }

    /** Reads the bundled files; what is within an entry is resolved when somebody looks at it. */
    static Catalogue standard() {
        return new CatalogueReader(true)
                .all(FILES.stream().map(CatalogueReader::bundled).toList());
    }

    static <T> List<T> list(boolean lazy, Supplier<List<T>> source) {
        return lazy ? new LazyList<>(source) : source.get();
    }

    private static YamlNode bundled(String name) {
        InputStream in = CatalogueReader.class.getResourceAsStream(name + ".yaml");
        if (in == null) {
            throw new CatalogueException(name + ".yaml is missing beside the catalogue's classes");
        }
        return YamlNode.read(in);
    }

    private Catalogue all(Collection<YamlNode> files) {
        files.forEach(file -> each(file, "tables", this::table));
        files.forEach(file -> each(file, "structures", this::structure));
        files.forEach(file -> each(file, "registers", this::register));
        files.forEach(file -> each(file, "identify", this::identify));
        files.forEach(file -> each(file, "logs", this::log));
        files.forEach(file -> each(file, "features", this::feature));
        numbers();
        files.forEach(file -> each(file, "capabilities", (k, n) -> capability(k, n, false)));
        files.forEach(file -> each(file, "extendedCapabilities", (k, n) -> capability(k, n, true)));
        files.forEach(file -> each(file, "statuses", this::status));
        files.forEach(file -> each(file, "common", (k, n) -> common.add(commandReader.dwordField(k, n, SQE))));
        files.forEach(file -> each(file, "commands", (k, n) -> {
            CommandSpec command = commandReader.command(k, n);
            unique(commands, command.queue().ordinal() << 8 | command.opcode(), command, k);
        }));
        return new Catalogue(
                List.copyOf(files),
                List.copyOf(structures.values()),
                List.copyOf(registers.values()),
                List.copyOf(commands.values()),
                List.copyOf(common),
                List.copyOf(features.values()),
                List.copyOf(logs.values()),
                List.copyOf(identifies.values()),
                List.copyOf(capabilities.values()),
                new StatusCodes(List.copyOf(statuses.values())));
    }

    private static final SpecRef SQE = new SpecRef("NVMe Base 2.0c", "3.3.3.1");

    private static void each(YamlNode file, String section, BiConsumer<String, YamlNode> reader) {
        file.get(section).entries().forEach((key, node) -> {
            try {
                reader.accept(key, node);
            } catch (RuntimeException wrong) {
                throw new CatalogueException(section + ", \"" + key + "\": " + wrong.getMessage(), wrong);
            }
        });
    }

    private static <K, V> void unique(Map<K, V> map, K key, V value, String name) {
        if (map.put(key, value) != null) {
            throw new CatalogueException(name + " stands twice");
        }
    }

    private void table(String name, YamlNode node) {
        Map<Long, String> table = new TreeMap<>();
        node.entries().forEach((key, text) -> FieldReader.value(table, key, text.text()));
        unique(tables, name, table, name);
    }

    /** Makes tables of the numbers that the catalogue itself names, for fields that choose among them. */
    private void numbers() {
        Map<Long, String> cns = new TreeMap<>();
        identifies.values().forEach(i -> cns.merge((long) i.cns(), i.title(), CatalogueReader::common));
        Map<Long, String> lid = new TreeMap<>();
        logs.values().forEach(l -> lid.put((long) l.lid(), l.title()));
        Map<Long, String> fid = new TreeMap<>();
        features.values().forEach(f -> fid.put((long) f.fid(), f.title()));
        unique(tables, "identify", cns, "identify");
        unique(tables, "logs", lid, "logs");
        unique(tables, "features", fid, "features");
    }

    /** What two titles begin and end with, with dots where they differ. */
    static String common(String a, String b) {
        int length = Math.min(a.length(), b.length());
        int head = 0;
        while (head < length && a.charAt(head) == b.charAt(head)) {
            head++;
        }
        head = a.lastIndexOf(' ', Math.min(head, a.length() - 1)) + 1;
        int tail = 0;
        while (tail < length - head && a.charAt(a.length() - 1 - tail) == b.charAt(b.length() - 1 - tail)) {
            tail++;
        }
        String end = a.substring(a.length() - tail);
        return a.substring(0, head) + "…" + (end.indexOf(' ') < 0 ? "" : end.substring(end.indexOf(' ')));
    }

    private void structure(String id, YamlNode node) {
        SpecRef ref = ref(node);
        int bytes = node.integer("bytes", 0);
        unique(
                structures,
                id,
                new StructureSpec(
                        id,
                        node.text("title", id),
                        bytes,
                        ref,
                        node.text("text", ""),
                        list(lazy, () -> fields.members(node.get("fields"), bytes, Access.NONE, ref))),
                id);
    }

    static SpecRef ref(YamlNode node) {
        if (!node.has("ref")) {
            throw new CatalogueException("ref is missing");
        }
        return FieldReader.ref(node.text("ref", ""));
    }

    /** Key: {@code 0x14 CC}; eight bytes with {@code bytes: 8}. */
    private void register(String key, YamlNode node) {
        String[] parts = key.split(" ");
        int offset = FieldReader.integer(parts[0]);
        int bytes = node.integer("bytes", 4);
        SpecRef ref = ref(node);
        FieldReader.Kind kind = fields.kind(FieldReader.segment(node, "type", 1), bytes * 8, Access.RO);
        List<FieldSpec> bits = node.has("bits")
                ? list(lazy, () -> fields.bits(node.get("bits"), offset, bytes, kind.access(), ref))
                : List.of();
        FieldSpec field = new FieldSpec(
                parts[1],
                FieldReader.segment(node, "title", 0),
                offset,
                bytes,
                -1,
                -1,
                !node.has("bits") || kind.type() == Type.VERSION ? kind.type() : Type.FLAGS,
                kind.access(),
                kind.unit(),
                kind.scale(),
                kind.values(),
                bits,
                Repeat.ONCE,
                node.text("text", ""),
                ref,
                false);
        unique(registers, parts[1], new RegisterSpec(field), key);
    }

    /** Key: {@code 0x05.0x00 NAME} with a command set, {@code 0x01 NAME} without. */
    private void identify(String key, YamlNode node) {
        String[] numbers = key.split(" ")[0].split("\\.");
        int cns = FieldReader.integer(numbers[0]);
        int csi = numbers.length > 1 ? FieldReader.integer(numbers[1]) : -1;
        IdentifySpec spec = new IdentifySpec(
                cns,
                csi,
                key.substring(key.indexOf(' ') + 1),
                node.text("title", ""),
                node.flag("nsid"),
                node.flag("cntid"),
                structureOf(node),
                ref(node),
                node.text("text", ""));
        unique(identifies, (long) cns << 16 | csi + 1, spec, key);
    }

    private List<StructureSpec> structureOf(YamlNode node) {
        return node.has("structure") ? List.of(commandReader.structure(node.text("structure", ""))) : List.of();
    }

    private void log(String key, YamlNode node) {
        String[] parts = key.split(" ");
        int lid = FieldReader.integer(parts[0]);
        List<StructureSpec> structure = structureOf(node);
        LogPageSpec spec = new LogPageSpec(
                lid,
                parts[1],
                node.text("title", ""),
                node.flag("nsid") || node.text("nsid", "").equals("only"),
                node.text("nsid", "").equals("only"),
                node.integer(
                        "bytes",
                        structure.isEmpty() ? 512 : structure.getFirst().bytes()),
                structure,
                node.text("lsp", ""),
                node.text("lsi", ""),
                ref(node),
                node.text("text", ""));
        unique(logs, lid, spec, key);
    }

    private void feature(String key, YamlNode node) {
        String[] parts = key.split(" ");
        int fid = FieldReader.integer(parts[0]);
        SpecRef ref = ref(node);
        List<CommandSpec.DwordField> set = commandReader.dwordFields(node.get("fields"), ref);
        List<FieldSpec> bits = list(
                lazy,
                () -> node.has("result")
                        ? fields.bits(node.get("result"), 0, 4, Access.NONE, ref)
                        : FieldSpecs.fillBits(commandReader.asResult(set), 0, 4, Access.NONE, ref));
        FieldSpec result = new FieldSpec(
                parts[1],
                node.text("title", ""),
                0,
                4,
                -1,
                -1,
                Type.FLAGS,
                Access.NONE,
                "",
                1,
                Map.of(),
                bits,
                Repeat.ONCE,
                node.text("text", ""),
                ref,
                false);
        FeatureSpec spec = new FeatureSpec(
                fid,
                parts[1],
                node.text("title", ""),
                node.flag("nsid"),
                set,
                result,
                structureOf(node),
                !node.text("data", "both").equals("in"),
                node.text("destroys", ""),
                ref,
                node.text("text", ""));
        unique(features, fid, spec, key);
    }

    private void capability(String key, YamlNode node, boolean extended) {
        String[] parts = key.split(" ");
        int id = FieldReader.integer(parts[0]);
        SpecRef ref = ref(node);
        Map<Integer, StructureSpec> layouts = new TreeMap<>();
        int mask = node.has("mask") ? FieldReader.integer(node.text("mask", "")) : 0;
        node.get("variants")
                .entries()
                .forEach((number, of) -> layouts.put(FieldReader.integer(number), commandReader.structure(of.text())));
        if (node.has("structure")) {
            layouts.put(0, commandReader.structure(node.text("structure", "")));
        }
        CapabilitySpec spec =
                new CapabilitySpec(extended, id, parts[1], node.text("title", ""), Map.copyOf(layouts), mask, ref);
        unique(capabilities, (extended ? 1 << 16 : 0) | id, spec, key);
    }

    /** Key: {@code 0x02.0x85}; value: {@code Name | text}. */
    private void status(String key, YamlNode node) {
        int dot = key.indexOf('.');
        int sct = FieldReader.integer(key.substring(0, dot));
        int sc = FieldReader.integer(key.substring(dot + 1));
        String name = FieldReader.segment(node, "title", 0);
        String text = node.text().substring(Math.min(node.text().length(), name.length() + 3));
        boolean nvm = sct <= 1 && sc >= 0x80 && sc < 0xc0;
        SpecRef ref = nvm ? new SpecRef("NVM Command Set 1.0c", "3.1") : new SpecRef("NVMe Base 2.0c", "3.3.3.2");
        unique(statuses, sct << 8 | sc, new Status(sct, sc, name, text, ref), key);
    }
}
