package dev.doorbell.app.views.traffic;

import dev.doorbell.app.controls.chart.Trace;
import dev.doorbell.driver.LatencyHistogram;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * The course of one worker, or of all together, through all runs on one time axis: a curve for each figure, the intervals they are made of,
 * and how latencies were spread. The oldest points fall out. Any thread.
 */
final class Course {
    private static final double MEBI = 1 << 20;

    private final Trace iops;
    private final Trace bandwidth;
    private final Trace p50;
    private final Trace p99;
    private final Trace p999;
    private final Trace max;
    private final Trace temperature;
    private final Deque<Interval> intervals = new ArrayDeque<>();
    private final LatencyCourse latencies;
    private final int capacity;

    /** A course of at most {@code capacity} intervals. */
    Course(int capacity, LatencyCourse latencies) {
        this.capacity = capacity;
        this.latencies = latencies;
        iops = new Trace(capacity);
        bandwidth = new Trace(capacity);
        p50 = new Trace(capacity);
        p99 = new Trace(capacity);
        p999 = new Trace(capacity);
        max = new Trace(capacity);
        temperature = new Trace(capacity);
    }

    /** Adds what happened, and the latencies of it. */
    void add(Interval i, LatencyHistogram reads, LatencyHistogram writes) {
        latencies.add(i.seconds() - i.lengthSeconds(), i.seconds(), reads, writes);
        iops.add(i.seconds(), i.iops());
        bandwidth.add(i.seconds(), i.bytesPerSecond() / MEBI);
        p50.add(i.seconds(), i.p50());
        p99.add(i.seconds(), i.p99());
        p999.add(i.seconds(), i.p999());
        max.add(i.seconds(), i.max());
        temperature.add(i.seconds(), i.celsius());
        synchronized (intervals) {
            if (intervals.size() == capacity) {
                intervals.removeFirst();
            }
            intervals.addLast(i);
        }
    }

    /** Ends the curves, so that no line leads from one run to the next. */
    void gap(double seconds) {
        latencies.gap();
        for (Trace trace : List.of(iops, bandwidth, p50, p99, p999, max, temperature)) {
            trace.add(seconds, Double.NaN);
        }
    }

    void clear() {
        for (Trace trace : List.of(iops, bandwidth, p50, p99, p999, max, temperature)) {
            trace.clear();
        }
        synchronized (intervals) {
            intervals.clear();
        }
        latencies.clear();
    }

    /** Those that ended between two times, oldest first. */
    List<Interval> intervals(double from, double to) {
        synchronized (intervals) {
            return intervals.stream()
                    .filter(i -> i.seconds() >= from && i.seconds() <= to)
                    .toList();
        }
    }

    Trace iops() {
        return iops;
    }

    /** In MiB a second, so that an axis has round figures. */
    Trace bandwidth() {
        return bandwidth;
    }

    Trace p50() {
        return p50;
    }

    Trace p99() {
        return p99;
    }

    Trace p999() {
        return p999;
    }

    Trace max() {
        return max;
    }

    Trace temperature() {
        return temperature;
    }

    LatencyCourse latencies() {
        return latencies;
    }
}
