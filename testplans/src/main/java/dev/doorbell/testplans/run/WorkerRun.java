package dev.doorbell.testplans.run;

import dev.doorbell.driver.Controller;
import dev.doorbell.driver.IoWorker;
import dev.doorbell.driver.LatencyHistogram;
import dev.doorbell.driver.WorkerResult;
import dev.doorbell.driver.Workload;
import dev.doorbell.testplans.run.WorkerSeries.Bucket;
import dev.doorbell.testplans.run.WorkerSeries.Total;
import dev.doorbell.testplans.run.WorkerSeries.WorkerSample;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/** Runs one or several workers to their end, samples them on the way, and adds them up. */
public final class WorkerRun {
    private static final long INTERVAL_NANOS = 100_000_000;

    private final Controller controller;
    private final List<Workload> workloads;
    private final String title;

    /** Workers on a controller, one for each workload; nothing starts yet. */
    public WorkerRun(Controller controller, List<Workload> workloads, String title) {
        this.controller = controller;
        this.workloads = List.copyOf(workloads);
        this.title = title;
    }

    /** How it ended; {@code workers} has everything that each of them measured. */
    public record Result(
            WorkerSeries series,
            Optional<String> failure,
            int firstErrorStatus,
            long firstErrorLba,
            List<WorkerResult> workers) {
        public Result {
            workers = List.copyOf(workers);
        }
    }

    /**
     * Runs to the end.
     *
     * @param sleep sleeps so many nanoseconds, or throws to stop all
     * @param samples hears of each interval
     */
    public Result run(LongConsumer sleep, Consumer<WorkerSample> samples) {
        List<IoWorker> workers = new ArrayList<>();
        try {
            for (Workload w : workloads) {
                workers.add(controller.createWorker(w));
            }
            return run(workers, sleep, samples);
        } finally {
            for (IoWorker w : workers.reversed()) {
                w.close();
            }
        }
    }

    private Result run(List<IoWorker> workers, LongConsumer sleep, Consumer<WorkerSample> samples) {
        List<WorkerSample> all = new ArrayList<>();
        IoWorker.startTogether(workers);
        long start = System.nanoTime();
        List<IoWorker.Sample> before = workers.stream().map(IoWorker::sample).toList();
        long beforeNanos = start;
        try {
            while (workers.stream().anyMatch(WorkerRun::goesOn)) {
                sleep.accept(INTERVAL_NANOS);
                List<IoWorker.Sample> now =
                        workers.stream().map(IoWorker::sample).toList();
                long nowNanos = System.nanoTime();
                WorkerSample sample = interval(before, now, nowNanos - start, nowNanos - beforeNanos);
                all.add(sample);
                samples.accept(sample);
                before = now;
                beforeNanos = nowNanos;
            }
        } catch (RuntimeException e) {
            workers.forEach(IoWorker::stop);
            throw e;
        }
        List<IoWorker.Sample> end = workers.stream().map(IoWorker::sample).toList();
        Optional<IoWorker.Counters> bad = end.stream()
                .map(IoWorker.Sample::counters)
                .filter(c -> c.errors() > 0)
                .findFirst();
        return new Result(
                new WorkerSeries(title, describe(), all, total(end), buckets(merged(end))),
                workers.stream()
                        .map(IoWorker::failure)
                        .flatMap(Optional::stream)
                        .findFirst(),
                bad.map(IoWorker.Counters::firstErrorStatus).orElse(0),
                bad.map(IoWorker.Counters::firstErrorLba).orElse(0L),
                workers.stream().map(IoWorker::result).toList());
    }

    /** A worker that was started is READY until its thread runs. */
    private static boolean goesOn(IoWorker w) {
        return w.state() == IoWorker.State.RUNNING || w.state() == IoWorker.State.READY;
    }

    private String describe() {
        String one = Workloads.describe(workloads.getFirst());
        return workloads.size() == 1 ? one : one + ", " + workloads.size() + " workers";
    }

    private static WorkerSample interval(
            List<IoWorker.Sample> before, List<IoWorker.Sample> now, long elapsed, long span) {
        long ios = 0;
        long bytes = 0;
        long errors = 0;
        Optional<LatencyHistogram> latency = Optional.empty();
        for (int i = 0; i < now.size(); i++) {
            IoWorker.Sample part = now.get(i).minus(before.get(i));
            ios += part.counters().completed();
            bytes += part.counters().readBytes() + part.counters().writeBytes();
            errors += part.counters().errors();
            LatencyHistogram h = part.all();
            latency = Optional.of(latency.map(l -> l.plus(h)).orElse(h));
        }
        LatencyHistogram h = latency.orElseThrow();
        double seconds = Math.max(ran(before, now, span), 1) / 1e9;
        return new WorkerSample(
                elapsed,
                ios / seconds,
                bytes / seconds,
                percentile(h, 50),
                percentile(h, 99),
                percentile(h, 99.9),
                percentile(h, 100),
                errors);
    }

    /** How long the workers ran in an interval: less than the interval when they ended within it. */
    private static long ran(List<IoWorker.Sample> before, List<IoWorker.Sample> now, long span) {
        boolean ended = now.stream().allMatch(s -> s.counters().finishedNanos() != 0);
        long ran = elapsed(now) - elapsed(before);
        return ended && ran > 0 ? Math.min(ran, span) : span;
    }

    private static long elapsed(List<IoWorker.Sample> samples) {
        return samples.stream()
                .mapToLong(s -> s.counters().elapsedNanos())
                .max()
                .orElse(0);
    }

    private static Total total(List<IoWorker.Sample> end) {
        long reads = 0;
        long writes = 0;
        long bytes = 0;
        long errors = 0;
        long completed = 0;
        long from = Long.MAX_VALUE;
        long to = 0;
        for (IoWorker.Sample s : end) {
            IoWorker.Counters c = s.counters();
            reads += c.reads();
            writes += c.writes();
            bytes += c.readBytes() + c.writeBytes();
            errors += c.errors();
            completed += c.completed();
            from = Math.min(from, c.startedNanos());
            to = Math.max(to, c.finishedNanos() == 0 ? c.updatedNanos() : c.finishedNanos());
        }
        double seconds = Math.max(to - from, 1) / 1e9;
        LatencyHistogram h = merged(end);
        return new Total(
                seconds,
                completed,
                reads,
                writes,
                bytes,
                errors,
                completed / seconds,
                bytes / seconds,
                h.count() == 0 ? 0 : h.meanNanos(),
                percentile(h, 50),
                percentile(h, 99),
                percentile(h, 99.9),
                h.count() == 0 ? 0 : h.maxNanos());
    }

    private static LatencyHistogram merged(List<IoWorker.Sample> samples) {
        return samples.stream()
                .map(IoWorker.Sample::all)
                .reduce(LatencyHistogram::plus)
                .orElseThrow();
    }

    private static List<Bucket> buckets(LatencyHistogram h) {
        List<Bucket> buckets = new ArrayList<>();
        h.forEachBucket((from, to, count) -> {
            if (count > 0) {
                buckets.add(new Bucket(from, to, count));
            }
        });
        return buckets;
    }

    private static long percentile(LatencyHistogram h, double p) {
        return h.count() == 0 ? 0 : h.percentileNanos(p);
    }
}
