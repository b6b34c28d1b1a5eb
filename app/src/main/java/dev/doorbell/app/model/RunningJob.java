package dev.doorbell.app.model;

import dev.doorbell.plugin.DeviceSession;
import dev.doorbell.plugin.Job;
import dev.doorbell.plugin.JobMonitor;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import javafx.beans.property.ReadOnlyObjectWrapper;
import javafx.beans.property.ReadOnlyStringWrapper;
import javafx.beans.value.ObservableValue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One job: the worker thread writes through the monitor, the JavaFX thread reads the properties. Progress reports are
 * merged, so that a loop may report as often as it likes.
 */
final class RunningJob<T> implements Job<T>, JobMonitor {
    private static final Logger LOG = LoggerFactory.getLogger("job");

    private final String name;
    private final Optional<DeviceSession> device;
    private final Instant created = Instant.now();
    private final ReadOnlyObjectWrapper<State> state = new ReadOnlyObjectWrapper<>(State.WAITING);
    private final ReadOnlyObjectWrapper<Double> progress = new ReadOnlyObjectWrapper<>(-1.0);
    private final ReadOnlyStringWrapper message = new ReadOnlyStringWrapper("");
    private final CompletableFuture<T> result = new CompletableFuture<>();
    private final List<Runnable> cancelActions = new ArrayList<>();

    private volatile boolean cancelled;
    private volatile Instant begun = created;
    private volatile Instant ended = Instant.MAX;
    private double latestProgress = -1;
    private String latestMessage = "";
    private boolean publishing;

    RunningJob(String name, Optional<DeviceSession> device) {
        this.name = name;
        this.device = device;
    }

    /** Runs the task on the calling thread and ends the job with what comes of it. */
    void execute(Callable<T> task) {
        if (cancelled) {
            end(State.CANCELLED, () -> result.completeExceptionally(new CancellationException()));
            return;
        }
        begun = Instant.now();
        LOG.info("{}: started", name);
        FxThread.run(() -> state.set(State.RUNNING));
        try {
            var value = task.call();
            end(State.DONE, () -> result.complete(value));
        } catch (CancellationException e) {
            end(State.CANCELLED, () -> result.completeExceptionally(e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            end(State.CANCELLED, () -> result.completeExceptionally(new CancellationException()));
        } catch (Exception | LinkageError | AssertionError e) {
            // A failure caused by the cancelling, such as a closed queue, is a cancellation to the user.
            if (cancelled) {
                end(State.CANCELLED, () -> result.completeExceptionally(new CancellationException()));
            } else {
                end(State.FAILED, () -> result.completeExceptionally(e));
            }
        }
    }

    private void end(State how, Runnable complete) {
        ended = Instant.now();
        LOG.info(
                "{}: {} after {} ms",
                name,
                how.name().toLowerCase(Locale.ROOT),
                elapsed().toMillis());
        FxThread.run(() -> {
            if (how == State.DONE) {
                progress.set(1.0);
            }
            state.set(how);
            complete.run();
        });
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Optional<DeviceSession> device() {
        return device;
    }

    @Override
    public ObservableValue<State> state() {
        return state.getReadOnlyProperty();
    }

    @Override
    public ObservableValue<Double> progress() {
        return progress.getReadOnlyProperty();
    }

    @Override
    public ObservableValue<String> message() {
        return message.getReadOnlyProperty();
    }

    @Override
    public Instant started() {
        return begun;
    }

    @Override
    public Duration elapsed() {
        var now = Instant.now();
        return Duration.between(begun, ended.isBefore(now) ? ended : now);
    }

    @Override
    public Optional<Duration> left() {
        double done = progress.get();
        if (state.get() != State.RUNNING || done < 0.02) {
            return Optional.empty();
        }
        return Optional.of(Duration.ofMillis((long) (elapsed().toMillis() * (1 - done) / done)));
    }

    @Override
    public void cancel() {
        List<Runnable> actions;
        synchronized (this) {
            if (cancelled) {
                return;
            }
            cancelled = true;
            actions = List.copyOf(cancelActions);
        }
        actions.forEach(Runnable::run);
    }

    @Override
    public CompletableFuture<T> result() {
        return result;
    }

    @Override
    public void progress(double fraction) {
        publish(() -> latestProgress = fraction < 0 ? -1 : Math.min(1, fraction));
    }

    @Override
    public void message(String text) {
        publish(() -> latestMessage = text);
    }

    private void publish(Runnable change) {
        synchronized (this) {
            change.run();
            if (publishing) {
                return;
            }
            publishing = true;
        }
        FxThread.run(() -> {
            double fraction;
            String text;
            synchronized (this) {
                publishing = false;
                fraction = latestProgress;
                text = latestMessage;
            }
            if (!state.get().ended()) {
                progress.set(fraction);
                message.set(text);
            }
        });
    }

    @Override
    public boolean isCancelled() {
        return cancelled;
    }

    @Override
    public void onCancel(Runnable action) {
        synchronized (this) {
            cancelActions.add(action);
            if (!cancelled) {
                return;
            }
        }
        action.run();
    }
}
