package dev.doorbell.app.views.traffic;

import java.time.Instant;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one thread that looks at running workers, ten times a second, and at nothing when none run. */
final class Sampler {
    private static final Logger LOG = LoggerFactory.getLogger(Sampler.class);
    private static final int PERIOD_MILLIS = 100;
    private static final int PATIENCE_SECONDS = 5;

    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("traffic sampler").daemon().factory());
    private final long nanosAtStart = System.nanoTime();
    private final double secondsAtStart = Instant.now().toEpochMilli() / 1000.0;

    /** Seconds since the epoch, on a clock that never goes back. */
    double now() {
        return secondsAtStart + (System.nanoTime() - nanosAtStart) / 1e9;
    }

    /** Runs {@code beat} every 100 ms until it answers false. */
    void every(BooleanSupplier beat) {
        var own = new ScheduledFuture<?>[1];
        own[0] = thread.scheduleAtFixedRate(
                () -> {
                    if (!guarded(beat) && own[0] != null) {
                        own[0].cancel(false);
                    }
                },
                PERIOD_MILLIS / 2,
                PERIOD_MILLIS,
                TimeUnit.MILLISECONDS);
    }

    private static boolean guarded(BooleanSupplier beat) {
        try {
            return beat.getAsBoolean();
        } catch (RuntimeException e) {
            LOG.error("Looking at the workers failed", e);
            return false;
        }
    }

    /** Runs {@code task} on this thread, after what is waiting. */
    void execute(Runnable task) {
        thread.execute(() -> guarded(() -> {
            task.run();
            return true;
        }));
    }

    /** Runs {@code task} on this thread and waits for it, not for long. */
    void executeNow(Runnable task) {
        try {
            thread.submit(task).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            LOG.warn("The last look at the workers failed", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
