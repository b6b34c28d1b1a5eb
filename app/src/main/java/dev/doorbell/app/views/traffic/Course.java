package dev.doorbell.app.views.traffic;

import dev.doorbell.app.controls.chart.Trace;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * The course of all runs on one time axis: a curve for each figure, and the intervals they are made of. The oldest fall
 * out after six hours of traffic. Any thread.
 */
final class Course {
    private static final double MEBI = 1 << 20;
    private static final int CAPACITY = 6 * 3600 * 10;

    private final Trace iops = new Trace(CAPACITY);
    private final Trace bandwidth = new Trace(CAPACITY);
    private final Trace p50 = new Trace(CAPACITY);
    private final Trace p99 = new Trace(CAPACITY);
    private final Trace p999 = new Trace(CAPACITY);
    private final Trace max = new Trace(CAPACITY);
    private final Trace temperature = new Trace(CAPACITY);
    private final Deque<Interval> intervals = new ArrayDeque<>();

    void add(Interval i) {
        iops.add(i.seconds(), i.iops());
        bandwidth.add(i.seconds(), i.bytesPerSecond() / MEBI);
        p50.add(i.seconds(), i.p50());
        p99.add(i.seconds(), i.p99());
        p999.add(i.seconds(), i.p999());
        max.add(i.seconds(), i.max());
        temperature.add(i.seconds(), i.celsius());
        synchronized (intervals) {
            if (intervals.size() == CAPACITY) {
                intervals.removeFirst();
            }
            intervals.addLast(i);
        }
    }

    /** Ends the curves, so that no line leads from one run to the next. */
    void gap(double seconds) {
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
    }

    /** Those that ended between two times, oldest first. */
    List<Interval> intervals(double from, double to) {
        synchronized (intervals) {
            return new ArrayList<>(intervals)
                    .stream()
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
}
