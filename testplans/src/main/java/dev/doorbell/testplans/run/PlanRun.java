package dev.doorbell.testplans.run;

import dev.doorbell.driver.Controller;
import dev.doorbell.driver.DoorbellException;
import dev.doorbell.spec.Catalogue;
import dev.doorbell.testplans.plan.Plan;
import dev.doorbell.testplans.plan.PlanCase;
import dev.doorbell.testplans.plan.PlanException;
import dev.doorbell.testplans.plan.Quantities;
import dev.doorbell.testplans.run.WorkerSeries.WorkerSample;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One run of a plan on a controller. {@link #run} runs it on the calling thread, once; everything else may be called
 * from any thread at any time. The controller stays open, and is ready again afterwards unless the device is lost.
 */
public final class PlanRun {
    private static final Logger LOG = LoggerFactory.getLogger(PlanRun.class);

    private final Plan plan;
    private final Controller controller;
    private final RunOptions options;
    private final RunListener listener;
    private final Catalogue catalogue = Catalogue.standard();
    private final Flow flow = new Flow();
    private final RunModel model;
    private final AtomicBoolean begun = new AtomicBoolean();
    private final List<LogLine> caseLog = new ArrayList<>();

    /** A run that has not begun. */
    public PlanRun(Plan plan, Controller controller, RunOptions options, RunListener listener) {
        this.plan = plan;
        this.controller = controller;
        this.options = options;
        this.listener = listener;
        long seed = options.seed()
                .orElseGet(() ->
                        plan.seed().orElseGet(() -> ThreadLocalRandom.current().nextLong(1, 1L << 32)));
        this.model =
                new RunModel(plan, options, seed, controller.device().address().text());
    }

    /** The run as it stands. */
    public RunResult result() {
        return model.snapshot();
    }

    public Progress progress() {
        return model.progress();
    }

    /** Ends the run within about a second: the running case is cleaned up, the others are skipped. */
    public void cancel() {
        flow.cancel();
    }

    public boolean isCancelled() {
        return flow.cancelled();
    }

    /** Stops before the next step, or goes on. */
    public void pause(boolean pause) {
        flow.pause(pause);
    }

    public boolean isPaused() {
        return flow.paused();
    }

    /** Runs to the end and gives the result. Throws {@link IllegalStateException} when called again. */
    public RunResult run() {
        if (!begun.compareAndSet(false, true)) {
            throw new IllegalStateException("this run of " + plan.id() + " has begun already; make a new one");
        }
        model.begin();
        try {
            listener.started(model.snapshot());
            log(LogLine.Level.INFO, "", "%s, seed 0x%x".formatted(plan.title(), model.seed()));
            runAll();
        } catch (DoorbellException | PlanException e) {
            stop(e.getMessage());
        } finally {
            model.end();
            listener.finished(model.snapshot());
        }
        return model.snapshot();
    }

    private void runAll() {
        DeviceFacts facts = new DeviceFacts(controller, catalogue);
        model.device(facts.info());
        Optional<String> unmet = CaseRun.unmet(plan.requires(), facts);
        if (unmet.isPresent()) {
            log(LogLine.Level.WARN, "", "This plan is not for this device: " + unmet.get());
        }
        for (PlanCase c : plan.cases()) {
            if (!model.isPending(c)) {
                continue;
            }
            if (unmet.isPresent()) {
                model.update(c, r -> Cases.ended(r, State.SKIPPED, unmet.get(), 0));
                continue;
            }
            if (flow.cancelled()) {
                stop("The run was cancelled.");
                return;
            }
            CaseResult done = runCase(c);
            if (controller.device().isLost() || !controller.device().isOpen()) {
                stop("The device was lost in " + done.title() + ": " + done.finding());
                return;
            }
            if (!recover(c, done)) {
                return;
            }
            if (options.stopOnFailure() && done.state().isBad()) {
                skipRest("not run after the failure of " + done.title());
                return;
            }
        }
        if (flow.cancelled()) {
            stop("The run was cancelled.");
        }
    }

    private CaseResult runCase(PlanCase c) {
        DeviceFacts facts = new DeviceFacts(controller, catalogue);
        caseLog.clear();
        long start = System.nanoTime();
        try {
            Optional<String> unmet = CaseRun.unmet(c.requires(), facts);
            if (unmet.isPresent()) {
                CaseResult skipped = model.update(c, r -> Cases.ended(r, State.SKIPPED, unmet.get(), 0));
                log(LogLine.Level.INFO, c.title(), "skipped: " + unmet.get());
                listener.caseFinished(skipped);
                return skipped;
            }
            Map<String, String> parameters = CaseRun.parameters(c, facts);
            listener.caseStarted(model.update(c, r -> Cases.started(r, parameters)));
            CaseRun.Outcome outcome =
                    new CaseRun(c, controller, catalogue, flow, model.seed(), new Relay(c)).run(facts);
            if (outcome.timedOut()) {
                model.needsReset();
            }
            return finished(c, outcome, System.nanoTime() - start);
        } catch (PlanException | DoorbellException e) {
            // A requirement or a parameter cannot be worked out on this device.
            CaseRun.Outcome outcome =
                    new CaseRun.Outcome(State.ERROR, e.getMessage(), List.of(), List.of(), List.of(), false, false);
            return finished(c, outcome, System.nanoTime() - start);
        }
    }

    private CaseResult finished(PlanCase c, CaseRun.Outcome outcome, long nanos) {
        String time = Quantities.nanos(nanos);
        switch (outcome.state()) {
            case PASSED -> log(LogLine.Level.INFO, c.title(), "passed, " + time);
            case SKIPPED -> log(LogLine.Level.WARN, c.title(), outcome.finding());
            default -> log(LogLine.Level.ERROR, c.title(), outcome.finding());
        }
        CaseResult done = model.update(c, r -> Cases.finished(r, outcome, List.copyOf(caseLog), nanos));
        listener.caseFinished(done);
        return done;
    }

    /** Makes the controller fit for the next case; false when that is impossible. */
    private boolean recover(PlanCase c, CaseResult done) {
        try {
            if (controller.state() != Controller.State.READY || model.takeNeedsReset()) {
                log(LogLine.Level.WARN, c.title(), "resetting the controller, which is " + controller.state());
                controller.reset();
            }
            if (controller.state() == Controller.State.READY) {
                return true;
            }
            stop("The controller is %s after %s and does not become ready."
                    .formatted(controller.state(), done.title()));
        } catch (DoorbellException e) {
            stop("The controller does not come back after %s: %s".formatted(done.title(), e.getMessage()));
        }
        return false;
    }

    private void stop(String finding) {
        model.finding(finding);
        log(LogLine.Level.ERROR, "", finding);
        skipRest("the run ended before it");
    }

    private void skipRest(String why) {
        for (PlanCase c : plan.cases()) {
            if (model.isPending(c)) {
                model.update(c, r -> Cases.ended(r, State.SKIPPED, why, 0));
            }
        }
    }

    private void log(LogLine.Level level, String caseTitle, String message) {
        LogLine line = new LogLine(java.time.Instant.now(), level, caseTitle, message);
        if (!caseTitle.isEmpty()) {
            caseLog.add(line);
        }
        LOG.debug("{} {}", caseTitle, message);
        listener.log(line);
    }

    /** Passes on what a case tells. */
    private final class Relay implements CaseRun.Events {
        private final PlanCase plan;

        Relay(PlanCase plan) {
            this.plan = plan;
        }

        @Override
        public void stepDone(StepResult step, List<StepResult> all) {
            listener.stepDone(model.update(plan, r -> Cases.steps(r, all)), step);
        }

        @Override
        public void sample(String stepTitle, WorkerSample sample) {
            listener.sample(model.find(plan), stepTitle, sample);
        }

        @Override
        public void log(LogLine.Level level, String message) {
            PlanRun.this.log(level, plan.title(), message);
        }
    }
}
