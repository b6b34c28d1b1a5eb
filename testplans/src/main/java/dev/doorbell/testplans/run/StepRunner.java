package dev.doorbell.testplans.run;

import dev.doorbell.driver.Controller;
import dev.doorbell.driver.Controller.AsyncEvent;
import dev.doorbell.driver.FaultPlan;
import dev.doorbell.driver.PciFunction;
import dev.doorbell.driver.Simulator;
import dev.doorbell.driver.Subsystem;
import dev.doorbell.testplans.plan.Check;
import dev.doorbell.testplans.plan.PlanException;
import dev.doorbell.testplans.plan.Quantities;
import dev.doorbell.testplans.plan.Scope;
import dev.doorbell.testplans.plan.Step;
import dev.doorbell.testplans.plan.Step.CheckStep;
import dev.doorbell.testplans.plan.Step.EventStep;
import dev.doorbell.testplans.plan.Step.ResetStep;
import dev.doorbell.testplans.plan.Value;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Runs one step of any kind that holds no other steps. Throws {@link StepFailure} when it is not as expected. */
final class StepRunner {
    private static final long LOOK_NANOS = 2_000_000;
    private static final Duration SHUTDOWN_LIMIT = Duration.ofSeconds(10);

    private final CaseContext context;
    private final CommandRunner commands;
    private final RegisterRunner registers;
    private final WorkerRunner workers;

    StepRunner(CaseContext context) {
        this.context = context;
        this.commands = new CommandRunner(context);
        this.registers = new RegisterRunner(context);
        this.workers = new WorkerRunner(context);
    }

    StepOutcome run(Step step, String path) {
        return switch (step) {
            case Step.CommandStep s -> commands.run(s, path);
            case Step.TogetherStep s -> commands.run(s, path);
            case Step.RegisterStep s -> registers.run(s);
            case Step.WorkerStep s -> workers.run(s, path);
            case Step.WaitStep s -> {
                context.flow().sleep(s.time().asLong(context.scope()));
                yield StepOutcome.NOTHING;
            }
            case EventStep s -> event(s);
            case Step.FaultsStep s -> faults(s);
            case ResetStep s -> reset(s);
            case CheckStep s -> check(s);
            case Step.RepeatStep s -> throw new AssertionError("a repeat is taken apart before");
            case Step.GroupStep s -> throw new AssertionError("a group is taken apart before");
        };
    }

    private StepOutcome event(EventStep step) {
        Scope scope = context.scope();
        List<String> seen = new ArrayList<>();
        List<String> parts = new ArrayList<>();
        step.expect().forEach((key, check) -> parts.add(key + " " + check.describe(scope)));
        String expected = parts.isEmpty() ? "an event" : "an event with " + String.join(", ", parts);
        long limit = step.within().asLong(scope);
        long start = System.nanoTime();
        while (true) {
            context.controller().poll();
            for (AsyncEvent e = context.events().poll();
                    e != null;
                    e = context.events().poll()) {
                String text = "type %d, info 0x%02x, log page 0x%02x".formatted(e.type(), e.info(), e.logPage());
                if (matches(step.expect(), e, scope)) {
                    return new StepOutcome(expected, text);
                }
                seen.add(text);
            }
            if (System.nanoTime() - start >= limit) {
                String got = seen.isEmpty() ? "no event" : String.join("; ", seen);
                throw new StepFailure(
                        "No such asynchronous event came within %s.".formatted(Quantities.nanos(limit)), expected, got);
            }
            context.flow().sleep(LOOK_NANOS);
        }
    }

    private static boolean matches(Map<String, Check> expect, AsyncEvent e, Scope scope) {
        return expect.entrySet().stream()
                .allMatch(x -> x.getValue()
                        .holds(
                                switch (x.getKey()) {
                                    case "type" -> e.type();
                                    case "info" -> e.info();
                                    default -> e.logPage();
                                },
                                scope));
    }

    private StepOutcome faults(Step.FaultsStep step) {
        Scope scope = context.scope();
        Simulator simulator = context.controller()
                .device()
                .simulator()
                .orElseThrow(() -> new PlanException(
                        step.at(),
                        "only simulators take faults; add 'requires: device sim' so that other devices skip the case"));
        Simulator.FaultState ended = simulator.faults();
        try {
            simulator.faults(FaultPlan.parse(step.rules().text(scope)));
        } catch (FaultPlan.FormatException e) {
            throw new PlanException(step.at(), e.getMessage());
        }
        long matched =
                ended.rules().stream().mapToLong(Simulator.RuleState::matched).sum();
        List<String> expected = new ArrayList<>();
        List<String> got = new ArrayList<>();
        step.expect().forEach((key, check) -> {
            expected.add(key + " " + check.describe(scope));
            got.add(key + " " + (key.equals("hits") ? ended.hits() : matched));
        });
        step.expect().forEach((key, check) -> {
            long value = key.equals("hits") ? ended.hits() : matched;
            if (!check.holds(value, scope)) {
                throw new StepFailure(
                        "The fault plan has %d %s, expected %s.".formatted(value, key, check.describe(scope)),
                        String.join("; ", expected),
                        String.join("; ", got));
            }
        });
        return new StepOutcome(String.join("; ", expected), String.join("; ", got));
    }

    private StepOutcome reset(ResetStep step) {
        Controller c = context.controller();
        switch (step.kind()) {
            case CONTROLLER -> c.reset();
            case SUBSYSTEM -> {
                new Subsystem(c).reset();
                c.initialise();
            }
            case SHUTDOWN -> {
                c.shutdown(false, SHUTDOWN_LIMIT);
                c.disable();
                c.initialise();
            }
            case FLR -> {
                c.device()
                        .pci()
                        .orElseThrow(() -> new PlanException(step.at(), "this device has no PCI function to reset"))
                        .reset(PciFunction.Reset.FLR);
                c.initialise();
            }
        }
        // Behind the reset, which has taken them from the device: one that hangs would not answer their deletion.
        context.resources().closeQpairs();
        context.facts().forget();
        if (c.state() != Controller.State.READY) {
            throw new StepFailure(
                    "The controller is %s after the reset.".formatted(c.state()),
                    "READY",
                    c.state().toString());
        }
        return new StepOutcome("", "ready again");
    }

    private StepOutcome check(CheckStep step) {
        Scope scope = context.scope();
        List<String> expected = new ArrayList<>();
        List<String> got = new ArrayList<>();
        for (Map.Entry<Value, Check> e : step.expect().entrySet()) {
            String name = e.getKey().text().substring(2, e.getKey().text().length() - 1);
            String value = e.getKey().text(scope);
            Optional<BigInteger> number = Quantities.amount(value);
            expected.add(name + " " + e.getValue().describe(scope));
            got.add(name + " is " + value);
            if (!e.getValue().holds(number, value, scope)) {
                throw new StepFailure(
                        "%s is %s, expected %s."
                                .formatted(name, value, e.getValue().describe(scope)),
                        String.join("; ", expected),
                        String.join("; ", got));
            }
        }
        return new StepOutcome(String.join("; ", expected), String.join("; ", got));
    }
}
