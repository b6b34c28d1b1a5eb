package dev.doorbell.app.views.traffic;

import dev.doorbell.app.controls.Figures;
import dev.doorbell.plugin.Texts;
import dev.doorbell.spec.StatusCodes;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import javafx.beans.property.ReadOnlyIntegerProperty;
import javafx.beans.property.ReadOnlyIntegerWrapper;
import javafx.beans.property.ReadOnlyStringProperty;
import javafx.beans.property.ReadOnlyStringWrapper;

/** A line of the results: a worker, or a whole run. Each column's text is a property, so that only what changes is drawn. */
final class ResultRow {
    /** The columns that are text. */
    enum Column {
        WORKER(64, false),
        QPAIR(48, false),
        CPU(52, true),
        IOPS(60, true),
        BANDWIDTH(90, true),
        READ(68, true),
        P50(68, true),
        P99(68, true),
        P999(68, true),
        MAX(68, true),
        IOS(62, true),
        ERRORS(56, true),
        INFLIGHT(82, true),
        STATE(84, false);

        private final double width;
        private final boolean figure;

        Column(double width, boolean figure) {
            this.width = width;
            this.figure = figure;
        }

        /** The least width at which figures are not cut. */
        double width() {
            return width;
        }

        boolean figure() {
            return figure;
        }
    }

    private static final int BEATS_A_POINT = 10;

    private final Texts texts;
    private final StatusCodes codes;
    private final TrafficRun run;
    private final Optional<WorkerTrack> worker;
    private final boolean former;
    private final Map<Column, ReadOnlyStringWrapper> cells = new EnumMap<>(Column.class);
    private final ReadOnlyIntegerWrapper points = new ReadOnlyIntegerWrapper(this, "points", 0);
    private WorkerStat shown = WorkerStat.NOTHING;
    private int beats;

    /** @param former whether it is the only line of a run that is no longer the newest */
    ResultRow(Texts texts, StatusCodes codes, TrafficRun run, Optional<WorkerTrack> worker, boolean former) {
        this.texts = texts;
        this.codes = codes;
        this.run = run;
        this.worker = worker;
        this.former = former;
        for (var column : Column.values()) {
            cells.put(column, new ReadOnlyStringWrapper(this, column.name(), ""));
        }
        fill(stat());
    }

    TrafficRun run() {
        return run;
    }

    /** Empty: all of the run. */
    Optional<WorkerTrack> worker() {
        return worker;
    }

    boolean isSum() {
        return worker.isEmpty();
    }

    WorkerStat stat() {
        return worker.map(WorkerTrack::stat).orElseGet(run::sum);
    }

    ReadOnlyStringProperty cell(Column column) {
        return cells.get(column).getReadOnlyProperty();
    }

    /** Moves when the course over the last minute has a new point. */
    ReadOnlyIntegerProperty points() {
        return points.getReadOnlyProperty();
    }

    double[] spark() {
        return worker.map(WorkerTrack::spark).orElseGet(run::spark);
    }

    boolean hasErrors() {
        return stat().counters().errors() > 0 || !stat().failure().isEmpty();
    }

    /** Takes over what is new. */
    void update() {
        var now = stat();
        if (now != shown) {
            fill(now);
            if (beats++ % BEATS_A_POINT == 0 || now.ended()) {
                points.set(points.get() + 1);
            }
        }
    }

    private void fill(WorkerStat s) {
        shown = s;
        var c = s.counters();
        boolean any = c.completed() > 0;
        set(Column.WORKER, worker.map(WorkerTrack::name).orElseGet(this::runName));
        set(
                Column.QPAIR,
                worker.map(w -> "q" + w.qid())
                        .orElse(Integer.toString(run.workers().size())));
        set(Column.CPU, String.format(Locale.ROOT, "%.0f %%", s.cpu() * 100));
        set(Column.IOPS, Figures.si(s.iops()));
        set(Column.BANDWIDTH, Figures.bytes(Math.rint(s.bytesPerSecond())) + "/s");
        set(Column.READ, any ? String.format(Locale.ROOT, "%.1f %%", s.readPercent()) : "");
        set(Column.P50, any ? Figures.nanos(s.p50()) : "");
        set(Column.P99, any ? Figures.nanos(s.p99()) : "");
        set(Column.P999, any ? Figures.nanos(s.p999()) : "");
        set(Column.MAX, any ? Figures.nanos(c.latencyMaxNanos()) : "");
        set(Column.IOS, Figures.si(c.completed()));
        set(Column.ERRORS, Figures.count(c.errors()));
        int depth = run.draft().qdepth()
                * worker.map(w -> 1).orElse(Math.max(1, run.workers().size()));
        set(Column.INFLIGHT, s.ended() ? "–" : c.outstanding() + "/" + depth);
        set(Column.STATE, state(s));
    }

    private String runName() {
        return former || run.workers().isEmpty()
                ? texts.get("results.run", run.number(), run.draft().preset())
                : texts.get("results.all");
    }

    private String state(WorkerStat s) {
        if (!s.failure().isEmpty()) {
            return s.failure();
        }
        var c = s.counters();
        if (c.errors() > 0) {
            return texts.get("results.errors", codes.describe(c.firstErrorStatus()), Figures.count(c.firstErrorLba()));
        }
        if (!s.ended()) {
            return texts.get("results.running");
        }
        return isSum() ? run.outcome() : texts.get("results.done");
    }

    private void set(Column column, String text) {
        cells.get(column).set(text);
    }
}
