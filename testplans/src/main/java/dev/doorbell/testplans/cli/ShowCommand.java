package dev.doorbell.testplans.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.doorbell.driver.Controller;
import dev.doorbell.driver.Controller.FeatureValue;
import dev.doorbell.driver.Controller.Select;
import dev.doorbell.driver.Device;
import dev.doorbell.driver.PciFunction;
import dev.doorbell.spec.Catalogue;
import dev.doorbell.spec.Decoded;
import dev.doorbell.spec.FeatureSpec;
import dev.doorbell.spec.IdentifySpec;
import dev.doorbell.spec.LogPageSpec;
import dev.doorbell.spec.StructureSpec;
import dev.doorbell.testplans.plan.Hex;
import java.io.PrintWriter;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "show",
        mixinStandardHelpOptions = true,
        description = "Shows a device's data, decoded: config space, registers, identify data, log pages, features.")
final class ShowCommand implements Callable<Integer> {
    /** What can be shown. */
    enum What {
        CONFIG,
        REGISTERS,
        IDENTIFY,
        LOG,
        FEATURE
    }

    private static final int NO_NAMESPACE = 0;
    private static final int ALL_NAMESPACES = -1;
    private static final int DEFAULT_LOG_BYTES = 512;

    @Spec
    private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "WHAT", description = "config, registers, identify, log or feature")
    private What what;

    @Parameters(index = "1", paramLabel = "DEVICE", description = "A device's address.")
    private String device;

    @Option(names = "--nsid", paramLabel = "N", description = "Namespace; 0xffffffff for all of them.")
    private Amount nsid;

    @Option(
            names = "--cns",
            paramLabel = "N",
            description = "identify: which data; 1, the controller, or 0 with --nsid.")
    private Amount cns;

    @Option(names = "--cntid", paramLabel = "N", description = "identify: controller id, for the data that has one.")
    private Amount cntid;

    @Option(names = "--lid", paramLabel = "N", description = "log: log page.")
    private Amount lid;

    @Option(names = "--bytes", paramLabel = "N", description = "log: how much of it.")
    private Amount bytes;

    @Option(names = "--fid", paramLabel = "N", description = "feature: feature identifier.")
    private Amount fid;

    @Option(
            names = "--select",
            paramLabel = "WHICH",
            defaultValue = "current",
            description = "feature: current, default, saved or capabilities.")
    private Select select;

    @Option(names = "--all", description = "Reserved fields and empty elements too.")
    private boolean all;

    @Option(names = "--hex", description = "A hex dump behind the table.")
    private boolean hex;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    /** What was read, and how it decodes if the catalogue knows. */
    private record Shown(String title, String where, byte[] data, Optional<Decoded> decoded, ObjectNode extra) {}

    @Override
    public Integer call() {
        Shown shown = switch (what) {
            case CONFIG -> onDevice(this::config);
            case REGISTERS -> onDevice(this::registers);
            case IDENTIFY -> onController(this::identify);
            case LOG -> onController(this::log);
            case FEATURE -> onController(this::feature);
        };
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            print(shown, out);
        } else {
            text(shown, out);
        }
        return ExitCodes.OK;
    }

    private interface Reader<T> {
        Shown read(T from);
    }

    private Shown onDevice(Reader<Device> reader) {
        try (Device d = Device.open(device)) {
            return reader.read(d);
        }
    }

    private Shown onController(Reader<Controller> reader) {
        // What is missing on the command line is told before a device is touched.
        checkArguments();
        try (Controller c = Controller.open(device)) {
            return reader.read(c);
        }
    }

    private void checkArguments() {
        Catalogue catalogue = Catalogue.standard();
        if (what == What.LOG && lid == null) {
            throw missing(
                    "--lid",
                    catalogue.logPages().stream()
                            .map(l -> "%n  0x%02x  %s".formatted(l.lid(), l.title()))
                            .collect(Collectors.joining()));
        }
        if (what == What.FEATURE && fid == null) {
            throw missing(
                    "--fid",
                    catalogue.features().stream()
                            .map(f -> "%n  0x%02x  %s".formatted(f.fid(), f.title()))
                            .collect(Collectors.joining()));
        }
    }

    private ParameterException missing(String option, String choice) {
        spec.commandLine().getErr().println("Known numbers:" + choice);
        return new ParameterException(
                spec.commandLine(), "show " + what.name().toLowerCase(Locale.ROOT) + " needs " + option + " N");
    }

    private Shown config(Device d) {
        PciFunction pci = d.pci()
                .orElseThrow(() -> new IllegalArgumentException(d.name() + " has no PCI configuration space to show"));
        byte[] data = pci.config();
        return new Shown(
                "PCI configuration space",
                "BYTES",
                data,
                Optional.of(Catalogue.standard().decodePci(data)),
                Json.object());
    }

    private Shown registers(Device d) {
        Catalogue catalogue = Catalogue.standard();
        int end = catalogue.registers().stream()
                .mapToInt(r -> r.offset() + r.bytes())
                .max()
                .orElse(0x40);
        byte[] data = d.registers().dump(end);
        return new Shown(
                "Controller registers", "OFFSET", data, Optional.of(catalogue.decodeRegisters(data)), Json.object());
    }

    private Shown identify(Controller c) {
        int which = cns == null ? nsid == null ? 1 : 0 : cns.within("--cns", 0, 0xff);
        int controller = cntid == null ? 0 : cntid.within("--cntid", 0, 0xffff);
        Optional<IdentifySpec> known = Catalogue.standard().identify(which, 0);
        int ns = namespace(known.map(IdentifySpec::nsid).orElse(false) ? firstNamespace(c) : NO_NAMESPACE);
        byte[] data = c.identify(which, ns, controller, 0);
        String title = "Identify " + known.map(IdentifySpec::title).orElse("CNS 0x%02x".formatted(which));
        ObjectNode extra = Json.object().put("cns", which).put("nsid", Integer.toUnsignedLong(ns));
        long page = c.device().registers().smallestPageBytes();
        Optional<StructureSpec> structure =
                known.flatMap(IdentifySpec::structure).map(s -> s.withPages(page));
        return new Shown(title, "BYTES", data, decode(structure, data), extra);
    }

    private Shown log(Controller c) {
        int which = lid.within("--lid", 0, 0xff);
        Optional<LogPageSpec> known = Catalogue.standard().logPage(which);
        int size = bytes == null
                ? known.map(LogPageSpec::bytes).orElse(DEFAULT_LOG_BYTES)
                : bytes.within("--bytes", 4, 1 << 20);
        int ns = namespace(known.filter(LogPageSpec::namespaceOnly)
                .map(l -> l.usualNsid(c.activeNamespaces()))
                .orElse(ALL_NAMESPACES));
        // Reading must not take an event away from whoever waits for it.
        byte[] data = c.logPage(which, ns, size, 0, 0, true);
        String title = "Log page 0x%02x".formatted(which)
                + known.map(l -> ", " + l.title()).orElse("");
        ObjectNode extra = Json.object().put("lid", which).put("nsid", Integer.toUnsignedLong(ns));
        return new Shown(title, "BYTES", data, decode(known.flatMap(LogPageSpec::structure), data), extra);
    }

    private Shown feature(Controller c) {
        int which = fid.within("--fid", 0, 0xff);
        Optional<FeatureSpec> known = Catalogue.standard().feature(which);
        int ns = namespace(known.filter(FeatureSpec::perNamespace)
                .map(f -> f.usualNsid(c.activeNamespaces()))
                .orElse(NO_NAMESPACE));
        FeatureValue value = c.getFeature(which, select, ns, 0);
        String title = "Feature 0x%02x%s, %s value 0x%08x"
                .formatted(
                        which,
                        known.map(f -> ", " + f.title()).orElse(""),
                        select.name().toLowerCase(Locale.ROOT),
                        value.cdw0());
        ObjectNode extra = Json.object()
                .put("fid", which)
                .put("select", select.name().toLowerCase(Locale.ROOT))
                .put("nsid", Integer.toUnsignedLong(ns))
                .put("value", Integer.toUnsignedLong(value.cdw0()));
        Optional<Decoded> data = value.data().length == 0
                ? Optional.empty()
                : decode(known.flatMap(FeatureSpec::dataStructure), value.data());
        Optional<Decoded> decoded = select == Select.CAPABILITIES
                ? Optional.empty()
                : data.or(() -> known.map(f -> f.decode(value.cdw0())));
        return new Shown(title, data.isPresent() ? "BYTES" : "DWORD 0", value.data(), decoded, extra);
    }

    private int namespace(int otherwise) {
        return nsid == null ? otherwise : nsid.dword("--nsid");
    }

    private static int firstNamespace(Controller c) {
        List<Integer> active = c.activeNamespaces();
        return active.isEmpty() ? 1 : active.getFirst();
    }

    private static Optional<Decoded> decode(Optional<StructureSpec> structure, byte[] data) {
        return structure.map(s -> s.decode(data));
    }

    private void print(Shown shown, PrintWriter out) {
        ObjectNode root = shown.extra();
        root.put("device", device).put("title", shown.title());
        shown.decoded().ifPresent(d -> root.set("data", d.toJson()));
        root.put("hex", HexFormat.of().formatHex(shown.data()));
        Json.print(root, out);
    }

    private void text(Shown shown, PrintWriter out) {
        Style style = Style.detect();
        out.println(style.bold(shown.title()) + style.muted("  " + device));
        shown.decoded().ifPresent(d -> new DecodedText(style, all).print(d, out, shown.where()));
        if ((hex || shown.decoded().isEmpty()) && shown.data().length > 0) {
            out.print(Hex.dump(shown.data()));
        }
    }
}
