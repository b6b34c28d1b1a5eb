package dev.doorbell.testplans.run;

import dev.doorbell.testplans.plan.PlanCase;
import dev.doorbell.testplans.plan.Scope;
import dev.doorbell.testplans.plan.Step;
import dev.doorbell.testplans.plan.Value;
import java.util.List;
import java.util.Optional;

/** How long a case may take, from what its steps say: good enough for a progress bar. */
final class Estimate {
    private static final long CASE_NANOS = 10_000_000;
    private static final long COMMAND_NANOS = 2_000_000;
    private static final long RESET_NANOS = 200_000_000;
    private static final long WORKER_NANOS = 1_000_000_000;

    private Estimate() {}

    static long nanos(PlanCase c) {
        return CASE_NANOS + all(c.steps()) + all(c.teardown());
    }

    private static long all(List<Step> steps) {
        return steps.stream().mapToLong(Estimate::step).sum();
    }

    private static long step(Step step) {
        return switch (step) {
            case Step.WaitStep s -> constant(Optional.of(s.time()), COMMAND_NANOS);
            case Step.WorkerStep s -> constant(s.settings().time(), WORKER_NANOS);
            case Step.RepeatStep s -> constant(Optional.of(s.times()), 1) * all(s.steps());
            case Step.GroupStep s -> all(s.steps());
            case Step.ResetStep s -> RESET_NANOS;
            case Step.TogetherStep s -> COMMAND_NANOS * s.commands().size();
            case Step.CommandStep s -> COMMAND_NANOS;
            case Step.RegisterStep s -> COMMAND_NANOS;
            case Step.EventStep s -> COMMAND_NANOS;
            case Step.CheckStep s -> 0;
            case Step.FaultsStep s -> 0;
        };
    }

    private static long constant(Optional<Value> value, long otherwise) {
        return value.filter(Value::isConstant).map(v -> v.asLong(Scope.EMPTY)).orElse(otherwise);
    }
}
