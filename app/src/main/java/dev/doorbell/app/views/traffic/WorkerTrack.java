package dev.doorbell.app.views.traffic;

import dev.doorbell.app.views.traffic.WorkerStat.Rates;
import dev.doorbell.driver.DoorbellException;
import dev.doorbell.driver.IoWorker;
import dev.doorbell.driver.IoWorker.Counters;
import dev.doorbell.driver.IoWorker.Sample;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * What the sampler knows of one worker: its last sample, what is new since the one before, and its throughput over the
 * last minute. The sampler's thread looks; any thread reads {@link #stat} and {@link #spark}.
 */
final class WorkerTrack {
    private static final int LOOKS_A_SECOND = 10;
    private static final int SPARK_SECONDS = 60;

    private final IoWorker worker;
    private final int index;
    private final int qid;
    private final Deque<Counters> second = new ArrayDeque<>();
    private final Deque<Double> spark = new ArrayDeque<>();
    private Sample last = Totals.NOTHING;
    private Sample fresh = Totals.NOTHING;
    private Rates rates = Rates.NONE;
    private int looks;
    private volatile WorkerStat stat = WorkerStat.NOTHING;

    /** @param index 0 for the first of a run */
    WorkerTrack(IoWorker worker, int index) {
        this.worker = worker;
        this.index = index;
        this.qid = worker.qid();
    }

    IoWorker worker() {
        return worker;
    }

    /** {@code w1}. */
    String name() {
        return "w" + (index + 1);
    }

    int index() {
        return index;
    }

    int qid() {
        return qid;
    }

    WorkerStat stat() {
        return stat;
    }

    /** I/Os a second of the last minute, one figure a second, oldest first. */
    double[] spark() {
        synchronized (spark) {
            return spark.stream().mapToDouble(Double::doubleValue).toArray();
        }
    }

    /** Looks at the worker, and takes its last figures when it has ended. Nothing happens after that. */
    void look() {
        fresh = Totals.NOTHING;
        if (stat.ended()) {
            rates = Rates.NONE;
            return;
        }
        try {
            // In this order: what is counted until the state is read is in the sample of an ended worker.
            var state = worker.state();
            boolean ended = state == IoWorker.State.DONE || state == IoWorker.State.FAILED;
            take(worker.sample(), ended);
            stat = ended ? WorkerStat.ended(last, worker.failure().orElse("")) : WorkerStat.running(last, rates);
        } catch (DoorbellException e) {
            // Closed together with its device, which is no failure of the worker.
            end(worker.isOpen() ? e.getMessage() : "");
        }
    }

    /** Takes it as ended though nothing more can be learnt of it. */
    void end(String why) {
        if (!stat.ended()) {
            stat = WorkerStat.ended(last, why);
        }
    }

    private void take(Sample now, boolean ended) {
        if (!ended && now.counters().updatedNanos() == last.counters().updatedNanos()) {
            return;
        }
        fresh = last == Totals.NOTHING ? now : now.minus(last);
        last = now;
        second.addLast(now.counters());
        if (second.size() > LOOKS_A_SECOND + 1) {
            second.removeFirst();
        }
        Counters span = second.size() < 2 ? now.counters() : now.counters().minus(second.getFirst());
        // The span's own end is its update, not the worker's end.
        double seconds = (now.counters().updatedNanos() - span.startedNanos()) / 1e9;
        if (seconds > 0) {
            rates = new Rates(
                    span.completed() / seconds,
                    (span.readBytes() + span.writeBytes()) / seconds,
                    span.cpuNanos() / 1e9 / seconds);
        }
        if (++looks % LOOKS_A_SECOND == 0) {
            synchronized (spark) {
                spark.addLast(rates.iops());
                if (spark.size() > SPARK_SECONDS) {
                    spark.removeFirst();
                }
            }
        }
    }

    /** What is new since the look before the last one. */
    Sample fresh() {
        return fresh;
    }

    /** How long the fresh part is, in seconds. */
    double freshSeconds() {
        var c = fresh.counters();
        return Math.max(0, (c.updatedNanos() - c.startedNanos()) / 1e9);
    }

    Rates rates() {
        return stat.ended() ? Rates.NONE : rates;
    }
}
