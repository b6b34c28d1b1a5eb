package dev.doorbell.testplans.plan;

import dev.doorbell.driver.FaultPlan;
import dev.doorbell.driver.Workload;
import dev.doorbell.testplans.plan.WorkerSettings.IoSize;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Reads the steps of a case. */
final class StepReader {
    private static final List<String> KINDS = List.of(
            "command",
            "together",
            "register",
            "worker",
            "wait",
            "event",
            "faults",
            "reset",
            "repeat",
            "group",
            "check");

    private static final List<String> WORKER_KEYS = List.of(
            "pattern", "nsid", "read-percent", "io-size", "qdepth", "time", "ios", "region", "iops", "fill", "workers");

    private final String file;
    private final Vocabulary vocabulary;
    private final CommandReader commands;

    StepReader(String file, Vocabulary vocabulary) {
        this.file = file;
        this.vocabulary = vocabulary;
        this.commands = new CommandReader(vocabulary);
    }

    List<Step> steps(Block owner, String key) {
        return owner.list(key, node -> step(Block.of(file, node, "a step")));
    }

    private Step step(Block b) {
        List<String> kinds = KINDS.stream().filter(b::has).toList();
        if (kinds.isEmpty()) {
            throw new PlanException(
                    b.at(),
                    "a step says what it does by one of the keys " + String.join(", ", KINDS) + "; here are "
                            + b.keys());
        }
        // A repeated command is written as a repeat with steps; "repeat" and "group" never stand beside another kind.
        if (kinds.size() > 1) {
            throw new PlanException(b.at(), "a step does one thing, but here stand " + String.join(" and ", kinds));
        }
        return switch (kinds.getFirst()) {
            case "command" -> commands.read(b);
            case "together" -> together(b);
            case "register" -> register(b);
            case "worker" -> worker(b);
            case "wait" -> waiting(b);
            case "event" -> event(b);
            case "faults" -> faults(b);
            case "reset" -> reset(b);
            case "repeat" -> repeat(b);
            case "group" -> group(b);
            default -> check(b);
        };
    }

    private Step together(Block b) {
        b.only("together", "name");
        List<Step.CommandStep> all =
                b.list("together", node -> commands.read(Block.of(file, node, "a command of 'together'")));
        List<String> queues = all.stream().map(c -> c.send().queue()).distinct().toList();
        if (queues.size() != 1) {
            throw new PlanException(b.at(), "the commands of 'together' go to one queue; here are " + queues);
        }
        return new Step.TogetherStep(name(b, all.size() + " commands at once"), all, b.at());
    }

    private Step register(Block b) {
        b.only("register", "write", "within", "expect", "save", "name");
        String register = vocabulary.register(b.required("register"));
        boolean single = b.node("expect").filter(Block::isScalar).isPresent();
        Map<String, Check> expect = single ? Map.of("value", b.check("expect")) : b.checks("expect");
        String title =
                b.has("write") ? "Write " + register : b.has("within") ? "Wait for " + register : "Read " + register;
        return new Step.RegisterStep(
                name(b, title), register, b.value("write"), b.value("within"), expect, b.values("save"), b.at());
    }

    private Step worker(Block b) {
        b.only("worker", "expect", "name");
        Block w = b.block("worker", "a worker")
                .orElseThrow()
                .only(Stream.of(WORKER_KEYS, WorkloadKeys.keys(), List.of(WorkloadKeys.REPLAY, WorkloadKeys.SPEED))
                        .flatMap(List::stream)
                        .toArray(String[]::new));
        Value pattern = w.required("pattern");
        if (!WorkerSettings.PATTERNS.contains(pattern.text())) {
            throw new PlanException(
                    pattern.at(),
                    "'" + pattern.text() + "' is no pattern; allowed: " + String.join(", ", WorkerSettings.PATTERNS));
        }
        if (Stream.of("time", "ios", "bytes", "passes", WorkloadKeys.REPLAY).noneMatch(w::has)) {
            throw new PlanException(
                    w.at(), "a worker needs an end: time, ios or both; bytes, passes and replay are ends too");
        }
        List<Value> region = w.has("region") ? w.valueList("region") : List.of();
        if (region.size() > 2) {
            throw new PlanException(w.at("region"), "'region' is [first LBA, LBA behind the last]");
        }
        WorkerSettings settings = new WorkerSettings(
                pattern.text(),
                w.value("nsid"),
                w.value("read-percent"),
                ioSizes(w),
                w.value("qdepth", "16"),
                w.value("time"),
                w.value("ios"),
                region.stream().findFirst(),
                region.stream().skip(1).findFirst(),
                w.value("iops"),
                w.value("fill"),
                more(w),
                w.at());
        Map<WorkerMetric, Check> expect = new LinkedHashMap<>();
        b.checks("expect").forEach((key, check) -> expect.put(metric(key, check.at()), check));
        expect.putIfAbsent(WorkerMetric.ERRORS, Check.parse(new Value("0", b.at())));
        String title = "Worker " + pattern.text()
                + settings.time().map(t -> " for " + t.text()).orElse("");
        return new Step.WorkerStep(name(b, title), settings, w.value("workers", "1"), expect, b.at());
    }

