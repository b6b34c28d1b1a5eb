package dev.doorbell.app.views.traffic;

import dev.doorbell.app.views.traffic.WorkloadDraft.Stop;
import dev.doorbell.driver.Workload;
import dev.doorbell.plugin.Texts;
import dev.doorbell.testplans.plan.Plan;
import dev.doorbell.testplans.plan.PlanException;
import dev.doorbell.testplans.plan.Scope;
import dev.doorbell.testplans.plan.Step;
import dev.doorbell.testplans.plan.Value;
import dev.doorbell.testplans.plan.WorkerSettings;
import dev.doorbell.testplans.plan.WorkloadKeys;
import dev.doorbell.testplans.run.Workloads;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Workloads as worker steps of a test plan: a draft becomes a plan with one case, and the worker steps of any plan become drafts. */
final class PlanText {
    private static final double PLAN_SECONDS = 60;

    private PlanText() {}

    /** What a plan's worker cannot say of a draft, in words; empty when it can say all. */
    static List<String> leftOut(Texts texts, WorkloadDraft d) {
        List<String> missing = new ArrayList<>();
        if (ownAlignments(d)) {
            missing.add(texts.get("plan.left.align"));
        }
        if (d.stop() == Stop.NEVER && !d.replays()) {
            missing.add(texts.get("plan.left.end"));
        }
        return missing;
    }

    private static boolean ownAlignments(WorkloadDraft d) {
        return d.sizes().stream()
                        .filter(s -> s.weight() > 0)
                        .map(Share::align)
                        .distinct()
                        .count()
                > 1;
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
        keys(d).forEach((key, value) -> line(text, key, value));
        return text.append("            expect: {errors: 0}\n").toString();
    }

    private static Map<String, String> keys(WorkloadDraft d) {
        Workload each = WorkloadTexts.forEach(ended(ownAlignments(d) ? unaligned(d) : d));
        Map<String, String> keys = WorkloadKeys.of(each);
        keys.put("nsid", Integer.toUnsignedString(d.nsid()));
        keys.put("workers", Integer.toString(d.workers()));
        if (d.replays()) {
            keys.put(WorkloadKeys.REPLAY, quoted(d.trace()));
            keys.put(WorkloadKeys.SPEED, Double.toString(d.speed()));
        }
        return keys;
    }

    /** A plan goes on after its steps, so each has an end. */
    private static WorkloadDraft ended(WorkloadDraft d) {
        return d.stop() != Stop.NEVER || d.replays()
                ? d
                : d.edit(e -> {
                    e.stop = Stop.TIME;
                    e.seconds = PLAN_SECONDS;
                });
    }

    private static WorkloadDraft unaligned(WorkloadDraft d) {
        return d.edit(e -> e.sizes = d.sizes().stream()
                .map(s -> new Share(s.bytes(), s.most(), s.step(), s.weight(), 0))
                .toList());
    }

    private static void line(StringBuilder text, String key, String value) {
        text.append("              ").append(key).append(": ").append(value).append('\n');
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
            WorkerSettings s = step.settings();
            // The trace is read when the workload starts.
            Map<String, Value> more = new LinkedHashMap<>(s.more());
            Optional<Value> trace = Optional.ofNullable(more.remove(WorkloadKeys.REPLAY));
            Optional<Value> speed = Optional.ofNullable(more.remove(WorkloadKeys.SPEED));
            var own = new WorkerSettings(
                    s.pattern(),
                    s.nsid(),
                    s.readPercent(),
                    s.ioSizes(),
                    s.qdepth(),
                    s.time(),
                    s.ios(),
                    s.regionStart(),
                    s.regionEnd(),
                    s.iopsLimit(),
                    s.fill(),
                    more,
                    s.at());
            Scope nothing = name -> Optional.empty();
            int nsid = s.nsid().map(v -> v.asInt(nothing)).orElse(WorkloadDraft.DEFAULT.nsid());
            Workload each = Workloads.of(own, nothing, nsid, 0, WorkloadDraft.DEFAULT.seed());
            WorkloadDraft draft = WorkloadTexts.draft(title, each, step.count().asInt(nothing));
            return Optional.of(draft.edit(e -> {
                trace.ifPresent(v -> e.trace = v.text(nothing));
                speed.ifPresent(v -> e.speed = Double.parseDouble(v.text(nothing)));
            }));
        } catch (PlanException | NumberFormatException x) {
            // A value that only the run knows.
            return Optional.empty();
        }
    }
}
