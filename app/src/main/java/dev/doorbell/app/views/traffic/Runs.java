package dev.doorbell.app.views.traffic;

import dev.doorbell.app.views.traffic.TrafficRun.State;
import dev.doorbell.driver.Controller;
import dev.doorbell.driver.DoorbellException;
import dev.doorbell.driver.IoWorker;
import dev.doorbell.driver.Trace;
import dev.doorbell.driver.TraceReader;
import dev.doorbell.plugin.DeviceEvent;
import dev.doorbell.plugin.DeviceSession;
import dev.doorbell.plugin.Problem;
import dev.doorbell.plugin.Texts;
import dev.doorbell.plugin.Workbench;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import javafx.application.Platform;
import javafx.beans.property.ObjectProperty;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;
import javafx.beans.property.SimpleObjectProperty;
import javafx.collections.FXCollections;
import javafx.collections.ObservableList;

/**
 * Starts and ends runs, one at a time. A run's workers are made and closed on its session's thread; when the device is
 * closed, reset or lost, they end first, and the run says so.
 */
final class Runs {
    private static final String VIEW = "live";

    private final Workbench workbench;
    private final Texts texts;
    private final Sampler sampler = new Sampler();
    private final Courses courses = new Courses();
    private final ReadOnlyObjectWrapper<Optional<TrafficRun>> current =
            new ReadOnlyObjectWrapper<>(this, "current", Optional.empty());
    private final ObservableList<TrafficRun> all = FXCollections.observableArrayList();
    private final ObservableList<Mark> marks = FXCollections.observableArrayList();
    private final ObjectProperty<Optional<WorkerTrack>> focus =
            new SimpleObjectProperty<>(this, "focus", Optional.empty());
    private volatile double celsius = Double.NaN;
    private int numbers;

    Runs(Workbench workbench, Texts texts) {
        this.workbench = workbench;
        this.texts = texts;
    }

    /** That of all workers together. */
    Course course() {
        return courses.sum();
    }

    Courses courses() {
        return courses;
    }

    /** Seconds since the epoch on the time axis of the course. */
    double now() {
        return sampler.now();
    }

    /** The run that was started last; it may be over. */
    ReadOnlyObjectProperty<Optional<TrafficRun>> current() {
        return current.getReadOnlyProperty();
    }

    /** Newest first. */
    ObservableList<TrafficRun> all() {
        return all;
    }

    /** Moments of the course, oldest first. */
    ObservableList<Mark> marks() {
        return marks;
    }

    /** The worker that was chosen among the results; empty: all of the current run. */
    ObjectProperty<Optional<WorkerTrack>> focus() {
        return focus;
    }

    boolean isRunning() {
        return current.get().filter(r -> !r.isOver()).isPresent();
    }

    void temperature(double degrees) {
        celsius = degrees;
    }

    /** Ends what runs, and starts this. */
    void start(DeviceSession session, WorkloadDraft draft, long lbaCount) {
        if (isRunning()) {
            var before = current.get().get();
            stop(texts.get("end.restarted"));
            before.over().thenRun(() -> launch(session, draft, lbaCount));
        } else {
            launch(session, draft, lbaCount);
        }
    }

    /** Ends what runs; {@code why} says it in words. */
    void stop(String why) {
        current.get().filter(r -> !r.isOver()).ifPresent(run -> {
            run.because(why);
            run.become(State.STOPPING);
            sampler.execute(() -> run.workers().forEach(Runs::stop));
        });
    }

    /** Forgets the runs that are over; also what the charts show of them when none runs. */
    void clear() {
        all.removeIf(TrafficRun::isOver);
        focus.set(Optional.empty());
        if (!isRunning()) {
            courses.clear();
            marks.clear();
            current.set(Optional.empty());
        }
    }

    private static void stop(WorkerTrack track) {
        try {
            track.worker().stop();
        } catch (DoorbellException e) {
            track.end(track.worker().isOpen() ? e.getMessage() : "");
        }
    }

    private void launch(DeviceSession session, WorkloadDraft draft, long lbaCount) {
        courses.ready(draft.workers());
        var run = new TrafficRun(++numbers, session, draft);
        focus.set(Optional.empty());
        current.set(Optional.of(run));
        all.addFirst(run);
        var events = session.onEvent(e -> heed(run, e));
        run.over().thenRun(events::unsubscribe);
        session.ask(controller -> {
                    run.workers(create(controller, draft, lbaCount));
                    try {
                        IoWorker.startTogether(
                                run.workers().stream().map(WorkerTrack::worker).toList());
                    } catch (RuntimeException e) {
                        run.workers().forEach(w -> w.worker().close());
                        throw e;
                    }
                    double now = sampler.now();
                    sampler.every(() -> beat(run));
                    return now;
                })
                .whenComplete((startedAt, failure) -> {
                    if (failure == null) {
                        started(run, startedAt);
                    } else {
                        refused(run, failure);
                    }
                });
    }

