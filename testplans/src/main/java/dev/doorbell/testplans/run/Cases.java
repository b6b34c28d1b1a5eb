package dev.doorbell.testplans.run;

import dev.doorbell.testplans.plan.PlanCase;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** The steps in the life of a case's result, each giving a new record. */
final class Cases {
    private Cases() {}

    static CaseResult pending(PlanCase c, boolean included) {
        String group = c.fullId().substring(0, c.fullId().indexOf('/'));
        return new CaseResult(
                c.fullId(),
                group,
                c.title(),
                c.description(),
                c.spec(),
                included ? State.PENDING : State.SKIPPED,
                included ? "" : "not selected",
                Map.of(),
                Instant.EPOCH,
                0,
                List.of(),
                List.of(),
                List.of(),
                List.of());
    }

    static CaseResult started(CaseResult r, Map<String, String> parameters) {
        return new CaseResult(
                r.id(),
                r.groupId(),
                r.title(),
                r.description(),
                r.spec(),
                State.RUNNING,
                "",
                parameters,
                Instant.now(),
                0,
                List.of(),
                List.of(),
                List.of(),
                List.of());
    }

    static CaseResult steps(CaseResult r, List<StepResult> steps) {
        return new CaseResult(
                r.id(),
                r.groupId(),
                r.title(),
                r.description(),
                r.spec(),
                r.state(),
                r.finding(),
                r.parameters(),
                r.started(),
                r.durationNanos(),
                steps,
                r.commands(),
                r.log(),
                r.workers());
    }

    static CaseResult ended(CaseResult r, State state, String finding, long nanos) {
        return new CaseResult(
                r.id(),
                r.groupId(),
                r.title(),
                r.description(),
                r.spec(),
                state,
                finding,
                r.parameters(),
                r.started(),
                nanos,
                r.steps(),
                r.commands(),
                r.log(),
                r.workers());
    }

    static CaseResult finished(CaseResult r, CaseRun.Outcome o, List<LogLine> log, long nanos) {
        return new CaseResult(
                r.id(),
                r.groupId(),
                r.title(),
                r.description(),
                r.spec(),
                o.state(),
                o.finding(),
                r.parameters(),
                r.started(),
                nanos,
                o.steps(),
                o.commands(),
                log,
                o.series());
    }
}
