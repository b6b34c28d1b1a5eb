package dev.doorbell.app.views.traffic;

import dev.doorbell.app.views.traffic.WorkloadDraft.Stop;
import dev.doorbell.driver.IoControl;
import dev.doorbell.driver.LbaDistribution;
import dev.doorbell.driver.Workload;
import dev.doorbell.plugin.Texts;
import dev.doorbell.testplans.plan.Plan;
import dev.doorbell.testplans.plan.PlanException;
import dev.doorbell.testplans.plan.Step;
import dev.doorbell.testplans.plan.Value;
import dev.doorbell.testplans.plan.WorkerSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Workloads as worker steps of a test plan: a draft becomes a plan with one case, and the worker steps of any plan become drafts. */
final class PlanText {
    private static final double PLAN_SECONDS = 60;

    private PlanText() {}

    /** What a plan's worker cannot say of a draft, in words; empty when it can say all. */
    static List<String> leftOut(Texts texts, WorkloadDraft d) {
        List<String> missing = new ArrayList<>();
        note(
                missing,
                !d.plain() || d.operations().stream().anyMatch(o -> !o.control().equals(IoControl.none())),
                texts,
                "mix");
        note(missing, d.randomPercent() % 100 != 0, texts, "random");
        note(missing, !(d.distribution() instanceof LbaDistribution.Uniform), texts, "distribution");
        note(missing, d.stepLbas().isPresent(), texts, "step");
        note(missing, d.sizes().stream().anyMatch(s -> s.isRange() || s.align() > 0), texts, "sizes");
        note(missing, d.bytesLimit() > 0 || d.burst() > 0 || d.ramp() > 0 || d.priority() > 0, texts, "pace");
        note(missing, d.stop() != Stop.TIME && d.stop() != Stop.COUNT, texts, "end");
        note(missing, d.fresh() || d.compressible() > 0 || d.dedupable() > 0, texts, "data");
        note(missing, d.retries() > 0 || d.stopAtError() || d.verify(), texts, "errors");
        note(missing, d.replays(), texts, "trace");
        return missing;
    }

    private static void note(List<String> missing, boolean there, Texts texts, String key) {
        if (there) {
            missing.add(texts.get("plan.left." + key));
        }
    }

    /** A plan with one case that runs the draft. */
    static String write(WorkloadDraft d) {
        StringBuilder text = new StringBuilder("# A workload of the I/O workers, as the workbench kept it.\n");
        text.append("plan: ").append(id(d.preset())).append('\n');
        text.append("title: ").append(quoted(d.preset())).append("\n\ngroups:\n");
        text.append("  - group: workload\n    title: Workload\n    cases:\n");
        text.append("      - case: run\n        title: ")
                .append(quoted(d.preset()))
                .append("\n        steps:\n");
        text.append("          - worker:\n");
        line(text, "pattern", pattern(d));
        line(text, "nsid", Integer.toUnsignedString(d.nsid()));
        if (pattern(d).equals("mix")) {
            line(text, "read-percent", Integer.toString(d.readPercent()));
        }
        List<String> sizes = d.sizes().stream()
                .filter(s -> s.weight() > 0)
                .map(s -> s.bytes() + ": " + s.weight())
                .toList();
        line(text, "io-size", "{" + String.join(", ", sizes) + "}");
        line(text, "qdepth", Integer.toString(d.qdepth()));
        line(text, "workers", Integer.toString(d.workers()));
        if (d.stop() == Stop.COUNT) {
            // A plan counts for each worker.
            line(text, "ios", Long.toString(Math.max(1, d.count() / d.workers())));
        } else {
            double seconds = d.stop() == Stop.TIME ? d.seconds() : PLAN_SECONDS;
            line(text, "time", Math.round(seconds * 1000) + "ms");
        }
        if (d.firstLba() > 0 || d.lastLba() >= 0) {
            line(text, "region", "[" + d.firstLba() + (d.lastLba() >= 0 ? ", " + (d.lastLba() + 1) : "") + "]");
        }
        if (d.iopsLimit() > 0) {
            line(text, "iops", Long.toString(Math.max(1, d.iopsLimit() / d.workers())));
        }
        line(
                text,
                "fill",
                d.fill() == Workload.Fill.DWORD
                        ? "0x%08x".formatted(d.dword())
                        : d.fill().name().toLowerCase(Locale.ROOT));
        return text.append("            expect: {errors: 0}\n").toString();
    }

