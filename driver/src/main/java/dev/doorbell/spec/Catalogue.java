package dev.doorbell.spec;

import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Everything that is known about NVMe and PCIe data, found by its number or name. */
public final class Catalogue {
    private final List<YamlNode> files;
    private final List<StructureSpec> structures;
    private final List<RegisterSpec> registers;
    private final List<CommandSpec> commands;
    private final List<CommandSpec.DwordField> common;
    private final List<FeatureSpec> features;
    private final List<LogPageSpec> logPages;
    private final List<IdentifySpec> identifies;
    private final List<CapabilitySpec> capabilities;
    private final StatusCodes statusCodes;
    private final Map<String, StructureSpec> structureById = new HashMap<>();
    private final CommandSpec[] commandByOpcode = new CommandSpec[512];
    private final SearchIndex index;

    Catalogue(
            List<YamlNode> files,
            List<StructureSpec> structures,
            List<RegisterSpec> registers,
            List<CommandSpec> commands,
            List<CommandSpec.DwordField> common,
            List<FeatureSpec> features,
            List<LogPageSpec> logPages,
            List<IdentifySpec> identifies,
            List<CapabilitySpec> capabilities,
            StatusCodes statusCodes) {
        this.files = files;
        this.structures = structures;
        this.registers = registers;
        this.commands = commands;
        this.common = common;
        this.features = features;
        this.logPages = logPages;
        this.identifies = identifies;
        this.capabilities = capabilities;
        this.statusCodes = statusCodes;
        structures.forEach(s -> structureById.put(s.id(), s));
        commands.forEach(c -> commandByOpcode[c.queue().ordinal() << 8 | c.opcode()] = c);
        index = new SearchIndex(this);
    }

    /** Doorbell's own files. The first call reads them, later calls give the same object. */
    public static Catalogue standard() {
        return Standard.CATALOGUE;
    }

    private static final class Standard {
        static final Catalogue CATALOGUE = CatalogueReader.standard();
    }

    /**
     * A catalogue with more files in addition; this one stays as it is.
     *
     * @param yaml the files; they are read to the end and closed
     * @throws CatalogueException when a file cannot be read or describes something twice
     */
    public Catalogue plus(InputStream... yaml) {
        List<YamlNode> all = new ArrayList<>(files);
        for (InputStream in : yaml) {
            all.add(YamlNode.read(in));
        }
        return CatalogueReader.read(all);
    }

    /** All structures. */
    public List<StructureSpec> structures() {
        return structures;
    }

    /** The structure with an id such as {@code identify-controller}. */
    public Optional<StructureSpec> structure(String id) {
        return Optional.ofNullable(structureById.get(id));
    }

    /** Controller registers by offset. */
    public List<RegisterSpec> registers() {
        return registers;
    }

    /** The register of that name; letter case does not matter. */
    public Optional<RegisterSpec> register(String name) {
        return registers.stream().filter(r -> r.name().equalsIgnoreCase(name)).findFirst();
    }

    /** Decodes the beginning of BAR0: one child for each register that lies within it. */
    public Decoded decodeRegisters(byte[] bar0) {
        return Decoder.registers(registers, bar0);
    }

    /** Decodes configuration space (256 or 4096 bytes): the header and each capability of both chains. */
    public Decoded decodePci(byte[] config) {
        return new PciDecoder(this, config).decode();
    }

    /** All capabilities, extended ones after the others. */
    public List<CapabilitySpec> capabilities() {
        return capabilities;
    }

    /** The capability with an id. */
    public Optional<CapabilitySpec> capability(boolean extended, int id) {
        return capabilities.stream()
                .filter(c -> c.extended() == extended && c.id() == id)
                .findFirst();
    }

    /** Admin commands, then I/O commands, by opcode. */
    public List<CommandSpec> commands() {
        return commands;
    }

    /** The command with an opcode. */
    public Optional<CommandSpec> command(CommandSpec.Queue queue, int opcode) {
        return Optional.ofNullable(commandByOpcode[queue.ordinal() << 8 | opcode & 0xff]);
    }

    /** The fields that every submission queue entry has, in dwords 0 to 9. */
    public List<CommandSpec.DwordField> commonFields() {
        return common;
    }

    /** Features by identifier. */
    public List<FeatureSpec> features() {
        return features;
    }

    /** The feature with an identifier. */
    public Optional<FeatureSpec> feature(int fid) {
        return features.stream().filter(f -> f.fid() == fid).findFirst();
    }

    /** Log pages by identifier. */
    public List<LogPageSpec> logPages() {
        return logPages;
    }

    /** The log page with an identifier. */
    public Optional<LogPageSpec> logPage(int lid) {
        return logPages.stream().filter(l -> l.lid() == lid).findFirst();
    }

    /** Identify data structures by CNS and command set. */
    public List<IdentifySpec> identifies() {
        return identifies;
    }

    /** The Identify structure for CNS and command set; entries that hold for each command set match any. */
    public Optional<IdentifySpec> identify(int cns, int csi) {
        return identifies.stream()
                .filter(i -> i.cns() == cns && (i.csi() == csi || i.csi() < 0))
                .findFirst();
    }

    /** Status codes of completions. */
    public StatusCodes statusCodes() {
        return statusCodes;
    }

    /**
     * Makes the search index, which the first search would do otherwise; call it on a background thread to keep the first
     * search quick. Later calls do nothing.
     */
    public void prepareSearch() {
        index.prepare();
    }

    /**
     * Finds items by name, title or number ({@code csts.rdy}, {@code fid 2}, {@code lid 0x02}, {@code cns 1},
     * {@code 0x0b}, {@code 02/85}), best first.
     */
    public List<Hit> search(String query, int max) {
        return index.search(query, max);
    }
}
