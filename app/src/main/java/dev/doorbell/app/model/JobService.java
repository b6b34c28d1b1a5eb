package dev.doorbell.app.model;

import dev.doorbell.plugin.DeviceSession;
import dev.doorbell.plugin.Job;
import dev.doorbell.plugin.Jobs;
import dev.doorbell.plugin.Problem;
import dev.doorbell.plugin.Problems;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javafx.beans.property.ReadOnlyObjectWrapper;
import javafx.beans.value.ObservableValue;
import javafx.collections.FXCollections;
import javafx.collections.ObservableList;

/** Starts jobs, keeps them in one list, and turns their failures into problems. */
public final class JobService implements Jobs, AutoCloseable {
    private static final int MOST = 100;

    private final Problems problems;
    private final ObservableList<Job<?>> all = FXCollections.observableArrayList();
    private final ObservableList<Job<?>> view = FXCollections.unmodifiableObservableList(all);
    private final ReadOnlyObjectWrapper<Job<?>> foremost = new ReadOnlyObjectWrapper<>();
    private final ReadOnlyObjectWrapper<Integer> running = new ReadOnlyObjectWrapper<>(0);
    private final ExecutorService threads = Executors.newCachedThreadPool(
            Thread.ofPlatform().name("job-", 1).daemon().factory());

    public JobService(Problems problems) {
        this.problems = problems;
    }

    @Override
    public <T> Job<T> submit(String name, JobTask<T> task) {
        var job = new RunningJob<T>(name, Optional.empty());
        admit(job);
        threads.execute(() -> job.execute(() -> task.run(job)));
        return job;
    }

    @Override
    public <T> Job<T> submit(DeviceSession session, String name, DeviceSession.DeviceJob<T> task) {
        var job = new RunningJob<T>(name, Optional.of(session));
        admit(job);
        session.ask(controller -> {
                    job.execute(() -> task.run(controller, job));
                    return true;
                })
                .exceptionally(e -> {
                    // The session never ran it: it is closed or lost.
                    job.execute(() -> {
                        throw FxThread.cause(e) instanceof Exception x ? x : new IllegalStateException(e);
                    });
                    return false;
                });
        return job;
    }

    private void admit(RunningJob<?> job) {
        FxThread.run(() -> {
            all.addFirst(job);
            trim();
            settle();
        });
        job.state().addListener((o, was, is) -> settle());
        job.result().exceptionally(e -> {
            if (!FxThread.cancelled(e)) {
                var source = job.device().map(DeviceSession::name).orElse("");
                var cause = FxThread.cause(e);
                problems.show(Problem.error(source, job.name() + " failed: " + message(cause), cause)
                        .in("jobs"));
            }
            return null;
        });
    }

    private static String message(Throwable cause) {
        return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    }

    private void trim() {
        for (int i = all.size() - 1; i >= 0 && all.size() > MOST; i--) {
            if (all.get(i).state().getValue().ended()) {
                all.remove(i);
            }
        }
    }

    private void settle() {
        var alive = all.stream().filter(j -> !j.state().getValue().ended()).toList();
        running.set(alive.size());
        foremost.set(alive.isEmpty() ? null : alive.getLast());
    }

    @Override
    public ObservableList<Job<?>> all() {
        return view;
    }

    /** Forgets those that ended. */
    public void clearEnded() {
        all.removeIf(j -> j.state().getValue().ended());
    }

    /** The one the status bar shows: the oldest that has not ended. {@code null} inside: none. */
    public ObservableValue<Job<?>> foremost() {
        return foremost.getReadOnlyProperty();
    }

    @Override
    public ObservableValue<Integer> running() {
        return running.getReadOnlyProperty();
    }

    /** Cancels all; does not wait for them. */
    @Override
    public void close() {
        all.forEach(Job::cancel);
        threads.shutdownNow();
    }
}
