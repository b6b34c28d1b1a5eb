package dev.doorbell.testplans.run;

import dev.doorbell.driver.Namespace;
import dev.doorbell.driver.Workload;
import dev.doorbell.testplans.plan.Check;
import dev.doorbell.testplans.plan.PlanException;
import dev.doorbell.testplans.plan.Quantities;
import dev.doorbell.testplans.plan.Scope;
import dev.doorbell.testplans.plan.Step.WorkerStep;
import dev.doorbell.testplans.plan.WorkerMetric;
import dev.doorbell.testplans.plan.WorkerSettings;
import dev.doorbell.testplans.plan.WorkloadKeys;
import dev.doorbell.testplans.run.WorkerSeries.Total;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Runs worker steps. */
final class WorkerRunner {
    private final CaseContext context;

    WorkerRunner(CaseContext context) {
        this.context = context;
    }

    StepOutcome run(WorkerStep step, String path) {
        Scope scope = context.scope();
        List<Workload> workloads = new ArrayList<>();
        for (int i = 0; i < step.count().asInt(scope); i++) {
            workloads.add(workload(step.settings(), scope, path + "/" + i));
        }
        if (workloads.isEmpty()) {
            throw new PlanException(step.count().at(), "'workers' is 0; allowed: 1 and more");
        }
        WorkerRun.Result result = new WorkerRun(context.controller(), workloads, step.title())
                .run(context.flow()::sleep, s -> context.samples().accept(step.title(), s));
        context.series().accept(result.series());
        return judge(step, result, scope);
    }

    private StepOutcome judge(WorkerStep step, WorkerRun.Result result, Scope scope) {
        if (result.failure().isPresent()) {
            throw new StepFailure(
                    "The worker stopped: " + result.failure().get(),
                    "workers run to their end",
                    result.failure().get());
        }
        Total total = result.series().total();
        List<String> expected = new ArrayList<>();
        step.expect().forEach((metric, check) -> expected.add(metric.title() + " " + check.describe(scope)));
        String got = "%s I/Os in %s, %s IOPS, %s/s, p99 %s, %d errors"
                .formatted(
                        Quantities.grouped(total.ios()),
                        Quantities.nanos((long) (total.seconds() * 1e9)),
                        Quantities.rate(total.iops()),
                        Quantities.bytes((long) total.bytesPerSecond()),
                        Quantities.nanos(total.p99Nanos()),
                        total.errors());
        step.expect().forEach((metric, check) -> {
            if (!check.holds(Optional.of(BigInteger.valueOf(value(metric, total))), "", scope)) {
                throw new StepFailure(finding(metric, check, result, scope), String.join("; ", expected), got);
            }
        });
        return new StepOutcome(String.join("; ", expected), got);
    }

    private String finding(WorkerMetric metric, Check check, WorkerRun.Result result, Scope scope) {
        long value = value(metric, result.series().total());
        String came = metric.isTime() ? Quantities.nanos(value) : Quantities.grouped(value);
        String first = metric == WorkerMetric.ERRORS && value > 0
                ? "; the first is %s at LBA %s"
                        .formatted(
                                context.catalogue().statusCodes().describe(result.firstErrorStatus()),
                                Quantities.grouped(result.firstErrorLba()))
                : "";
        String name =
                Character.toUpperCase(metric.title().charAt(0)) + metric.title().substring(1);
        return "%s: %s, expected %s%s.".formatted(name, came, check.describe(scope), first);
    }

    private static long value(WorkerMetric metric, Total t) {
        return switch (metric) {
            case ERRORS -> t.errors();
            case IOS -> t.ios();
            case READS -> t.reads();
            case WRITES -> t.writes();
            case IOPS -> (long) t.iops();
            case BANDWIDTH -> (long) t.bytesPerSecond();
            case P50 -> t.p50Nanos();
            case P99 -> t.p99Nanos();
            case P999 -> t.p999Nanos();
            case MAX -> t.maxNanos();
            case MEAN -> (long) t.meanNanos();
        };
    }

    private Workload workload(WorkerSettings s, Scope scope, String part) {
        int nsid = s.nsid()
                .map(v -> v.asInt(scope))
                .orElseGet(() -> context.facts()
                        .firstNamespace()
                        .map(Namespace::nsid)
                        .orElseThrow(
                                () -> new PlanException(s.at(), "the device has no active namespace for a worker")));
        int lbaBytes = s.more().containsKey(WorkloadKeys.REPLAY)
                ? context.controller().namespace(nsid).lbaBytes()
                : 0;
        return Workloads.of(
                s,
                scope,
                nsid,
                lbaBytes,
                Seeds.of(context.seed(), context.plan().fullId() + "#" + part));
    }
}