    private static List<WorkerTrack> create(Controller controller, WorkloadDraft draft, long lbaCount) {
        List<WorkerTrack> made = new ArrayList<>();
        Optional<Trace> recorded = draft.replays()
                ? Optional.of(TraceReader.read(
                        Path.of(draft.trace()),
                        controller.namespace(draft.nsid()).lbaBytes()))
                : Optional.empty();
        try {
            for (int i = 0; i < draft.workers(); i++) {
                made.add(new WorkerTrack(controller.createWorker(draft.workload(i, lbaCount, recorded)), i));
            }
        } catch (RuntimeException e) {
            made.forEach(w -> w.worker().close());
            throw e;
        }
        return made;
    }

    private void started(TrafficRun run, double at) {
        // A very short run may be over before this thread hears of its start.
        int before = run.isOver() ? 1 : 0;
        marks.add(
                marks.size() - before,
                new Mark(at, texts.get("mark.start", run.draft().preset())));
        if (run.state().get() == State.STOPPING) {
            sampler.execute(() -> run.workers().forEach(Runs::stop));
        } else if (!run.isOver()) {
            run.become(State.RUNNING);
        }
    }

    /** The workers could not be made. */
    private void refused(TrafficRun run, Throwable failure) {
        all.remove(run);
        run.ended(texts.get(
                "end.notStarted", Optional.ofNullable(failure.getMessage()).orElse(failure.toString())));
        run.become(State.FAILED);
        workbench
                .problems()
                .show(Problem.error(run.session().name(), run.outcome(), failure)
                        .in("workload"));
    }

    private boolean beat(TrafficRun run) {
        if (run.isOver()) {
            return false;
        }
        boolean before = run.allEnded();
        run.look(sampler.now(), celsius, courses);
        if (run.allEnded()) {
            Platform.runLater(() -> end(run));
            return before;
        }
        return true;
    }

    private void end(TrafficRun run) {
        if (run.isOver()) {
            return;
        }
        var failure = run.sum().failure();
        boolean stopped = run.hasReason();
        run.ended(failure.isEmpty() ? ownEnd(run) : failure);
        double now = sampler.now();
        courses.gap(now);
        marks.add(new Mark(now, run.outcome()));
        boolean failed = !failure.isEmpty();
        // Before the state, as a run that waits for it wants these qpairs.
        closeWorkers(run, w -> {});
        run.become(failed ? State.FAILED : State.ENDED);
        if (failed) {
            var words = stopped
                    ? run.outcome()
                    : texts.get("end.failed", run.session().name(), failure);
            workbench
                    .problems()
                    .show(Problem.warning(run.session().name(), words).in(VIEW));
        }
    }

    private String ownEnd(TrafficRun run) {
        if (run.workers().stream().noneMatch(w -> w.worker().isOpen())) {
            return texts.get("end.closed", run.session().name());
        }
        return switch (run.draft().stop()) {
            case TIME -> texts.get("end.time");
            case COUNT -> texts.get("end.count");
            case DATA -> texts.get("end.data");
            case PASSES -> texts.get("end.passes");
            case NEVER -> texts.get("end.itself");
        };
    }

    /** Closes the workers on the session's thread, after {@code first} was done with them. */
    private void closeWorkers(TrafficRun run, Consumer<List<WorkerTrack>> first) {
        if (run.workers().stream().noneMatch(w -> w.worker().isOpen())) {
            return;
        }
        var session = run.session();
        session.ask(controller -> {
                    first.accept(run.workers());
                    run.workers().forEach(w -> w.worker().close());
                    return true;
                })
                .exceptionally(e -> {
                    if (session.state().getValue() != DeviceSession.State.CLOSED) {
                        workbench.problems().add(Problem.error(session.name(), e));
                    }
                    return false;
                });
    }

    private void heed(TrafficRun run, DeviceEvent event) {
        var name = run.session().name();
        switch (event) {
            case DeviceEvent.Closing closing -> endNow(run, texts.get("end.closed", name));
            case DeviceEvent.Reset reset -> endNow(run, texts.get("end.reset", name));
            case DeviceEvent.Lost lost -> endNow(run, texts.get("end.lost", name));
            default -> {}
        }
    }

    /** Ends the workers and closes them on the session's thread, before anything that is asked of it later. */
    private void endNow(TrafficRun run, String why) {
        if (run.isOver()) {
            return;
        }
        workbench.say(why);
        run.because(why);
        run.become(State.STOPPING);
        closeWorkers(run, workers -> {
            workers.forEach(Runs::stop);
            workers.forEach(w -> await(w, run.session()));
            sampler.executeNow(() -> beat(run));
        });
    }

    private static void await(WorkerTrack track, DeviceSession session) {
        try {
            track.worker().await(session.controller().timeout());
        } catch (DoorbellException | IllegalStateException e) {
            track.end(e.getMessage());
        }
    }
}
