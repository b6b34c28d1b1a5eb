package dev.doorbell.app.views.traffic;

import dev.doorbell.app.views.traffic.WorkerStat.Rates;
import dev.doorbell.driver.LatencyHistogram;
import dev.doorbell.plugin.DeviceSession;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;

/**
 * A workload that was started: its workers and what they have done. {@link #look} belongs to the sampler's thread, the
 * state to the JavaFX thread; the rest may be read by any.
 */
final class TrafficRun {
    enum State {
        STARTING,
        RUNNING,
        STOPPING,
        ENDED,
        FAILED;

        boolean over() {
            return this == ENDED || this == FAILED;
        }
    }

    private static final int LOOKS_A_SECOND = 10;
    private static final int REMEMBERED_SECONDS = 61;

    private final int number;
    private final DeviceSession session;
    private final WorkloadDraft draft;
    private final Instant startedAt = Instant.now();
    private final ReadOnlyObjectWrapper<State> state = new ReadOnlyObjectWrapper<>(this, "state", State.STARTING);
    private final Deque<Double> spark = new ArrayDeque<>();
    private volatile List<WorkerTrack> workers = List.of();
    private volatile WorkerStat sum = WorkerStat.NOTHING;
    private final CompletableFuture<Void> over = new CompletableFuture<>();
    private volatile String outcome = "";
    private volatile Instant endedAt = Instant.MAX;
    private int looks;

    TrafficRun(int number, DeviceSession session, WorkloadDraft draft) {
        this.number = number;
        this.session = session;
        this.draft = draft;
    }

    int number() {
        return number;
    }

    DeviceSession session() {
        return session;
    }

    WorkloadDraft draft() {
        return draft;
    }

    Instant startedAt() {
        return startedAt;
    }

    /** From the start to now or to the end. */
    Duration elapsed() {
        var end = endedAt.equals(Instant.MAX) ? Instant.now() : endedAt;
        return Duration.between(startedAt, end);
    }

    ReadOnlyObjectProperty<State> state() {
        return state.getReadOnlyProperty();
    }

    void become(State next) {
        state.set(next);
        if (next.over()) {
            over.complete(null);
        }
    }

    boolean isOver() {
        return state.get().over();
    }

    /** Completes when it has ended, on the JavaFX thread. */
    CompletableFuture<Void> over() {
        return over;
    }

    /** Why it ended, in words; empty while it runs. */
    String outcome() {
        return outcome;
    }

    /** Says why it ends; the first reason counts. */
    void because(String words) {
        outcome = outcome.isEmpty() ? words : outcome;
    }

    /** Whether there is a reason other than the workload's own end. */
    boolean hasReason() {
        return !outcome.isEmpty();
    }

    /** It has ended now. */
    void ended(String words) {
        because(words);
        endedAt = Instant.now();
    }

    List<WorkerTrack> workers() {
        return workers;
    }

    void workers(List<WorkerTrack> tracks) {
        workers = List.copyOf(tracks);
    }

    WorkerStat sum() {
        return sum;
    }

    /** I/Os a second of the last minute, one figure a second, oldest first. */
    double[] spark() {
        synchronized (spark) {
            return spark.stream().mapToDouble(Double::doubleValue).toArray();
        }
    }

    boolean allEnded() {
        return workers.stream().allMatch(w -> w.stat().ended());
    }

    /** Looks at all workers and adds what they have done since to the courses. */
    void look(double now, double celsius, Courses courses) {
        var tracks = workers;
        tracks.forEach(WorkerTrack::look);
        var rates = tracks.stream().map(WorkerTrack::rates).reduce(Rates.NONE, Rates::plus);
        var total = Totals.of(tracks.stream().map(w -> w.stat().sample()).toList());
        var failure = tracks.stream()
                .map(w -> w.stat().failure())
                .filter(f -> !f.isEmpty())
                .findFirst()
                .orElse("");
        sum = allEnded() ? WorkerStat.ended(total, failure) : WorkerStat.running(total, rates);
        if (looks++ % LOOKS_A_SECOND == 0) {
            remember(rates);
        }
        add(courses.sum(), now, celsius, tracks);
        for (int i = 0; i < tracks.size(); i++) {
            var course = courses.of(i);
            if (course.isPresent()) {
                add(course.get(), now, celsius, List.of(tracks.get(i)));
            }
        }
    }

    private void remember(Rates rates) {
        synchronized (spark) {
            if (looks > 1) {
                spark.addLast(rates.iops());
            }
            if (spark.size() > REMEMBERED_SECONDS - 1) {
                spark.removeFirst();
            }
        }
    }

    private static void add(Course course, double now, double celsius, List<WorkerTrack> tracks) {
        double length = 0;
        double iops = 0;
        double bytes = 0;
        long completed = 0;
        long errors = 0;
        var reads = LatencyHistogram.empty();
        var writes = LatencyHistogram.empty();
        for (var track : tracks) {
            double seconds = track.freshSeconds();
            var c = track.fresh().counters();
            if (seconds > 0) {
                length = Math.max(length, seconds);
                iops += c.completed() / seconds;
                bytes += (c.readBytes() + c.writeBytes()) / seconds;
            }
            completed += c.completed();
            errors += c.errors();
            reads = plus(reads, track.fresh().reads());
            writes = plus(writes, track.fresh().writes());
        }
        if (length <= 0) {
            return;
        }
        var latencies = plus(reads, writes);
        boolean any = latencies.count() > 0;
        var interval = new Interval(
                now,
                length,
                completed,
                iops,
                bytes,
                any ? latencies.percentileNanos(50) : Double.NaN,
                any ? latencies.percentileNanos(99) : Double.NaN,
                any ? latencies.percentileNanos(99.9) : Double.NaN,
                any ? latencies.maxNanos() : Double.NaN,
                errors,
                celsius);
        course.add(interval, reads, writes);
    }

    /** An empty one costs nothing to add. */
    private static LatencyHistogram plus(LatencyHistogram a, LatencyHistogram b) {
        return a.count() == 0 ? b : b.count() == 0 ? a : a.plus(b);
    }
}
