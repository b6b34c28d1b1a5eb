package dev.doorbell.testplans.engine;

import dev.doorbell.testplans.run.CaseResult;
import dev.doorbell.testplans.run.RunListener;
import dev.doorbell.testplans.run.RunResult;
import dev.doorbell.testplans.run.State;
import dev.doorbell.testplans.run.StepResult;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.platform.engine.EngineExecutionListener;
import org.junit.platform.engine.TestDescriptor;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.reporting.ReportEntry;

/** Tells the platform what happens to the cases of a run. */
final class CaseReporter implements RunListener {
    private final PlanDescriptor plan;
    private final EngineExecutionListener listener;
    private final Map<String, CaseDescriptor> cases = new HashMap<>();
    private final Set<String> running = new HashSet<>();
    private GroupDescriptor open;

    CaseReporter(PlanDescriptor plan, EngineExecutionListener listener) {
        this.plan = plan;
        this.listener = listener;
        for (TestDescriptor d : plan.getDescendants()) {
            if (d instanceof CaseDescriptor c) {
                cases.put(c.fullId(), c);
            }
        }
    }

    @Override
    public void started(RunResult run) {
        listener.reportingEntryPublished(plan, ReportEntry.from("seed", "0x%x".formatted(run.seed())));
    }

    @Override
    public void caseStarted(CaseResult c) {
        CaseDescriptor d = cases.get(c.id());
        enter(d);
        running.add(c.id());
        listener.executionStarted(d);
    }

    @Override
    public void caseFinished(CaseResult c) {
        CaseDescriptor d = cases.remove(c.id());
        enter(d);
        boolean notRun = c.state() == State.SKIPPED && c.steps().isEmpty();
        if (!running.remove(c.id()) && !notRun) {
            listener.executionStarted(d);
        }
        switch (c.state()) {
            case PASSED -> listener.executionFinished(d, TestExecutionResult.successful());
            case SKIPPED -> {
                if (notRun) {
                    listener.executionSkipped(d, c.finding());
                } else {
                    listener.executionFinished(d, TestExecutionResult.aborted(failure(c)));
                }
            }
            default -> listener.executionFinished(d, TestExecutionResult.failed(failure(c)));
        }
    }

    /** Cases that the run never came to are skipped with its reason. */
    @Override
    public void finished(RunResult run) {
        for (CaseResult c : run.cases()) {
            CaseDescriptor d = cases.remove(c.id());
            if (d != null) {
                enter(d);
                if (c.state() == State.SKIPPED || c.state() == State.PENDING) {
                    listener.executionSkipped(d, c.finding().isEmpty() ? "not run" : c.finding());
                }
            }
        }
        leave();
    }

    private static PlanFailure failure(CaseResult c) {
        StringBuilder text = new StringBuilder(c.finding());
        c.badStep().ifPresent(s -> {
            if (!s.expected().isEmpty()) {
                text.append("\nexpected: ").append(s.expected());
            }
            if (!s.got().isEmpty()) {
                text.append("\ngot: ").append(s.got());
            }
        });
        return new PlanFailure(
                text.toString(), c.badStep().map(StepResult::source).orElse(c.id()));
    }

    private void enter(CaseDescriptor d) {
        GroupDescriptor group = (GroupDescriptor) d.getParent().orElseThrow();
        if (group != open) {
            leave();
            open = group;
            listener.executionStarted(group);
        }
    }

    private void leave() {
        if (open != null) {
            listener.executionFinished(open, TestExecutionResult.successful());
            open = null;
        }
    }
}
