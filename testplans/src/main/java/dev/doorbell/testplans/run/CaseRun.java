package dev.doorbell.testplans.run;

import dev.doorbell.driver.Controller;
import dev.doorbell.driver.Device;
import dev.doorbell.driver.DoorbellException;
import dev.doorbell.driver.FaultPlan;
import dev.doorbell.driver.Qpair;
import dev.doorbell.spec.Catalogue;
import dev.doorbell.testplans.plan.PlanCase;
import dev.doorbell.testplans.plan.PlanException;
import dev.doorbell.testplans.plan.Quantities;
import dev.doorbell.testplans.plan.Requirement;
import dev.doorbell.testplans.plan.Scope;
import dev.doorbell.testplans.plan.Step;
import dev.doorbell.testplans.plan.Value;
import dev.doorbell.testplans.run.CommandLines.Mark;
import dev.doorbell.testplans.run.WorkerSeries.WorkerSample;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;

/** Runs one case from its requirements to its teardown and gathers what is to be known about it. */
final class CaseRun {
    /** Saved under this name when a command of the case timed out. */
    static final String TIMED_OUT = "#timed-out";

    private static final Duration TEARDOWN_GRACE = Duration.ofMillis(500);
    private static final int MAX_STEPS_KEPT = 500;

    private final PlanCase plan;
    private final Controller controller;
    private final Catalogue catalogue;
    private final Flow flow;
    private final long seed;
    private final Events events;
    private final List<StepResult> steps = new ArrayList<>();
    private final List<WorkerSeries> series = new ArrayList<>();

    /** What the run hears from a case on its way. */
    interface Events {
        void stepDone(StepResult step, List<StepResult> all);

        void sample(String stepTitle, WorkerSample sample);

        void log(LogLine.Level level, String message);
    }

    /** How a case ended. */
    record Outcome(
            State state,
            String finding,
            List<StepResult> steps,
            List<WorkerSeries> series,
            List<CommandLine> commands,
            boolean timedOut,
            boolean deviceLost) {}

    CaseRun(PlanCase plan, Controller controller, Catalogue catalogue, Flow flow, long seed, Events events) {
        this.plan = plan;
        this.controller = controller;
        this.catalogue = catalogue;
        this.flow = flow;
        this.seed = seed;
        this.events = events;
    }

    /** The first requirement that does not hold, in words; empty: the case can run. */
    static Optional<String> unmet(List<Requirement> requires, Scope scope) {
        for (Requirement r : requires) {
            String value = new Value("${" + r.subject() + "}", r.at()).text(scope);
            Optional<BigInteger> number = Quantities.amount(value);
            if (!r.check().holds(number, value, scope)) {
                return Optional.of(
                        r.reason().isEmpty() ? "needs %s, and it is %s".formatted(r.text(), value) : r.reason());
            }
        }
        return Optional.empty();
    }

    /** The parameters as they come out on this device. */
    static Map<String, String> parameters(PlanCase plan, Scope facts) {
        Scope scope = CaseScopes.of(plan, Map.of(), facts);
        Map<String, String> resolved = new LinkedHashMap<>();
        plan.parameters()
                .keySet()
                .forEach(name -> resolved.put(name, scope.lookup(name).orElse("")));
        return resolved;
    }

    Outcome run(DeviceFacts facts) {
        CaseResources resources =
                new CaseResources(controller, plan.depth().asInt(CaseScopes.of(plan, Map.of(), facts)));
        BiConsumer<String, WorkerSample> samples = events::sample;
        CaseContext context =
                CaseContext.of(plan, controller, catalogue, flow, resources, facts, seed, samples, series::add);
        Mark admin = new Mark(controller.admin(), controller.admin().cmdLog().nextSequence());
        Ending ending = new Ending();
        AutoCloseable listener = controller.onAsyncEvent(context.events()::add);
        List<CommandLine> commands = List.of();
        try {
            StepRunner runner = new StepRunner(context);
            Optional<FaultPlan> faults = faults();
            ending.take(() -> runAll(plan.steps(), "", runner, context));
            ending.take(() -> restore(faults));
            // A simulator that was removed on order is back now.
            ending.deviceLost &= controller.device().isLost();
            if (!ending.deviceLost) {
                flow.grace(TEARDOWN_GRACE);
                ending.take(() -> runAll(plan.teardown(), "end.", runner, context));
                flow.noGrace();
            }
            commands = commands(admin, resources);
        } finally {
            ending.take(resources::close);
            quietly(listener);
        }
        return new Outcome(
                ending.state,
                ending.finding,
                steps,
                series,
                commands,
                context.saved().containsKey(TIMED_OUT),
                ending.deviceLost || controller.device().isLost());
    }

