package dev.doorbell.app.shell;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import javafx.application.Platform;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the JavaFX thread again and again for a sign of life, and tells when it kept events waiting for more than {@link #LIMIT}
 * through what it did itself: the CPU time it burned, plus the time it stood still in a lock, a wait, a sleep or a call into the
 * system. Time in which it wanted a CPU and other programs or threads had them all is no freeze, however long: see
 * {@link ThreadTimes}. Nor is the time in which the virtual machine stopped every thread, this watch's own included, which is how it
 * comes to know: collecting garbage is judged by the collector's log, not here. What it did meanwhile is sampled, so that a freeze names its cause. Tests listen and fail.
 *
 * <p>A stretch is measured from the first question after it began, which is at most one {@link #pace} later.
 */
public final class UiWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(UiWatch.class);
    /** How long the JavaFX thread may keep events waiting. */
    public static final Duration LIMIT = Duration.ofMillis(100);
    /** In the application: often enough to see what a user feels, seldom enough to cost nothing. */
    private static final Duration PACE = Duration.ofMillis(20);
    /** When an answer is as late as this, the thread's stack is worth a look. */
    private static final long SUSPICIOUS_NANOS = 25_000_000;

    /** How late a timer is by itself. */
    private static final long SLACK_NANOS = 1_000_000;

    private static final int MOST_STACKS = 60;

    /**
     * A stack that the JavaFX thread was seen in.
     *
     * @param count how many looks in a row found it the same
     * @param state what the virtual machine said of the thread
     */
    public record Sample(int count, Thread.State state, List<StackTraceElement> stack) {}

    /**
     * The JavaFX thread kept events waiting.
     *
     * @param time from an event's arrival until its turn
     * @param burned the part of it in which the thread ran on a CPU
     * @param stood the part of it in which it waited for something other than a CPU
     * @param samples what it did meanwhile, in order
     */
    public record Freeze(Duration time, Duration burned, Duration stood, List<Sample> samples) {
        /** What counts: {@link #burned} and {@link #stood}. */
        public Duration own() {
            return burned.plus(stood);
        }

        /** All calls that were seen, in order. */
        public List<StackTraceElement> stack() {
            return samples.stream().flatMap(s -> s.stack().stream()).toList();
        }

        @Override
        public String toString() {
            var text = new StringBuilder("The window stood still for " + own().toMillis() + " ms: " + burned.toMillis()
                    + " ms of work, " + stood.toMillis() + " ms of waiting");
            for (var sample : samples) {
                text.append("\n  seen ").append(sample.count).append(" times, ").append(sample.state);
                sample.stack.forEach(f -> text.append("\n    at ").append(f));
            }
            return text.toString();
        }
    }

    /** A question that waits for its answer. */
    private static final class Ping {
        final ThreadTimes.Reading asked;
        /** What {@link UiWatch#stoppedNanos} was. */
        final long stopped;

        final Map<List<StackTraceElement>, Sample> seen = new LinkedHashMap<>();
        int looks;
        int still;

        Ping(ThreadTimes.Reading asked, long stopped) {
            this.asked = asked;
            this.stopped = stopped;
        }
    }

    private final Thread watched;
    private final ThreadTimes times;
    private final List<Consumer<Freeze>> listeners = new CopyOnWriteArrayList<>();
    private final AtomicReference<Ping> open = new AtomicReference<>();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("ui-watch").daemon().factory());
    private volatile Duration limit = LIMIT;
    private volatile Duration pace = PACE;

    // The rest belongs to the watching thread.
    private Optional<ThreadTimes> self = Optional.empty();
    private Optional<ThreadTimes.Reading> lastLook = Optional.empty();
    private Optional<Thread> renderer = Optional.empty();
    private long stoppedNanos;

    /** Call on the JavaFX thread, which it then watches. */
    public UiWatch() {
        watched = Thread.currentThread();
        times = ThreadTimes.ofCurrentThread(true);
        timer.execute(() -> self = Optional.of(ThreadTimes.ofCurrentThread(false)));
        timer.schedule(this::look, PACE.toNanos(), TimeUnit.NANOSECONDS);
        timer.scheduleAtFixedRate(this::refresh, 1, 2, TimeUnit.SECONDS);
    }

    /** Between two questions, as readings before and after do not compare. */
    private void refresh() {
        if (open.get() == null) {
            times.findThreads();
        }
    }

    /** Asks as often as this from now on; the shorter, the more exact and the more expensive. */
    public void pace(Duration pace) {
        this.pace = pace;
    }

    /** Tells of stretches longer than this from now on; {@link #LIMIT} at first. A shorter one is for looking where the time goes. */
    public void limit(Duration limit) {
        this.limit = limit;
    }

    /** Calls {@code listener} after each freeze, on the watching thread. */
    public void onFreeze(Consumer<Freeze> listener) {
        listeners.add(listener);
    }

    private void look() {
        if (timer.isShutdown()) {
            return;
        }
        noteStops();
        var ping = open.get();
        if (ping == null) {
            var asked = new Ping(times.read(), stoppedNanos);
            open.set(asked);
            Platform.runLater(() -> answer(asked));
        } else if (System.nanoTime() - ping.asked.wall() > SUSPICIOUS_NANOS) {
            sample(ping);
        }
        timer.schedule(this::look, pace.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** When this thread slept longer than it wanted, and neither ran nor lacked a CPU, then somebody stopped it and all others. */
    private void noteStops() {
        var now = self.map(ThreadTimes::read);
        if (now.isPresent() && lastLook.isPresent()) {
            var is = now.get();
            var was = lastLook.get();
            long starved = is.starved().orElse(0) - was.starved().orElse(0);
            long late = is.wall() - was.wall() - (is.cpu() - was.cpu()) - starved - pace.toNanos();
            stoppedNanos += Math.max(0, late - SLACK_NANOS);
        }
        lastLook = now;
    }

    private void sample(Ping ping) {
        var state = watched.getState();
        var stack = new ArrayList<>(List.of(watched.getStackTrace()));
        if (stack.stream().anyMatch(f -> f.getMethodName().equals("waitForRenderingToComplete"))) {
            renderer().ifPresent(r -> stack.addAll(0, List.of(r.getStackTrace())));
        }
        ping.looks++;
        ping.still += state == Thread.State.RUNNABLE ? 0 : 1;
        if (ping.seen.size() < MOST_STACKS || ping.seen.containsKey(stack)) {
            ping.seen.merge(stack, new Sample(1, state, stack), (a, b) -> new Sample(a.count + 1, state, stack));
        }
    }

    /** The thread that draws, without which the JavaFX thread cannot begin another frame. */
    private Optional<Thread> renderer() {
        if (renderer.isEmpty()) {
            renderer = Thread.getAllStackTraces().keySet().stream()
                    .filter(t -> t.getName().startsWith("QuantumRenderer"))
                    .findFirst();
        }
        return renderer;
    }

    /** On the JavaFX thread. */
    private void answer(Ping ping) {
        long answered = System.nanoTime();
        if (answered - ping.asked.wall() <= limit.toNanos() || timer.isShutdown()) {
            open.set(null);
            return;
        }
        long cpu = ThreadTimes.cpuOfCurrentThread();
        timer.execute(() -> {
            judge(ping, answered, cpu);
            open.set(null);
        });
    }

    /** A little later than the answer, which makes what others took from the thread seem a little longer. */
    private void judge(Ping ping, long answered, long cpu) {
        long time = answered - ping.asked.wall();
        long burned = Math.clamp(cpu - ping.asked.cpu(), 0, time);
        noteStops();
        long stopped = stoppedNanos - ping.stopped;
        var starvedThen = ping.asked.starved();
        var starvedNow = times.read().starved();
        long stood = starvedThen.isPresent() && starvedNow.isPresent()
                ? time - burned - stopped - (starvedNow.getAsLong() - starvedThen.getAsLong())
                : ping.looks == 0 ? 0 : (time - burned) * ping.still / ping.looks;
        var freeze = new Freeze(
                Duration.ofNanos(time),
                Duration.ofNanos(burned),
                Duration.ofNanos(Math.max(0, stood)),
                List.copyOf(ping.seen.values()));
        if (freeze.own().compareTo(limit) > 0) {
            LOG.info("{}", freeze);
            listeners.forEach(l -> l.accept(freeze));
        }
    }

    @Override
    public void close() {
        timer.execute(() -> {
            times.close();
            self.ifPresent(ThreadTimes::close);
        });
        timer.shutdown();
    }
}