    /** The parts that the keys of workloads name; what is known already is checked at once. */
    private static Map<String, Value> more(Block w) {
        Map<String, Value> more = new LinkedHashMap<>();
        Workload any = Workload.builder(1).build();
        for (String key : w.keys()) {
            if (WorkloadKeys.keys().contains(key)) {
                Value value = w.required(key);
                more.put(key, value);
                if (value.isConstant()) {
                    WorkloadKeys.apply(any, key, value);
                }
            } else if (key.equals(WorkloadKeys.REPLAY) || key.equals(WorkloadKeys.SPEED)) {
                more.put(key, w.required(key));
            }
        }
        return more;
    }

    private static List<IoSize> ioSizes(Block w) {
        if (w.node("io-size").filter(n -> !Block.isScalar(n)).isPresent()) {
            List<IoSize> sizes = new ArrayList<>();
            w.values("io-size").forEach((size, weight) -> sizes.add(new IoSize(new Value(size, weight.at()), weight)));
            return sizes;
        }
        return List.of(new IoSize(w.value("io-size", "4KiB"), new Value("1", w.at())));
    }

    private static WorkerMetric metric(String key, SourceLine at) {
        return WorkerMetric.of(key)
                .orElseThrow(() -> new PlanException(
                        at,
                        "'" + key + "' is nothing that a worker counts; allowed: "
                                + String.join(", ", WorkerMetric.keys())));
    }

    private Step waiting(Block b) {
        b.only("wait", "name");
        Value time = b.required("wait");
        if (time.isConstant() && Quantities.time(time.text()).isEmpty()) {
            throw new PlanException(
                    time.at(), "'" + time.text() + "' is no time; allowed: a number with ns, us, ms, s, min or h");
        }
        return new Step.WaitStep(name(b, "Wait " + time.text()), time, b.at());
    }

    private Step event(Block b) {
        b.only("event", "within", "name");
        Map<String, Check> expect = b.checks("event");
        expect.forEach((key, check) -> {
            if (!List.of("type", "info", "log-page").contains(key)) {
                throw new PlanException(
                        check.at(), "'" + key + "' is no part of an event; allowed: type, info, log-page");
            }
        });
        return new Step.EventStep(name(b, "Wait for an asynchronous event"), expect, b.value("within", "5s"), b.at());
    }

    private Step faults(Block b) {
        b.only("faults", "expect", "name");
        String text = b.valueList("faults").stream().map(Value::text).collect(Collectors.joining("\n"));
        Value rules = new Value(text.strip().equals("none") ? "" : text, b.at("faults"));
        if (rules.isConstant()) {
            check(rules);
        }
        Map<String, Check> expect = b.checks("expect");
        expect.forEach((key, check) -> {
            if (!List.of("hits", "matched").contains(key)) {
                throw new PlanException(
                        check.at(), "'" + key + "' is nothing that a fault plan counts; allowed: hits, matched");
            }
        });
        return new Step.FaultsStep(name(b, rules.text().isEmpty() ? "No faults" : "Faults"), rules, expect, b.at());
    }

    private static void check(Value rules) {
        try {
            FaultPlan.parse(rules.text());
        } catch (FaultPlan.FormatException e) {
            throw new PlanException(rules.at(), e.getMessage());
        }
    }

    private Step reset(Block b) {
        b.only("reset", "name");
        Value kind = b.required("reset");
        for (Step.ResetStep.Kind k : Step.ResetStep.Kind.values()) {
            if (k.name().equalsIgnoreCase(kind.text())) {
                String title = k == Step.ResetStep.Kind.SHUTDOWN
                        ? "Shutdown and enable"
                        : "Reset (" + k.name().toLowerCase(Locale.ROOT) + ")";
                return new Step.ResetStep(name(b, title), k, b.at());
            }
        }
        throw new PlanException(
                kind.at(), "'" + kind.text() + "' is no reset; allowed: controller, subsystem, shutdown, flr");
    }

    private Step repeat(Block b) {
        b.only("repeat", "as", "steps", "name");
        Value times = b.required("repeat");
        return new Step.RepeatStep(
                name(b, "Repeat " + times.text() + " times"),
                times,
                b.value("as", "i").text(),
                nested(b),
                b.at());
    }

    private Step group(Block b) {
        b.only("group", "steps");
        return new Step.GroupStep(b.required("group").text(), nested(b), b.at());
    }

    private Step check(Block b) {
        b.only("check", "name");
        Map<Value, Check> expect = new LinkedHashMap<>();
        b.checks("check").forEach((key, check) -> expect.put(new Value("${" + key + "}", check.at()), check));
        return new Step.CheckStep(
                name(b, "Check " + String.join(", ", b.checks("check").keySet())), expect, b.at());
    }

    private List<Step> nested(Block b) {
        List<Step> inner = steps(b, "steps");
        if (inner.isEmpty()) {
            throw new PlanException(b.at(), "'steps' should hold at least one step here");
        }
        return inner;
    }

    private static String name(Block b, String otherwise) {
        return Optional.of(b.text("name")).filter(n -> !n.isEmpty()).orElse(otherwise);
    }
}