    /** The fault plan in the device, if it is a simulator. */
    private Optional<FaultPlan> faults() {
        return controller.device().simulator().map(s -> s.faults().plan());
    }

    /** What the case's steps broke is whole again before its teardown and the next case. */
    private void restore(Optional<FaultPlan> before) {
        before.filter(plan -> !Optional.of(plan).equals(faults()))
                .ifPresent(plan -> controller.device().simulator().orElseThrow().faults(plan));
    }

    private void runAll(List<Step> all, String prefix, StepRunner runner, CaseContext context) {
        int number = 0;
        for (Step step : all) {
            number++;
            run(step, prefix + number, runner, context);
        }
    }

    private void run(Step step, String path, StepRunner runner, CaseContext context) {
        switch (step) {
            case Step.GroupStep g -> runAll(g.steps(), path + ".", runner, context);
            case Step.RepeatStep r -> {
                int times = r.times().asInt(context.scope());
                for (int i = 0; i < times; i++) {
                    context.saved().put(r.variable(), Integer.toString(i));
                    int buffers = context.resources().bufferCount();
                    runAll(r.steps(), path + "[" + i + "].", runner, context);
                    context.resources().releaseSince(buffers);
                }
            }
            default -> single(step, path, runner);
        }
    }

    private void single(Step step, String path, StepRunner runner) {
        flow.checkpoint();
        long start = System.nanoTime();
        try {
            StepOutcome outcome = runner.run(step, path);
            done(step, path, State.PASSED, "", outcome.expected(), outcome.got(), start, Optional.empty());
        } catch (StepFailure f) {
            done(step, path, State.FAILED, f.getMessage(), f.expected(), f.got(), start, f.difference());
            throw f;
        } catch (Flow.CancelledException e) {
            done(step, path, State.SKIPPED, "cancelled", "", "", start, Optional.empty());
            throw e;
        } catch (PlanException | DoorbellException e) {
            done(step, path, State.ERROR, e.getMessage(), "", "", start, Optional.empty());
            throw e;
        }
    }

    private void done(
            Step step,
            String path,
            State state,
            String finding,
            String expected,
            String got,
            long start,
            Optional<Difference> difference) {
        StepResult result = new StepResult(
                path,
                step.title(),
                state,
                expected,
                got,
                finding,
                System.nanoTime() - start,
                difference,
                step.at().toString());
        if (steps.size() == MAX_STEPS_KEPT) {
            steps.remove(MAX_STEPS_KEPT / 2);
        }
        steps.add(result);
        events.stepDone(result, List.copyOf(steps));
    }

    private List<CommandLine> commands(Mark admin, CaseResources resources) {
        List<Mark> marks = new ArrayList<>();
        marks.add(admin);
        for (Qpair q : resources.ioQpairs()) {
            marks.add(new Mark(q, 0));
        }
        return CommandLines.since(catalogue, marks, CaseResult.MAX_COMMANDS);
    }

    private static void quietly(AutoCloseable c) {
        try {
            c.close();
        } catch (Exception e) {
            throw new IllegalStateException("the listener for events does not go away", e);
        }
    }

    /** The first bad thing decides how the case ends. */
    private final class Ending {
        private State state = State.PASSED;
        private String finding = "";
        private boolean deviceLost;

        void take(Runnable part) {
            try {
                part.run();
            } catch (StepFailure f) {
                bad(State.FAILED, f.getMessage());
            } catch (Flow.CancelledException e) {
                bad(State.SKIPPED, "cancelled while it ran");
            } catch (Device.LostException | Device.ClosedException e) {
                deviceLost = true;
                bad(State.ERROR, e.getMessage());
            } catch (PlanException | DoorbellException e) {
                bad(State.ERROR, e.getMessage());
            }
        }

        private void bad(State worse, String why) {
            if (state == State.PASSED) {
                state = worse;
                finding = why;
            } else if (!why.equals(finding)) {
                events.log(LogLine.Level.WARN, "and then: " + why);
            }
        }
    }
}
