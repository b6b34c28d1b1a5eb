package dev.doorbell.plugin;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import javafx.beans.value.ObservableValue;

/** One piece of long work. Properties change on the JavaFX thread. */
public interface Job<T> {
    enum State {
        WAITING,
        RUNNING,
        DONE,
        FAILED,
        CANCELLED;

        public boolean ended() {
            return this == DONE || this == FAILED || this == CANCELLED;
        }
    }

    String name();

    Optional<DeviceSession> device();

    ObservableValue<State> state();

    /** 0 to 1, or -1 while it cannot be told. */
    ObservableValue<Double> progress();

    /** What it is at; may be empty. */
    ObservableValue<String> message();

    Instant started();

    /** How long it has been running, or ran. */
    Duration elapsed();

    /** Time to go, judged by the progress so far. */
    Optional<Duration> left();

    /** Asks it to stop; the job ends as CANCELLED when its task notices. */
    void cancel();

    /** Completes on the JavaFX thread; with a {@code CancellationException} when cancelled. */
    CompletableFuture<T> result();
}
