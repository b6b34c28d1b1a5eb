package dev.doorbell.testplans.plan;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.nodes.Node;

/** Reads {@code requires}: names of optional features, kinds of device, and comparisons of facts. */
final class RequirementReader {
    private static final Pattern DEVICE = Pattern.compile("device\\s+(not\\s+)?([a-z-]+(?:\\s*,\\s*[a-z-]+)*)");
    private static final Pattern COMPARISON =
            Pattern.compile("([A-Za-z][\\w.\\[\\]-]*)\\s*(==|!=|>=|<=|>|<|in\\b|has\\b)\\s*(.+)");
    private static final List<String> KINDS = List.of("sim", "qemu", "pcie", "vfio-user", "tcp", "kernel");

    /** Optional features by the name that plans use, and the bit of Identify Controller that announces each. */
    static final Map<String, Feature> FEATURES = features();

    /** A capability bit: the field's path and the bit's number. */
    record Feature(String field, int bit) {}

    List<Requirement> read(Block owner) {
        if (!owner.has("requires")) {
            return List.of();
        }
        Node node = owner.node("requires").orElseThrow();
        if (Block.isScalar(node)) {
            return List.of(parse(owner.required("requires"), ""));
        }
        List<Requirement> result = new ArrayList<>();
        owner.list("requires", item -> {
            if (Block.isScalar(item)) {
                return result.add(parse(owner.scalar(item), ""));
            }
            Block b = Block.of(owner.at().file(), item, "a requirement").only("that", "reason");
            return result.add(parse(b.required("that"), b.text("reason")));
        });
        return result;
    }

    private static Requirement parse(Value value, String reason) {
        String text = value.text().strip();
        Feature feature = FEATURES.get(text);
        if (feature != null) {
            Check set = new Check(Check.Op.EQUAL, List.of(new Value("1", value.at())), value.at());
            String subject = "(ctrl." + feature.field() + " >> " + feature.bit() + ") & 1";
            String why = reason.isEmpty() ? "%s bit %d is 0".formatted(feature.field(), feature.bit()) : reason;
            return new Requirement(text, subject, set, why, value.at());
        }
        Matcher device = DEVICE.matcher(text);
        if (device.matches()) {
            List<Value> kinds = new ArrayList<>();
            for (String kind : device.group(2).split("\\s*,\\s*")) {
                if (!KINDS.contains(kind)) {
                    throw new PlanException(
                            value.at(), "'" + kind + "' is no kind of device; allowed: " + String.join(", ", KINDS));
                }
                kinds.add(new Value(kind, value.at()));
            }
            boolean not = device.group(1) != null;
            if (not && kinds.size() > 1) {
                throw new PlanException(value.at(), "'device not' takes one kind; write one requirement for each");
            }
            Check check = new Check(not ? Check.Op.NOT_EQUAL : Check.Op.ONE_OF, kinds, value.at());
            String why = reason.isEmpty()
                    ? (not ? "not for " : "only for ") + device.group(2).replace(",", " and ")
                    : reason;
            return new Requirement(text, "device", check, why, value.at());
        }
        Matcher comparison = COMPARISON.matcher(text);
        if (comparison.matches()) {
            Check check = Check.parse(new Value(comparison.group(2) + " " + comparison.group(3), value.at()));
            return new Requirement(text, comparison.group(1), check, reason, value.at());
        }
        throw new PlanException(
                value.at(),
                "'" + text + "' is no requirement; allowed: device KIND, device not KIND, a comparison such as "
                        + "namespaces >= 2 or ctrl.FRMW == 1, or one of " + String.join(", ", FEATURES.keySet()));
    }

    private static Map<String, Feature> features() {
        Map<String, Feature> f = new LinkedHashMap<>();
        String[] oacs = {
            "security",
            "format",
            "firmware",
            "namespaces",
            "self-test",
            "directives",
            "nvme-mi",
            "virtualization",
            "doorbell-buffer",
            "lba-status",
            "lockdown"
        };
        String[] oncs = {
            "compare",
            "write-uncorrectable",
            "deallocate",
            "write-zeroes",
            "save",
            "reservations",
            "timestamp",
            "verify",
            "copy"
        };
        String[] sanitize = {"crypto-erase", "block-erase", "overwrite"};
        put(f, "oacs.", "OACS", oacs);
        put(f, "oncs.", "ONCS", oncs);
        put(f, "sanicap.", "SANICAP", sanitize);
        f.put("fuses.compare-write", new Feature("FUSES", 0));
        f.put("vwc", new Feature("VWC", 0));
        f.put("lpa.smart-per-namespace", new Feature("LPA", 0));
        f.put("lpa.commands-supported", new Feature("LPA", 1));
        f.put("lpa.extended-data", new Feature("LPA", 2));
        return f;
    }

    private static void put(Map<String, Feature> features, String prefix, String field, String... names) {
        for (int bit = 0; bit < names.length; bit++) {
            features.put(prefix + names[bit], new Feature(field, bit));
        }
    }
}