    private static void line(StringBuilder text, String key, String value) {
        text.append("              ").append(key).append(": ").append(value).append('\n');
    }

    private static String pattern(WorkloadDraft d) {
        boolean random = d.randomPercent() >= 50;
        return switch (d.readPercent()) {
            case 100 -> random ? "randread" : "read";
            case 0 -> random ? "randwrite" : "write";
            default -> "mix";
        };
    }

    private static String id(String name) {
        String id = name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-").replaceAll("^-|-$", "");
        return id.isEmpty() ? "workload" : id;
    }

    private static String quoted(String text) {
        return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
    }

    /** The worker steps of a plan, each under its case's title; those whose values are computed when the plan runs are left out. */
    static List<WorkloadDraft> read(Plan plan) {
        List<WorkloadDraft> drafts = new ArrayList<>();
        for (var each : plan.cases()) {
            collect(each.title(), each.steps(), drafts);
        }
        return drafts;
    }

    private static void collect(String title, List<Step> steps, List<WorkloadDraft> drafts) {
        for (Step step : steps) {
            switch (step) {
                case Step.WorkerStep worker -> draft(title, worker).ifPresent(drafts::add);
                case Step.GroupStep group -> collect(title, group.steps(), drafts);
                case Step.RepeatStep repeat -> collect(title, repeat.steps(), drafts);
                default -> {}
            }
        }
    }

    private static Optional<WorkloadDraft> draft(String title, Step.WorkerStep step) {
        try {
            return Optional.of(WorkloadDraft.DEFAULT.edit(e -> fill(e, title, step)));
        } catch (PlanException x) {
            // A value that only the run knows.
            return Optional.empty();
        }
    }

    private static void fill(WorkloadDraft.Edit e, String title, Step.WorkerStep step) {
        WorkerSettings s = step.settings();
        e.preset = title;
        e.workers = whole(step.count());
        s.nsid().ifPresent(v -> e.nsid = whole(v));
        e.randomPercent = s.pattern().startsWith("rand") || s.pattern().equals("mix") ? 100 : 0;
        e.read(
                switch (s.pattern()) {
                    case "randread", "read" -> 100;
                    case "randwrite", "write" -> 0;
                    default -> s.readPercent().map(PlanText::whole).orElse(50);
                });
        e.sizes = s.ioSizes().stream()
                .map(i -> new Share(whole(i.bytes()), whole(i.weight())))
                .toList();
        e.qdepth = whole(s.qdepth());
        s.time().ifPresent(v -> {
            e.stop = Stop.TIME;
            e.seconds = number(v) / 1e9;
        });
        s.ios().ifPresent(v -> {
            e.stop = Stop.COUNT;
            e.count = number(v) * e.workers;
        });
        s.regionStart().ifPresent(v -> e.firstLba = number(v));
        s.regionEnd().ifPresent(v -> e.lastLba = number(v) - 1);
        s.iopsLimit().ifPresent(v -> e.iopsLimit = number(v) * e.workers);
        s.fill().ifPresent(v -> {
            switch (v.text()) {
                case "zeros" -> e.fill = Workload.Fill.ZEROS;
                case "ones" -> e.fill = Workload.Fill.ONES;
                case "random" -> e.fill = Workload.Fill.RANDOM;
                default -> {
                    e.fill = Workload.Fill.DWORD;
                    e.dword = (int) number(v);
                }
            }
        });
    }

    private static long number(Value value) {
        return value.asLong(name -> Optional.empty());
    }

    private static int whole(Value value) {
        return value.asInt(name -> Optional.empty());
    }
}
