package dev.doorbell.app.shell;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import javafx.application.Platform;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Pings the JavaFX thread and tells when an answer takes longer than 100 ms, with what the thread was doing meanwhile.
 * Tests listen and fail.
 */
public final class UiWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(UiWatch.class);
    private static final int PERIOD_MILLIS = 20;
    /** How late a JavaFX thread may be. */
    public static final Duration LIMIT = Duration.ofMillis(100);

    /**
     * The JavaFX thread stood still.
     *
     * @param time how long
     * @param stack what it did after {@link #LIMIT}
     */
    public record Freeze(Duration time, List<StackTraceElement> stack) {
        @Override
        public String toString() {
            return "The JavaFX thread stood still for " + time.toMillis() + " ms in\n"
                    + stack.stream().map(f -> "    at " + f).collect(Collectors.joining("\n"));
        }
    }

    private final Thread watched;
    private final List<Consumer<Freeze>> listeners = new CopyOnWriteArrayList<>();
    private final AtomicLong pingNanos = new AtomicLong();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("ui-watch").daemon().factory());
    private List<StackTraceElement> seen = List.of();

    /** Call on the JavaFX thread, which it then watches. */
    public UiWatch() {
        watched = Thread.currentThread();
        timer.scheduleAtFixedRate(this::look, PERIOD_MILLIS, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** Calls {@code listener} after each freeze, on the watching thread. */
    public void onFreeze(Consumer<Freeze> listener) {
        listeners.add(listener);
    }

    private void look() {
        long asked = pingNanos.get();
        if (asked == 0) {
            pingNanos.set(System.nanoTime());
            Platform.runLater(this::answer);
        } else if (seen.isEmpty() && System.nanoTime() - asked > LIMIT.toNanos()) {
            seen = Arrays.asList(watched.getStackTrace());
        }
    }

    private void answer() {
        long took = System.nanoTime() - pingNanos.get();
        if (timer.isShutdown()) {
            return;
        }
        timer.execute(() -> {
            if (took > LIMIT.toNanos()) {
                var freeze = new Freeze(Duration.ofNanos(took), seen);
                LOG.debug("{}", freeze);
                listeners.forEach(l -> l.accept(freeze));
            }
            seen = List.of();
            pingNanos.set(0);
        });
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
