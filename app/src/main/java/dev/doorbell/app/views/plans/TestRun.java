package dev.doorbell.app.views.plans;

import dev.doorbell.testplans.plan.Plan;
import dev.doorbell.testplans.run.CaseResult;
import dev.doorbell.testplans.run.LogLine;
import dev.doorbell.testplans.run.PlanRun;
import dev.doorbell.testplans.run.Progress;
import dev.doorbell.testplans.run.RunListener;
import dev.doorbell.testplans.run.RunResult;
import dev.doorbell.testplans.run.StepResult;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import javafx.beans.property.ObjectProperty;
import javafx.beans.property.SimpleObjectProperty;
import javafx.collections.FXCollections;
import javafx.collections.ObservableList;

/**
 * One run as the views see it. The run's thread leaves news; {@link #catchUp}, called at the pulse, takes them over to the JavaFX thread, so
 * that a fast run never floods the window.
 */
final class TestRun implements RunListener {
    private final Plan plan;
    private final String device;
    private final ObjectProperty<RunResult> result = new SimpleObjectProperty<>();
    private final ObjectProperty<Progress> progress = new SimpleObjectProperty<>();
    private final ObservableList<LogLine> log = FXCollections.observableArrayList();
    private final Queue<LogLine> news = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean changed = new AtomicBoolean(true);
    private volatile PlanRun run;

    TestRun(Plan plan, String device) {
        this.plan = plan;
        this.device = device;
    }

    /** Takes the run that tells this listener; before it begins. */
    void follow(PlanRun planRun) {
        run = planRun;
        catchUp();
    }

    Plan plan() {
        return plan;
    }

    /** Name of the device it runs on. */
    String device() {
        return device;
    }

    PlanRun run() {
        return run;
    }

    ObjectProperty<RunResult> result() {
        return result;
    }

    ObjectProperty<Progress> progress() {
        return progress;
    }

    ObservableList<LogLine> log() {
        return log;
    }

    boolean ended() {
        return result.get() != null && result.get().state().isDone();
    }

    /** Takes over what has happened since the last call; JavaFX thread. */
    void catchUp() {
        if (run == null) {
            return;
        }
        progress.set(run.progress());
        if (changed.getAndSet(false)) {
            result.set(run.result());
        }
        for (LogLine line = news.poll(); line != null; line = news.poll()) {
            log.add(line);
        }
    }

    @Override
    public void caseStarted(CaseResult c) {
        changed.set(true);
    }

    @Override
    public void stepDone(CaseResult c, StepResult step) {
        changed.set(true);
    }

    @Override
    public void caseFinished(CaseResult c) {
        changed.set(true);
    }

    @Override
    public void log(LogLine line) {
        news.add(line);
    }

    @Override
    public void finished(RunResult done) {
        changed.set(true);
    }
}
