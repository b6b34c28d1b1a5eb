package dev.doorbell.app.model;

import dev.doorbell.plugin.Problem;
import dev.doorbell.plugin.Problems;
import dev.doorbell.plugin.Pulse;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javafx.application.Platform;
import javafx.util.Subscription;

/**
 * The 10 Hz beat. A timer thread asks for a beat on the JavaFX thread; when that thread is behind, beats are dropped
 * instead of piling up. A JavaFX Timeline would keep the whole scene graph pulsing at 60 Hz.
 */
public final class PulseClock implements Pulse, AutoCloseable {
    private static final int PERIOD_MILLIS = 100;

    private final Problems problems;
    private final List<Runnable> tasks = new ArrayList<>();
    private final AtomicBoolean due = new AtomicBoolean();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("pulse").daemon().factory());
    private Optional<ScheduledFuture<?>> running = Optional.empty();

    public PulseClock(Problems problems) {
        this.problems = problems;
    }

    @Override
    public Subscription subscribe(Runnable task) {
        FxThread.check();
        Runnable own = task::run;
        tasks.add(own);
        if (running.isEmpty() && !timer.isShutdown()) {
            running = Optional.of(
                    timer.scheduleAtFixedRate(this::request, PERIOD_MILLIS, PERIOD_MILLIS, TimeUnit.MILLISECONDS));
        }
        return () -> remove(own);
    }

    private void remove(Runnable task) {
        tasks.remove(task);
        if (tasks.isEmpty()) {
            running.ifPresent(r -> r.cancel(false));
            running = Optional.empty();
        }
    }

    private void request() {
        if (due.compareAndSet(false, true)) {
            Platform.runLater(this::beat);
        }
    }

    private void beat() {
        due.set(false);
        for (var task : List.copyOf(tasks)) {
            try {
                task.run();
            } catch (RuntimeException e) {
                remove(task);
                problems.add(Problem.error("", "A live display stopped: " + e, e));
            }
        }
    }

    @Override
    public void close() {
        timer.shutdownNow();
        tasks.clear();
    }
}
