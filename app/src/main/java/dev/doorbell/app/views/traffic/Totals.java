package dev.doorbell.app.views.traffic;

import dev.doorbell.driver.IoWorker.Counters;
import dev.doorbell.driver.IoWorker.Sample;
import dev.doorbell.driver.LatencyHistogram;
import java.util.List;

/** Adds up what several workers counted. */
final class Totals {
    static final Sample NOTHING = new Sample(
            new Counters(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, 0, 0),
            LatencyHistogram.empty(),
            LatencyHistogram.empty());

    private Totals() {}

    /** Counts and latencies together; times from the first start to the last end. */
    static Sample of(List<Sample> samples) {
        Sample sum = NOTHING;
        for (Sample sample : samples) {
            sum = sum == NOTHING
                    ? sample
                    : new Sample(
                            plus(sum.counters(), sample.counters()),
                            sum.reads().plus(sample.reads()),
                            sum.writes().plus(sample.writes()));
        }
        return sum;
    }

    private static Counters plus(Counters a, Counters b) {
        boolean ended = a.finishedNanos() != 0 && b.finishedNanos() != 0;
        boolean firstOfA = a.errors() > 0;
        return new Counters(
                Math.min(a.startedNanos(), b.startedNanos()),
                Math.max(a.updatedNanos(), b.updatedNanos()),
                ended ? Math.max(a.finishedNanos(), b.finishedNanos()) : 0,
                a.submitted() + b.submitted(),
                a.completed() + b.completed(),
                a.outstanding() + b.outstanding(),
                a.reads() + b.reads(),
                a.writes() + b.writes(),
                a.readBytes() + b.readBytes(),
                a.writeBytes() + b.writeBytes(),
                a.errors() + b.errors(),
                firstOfA ? a.firstErrorStatus() : b.firstErrorStatus(),
                firstOfA ? a.firstErrorLba() : b.firstErrorLba(),
                a.latencySumNanos() + b.latencySumNanos(),
                least(a.latencyMinNanos(), b.latencyMinNanos()),
                Math.max(a.latencyMaxNanos(), b.latencyMaxNanos()),
                a.cpuNanos() + b.cpuNanos());
    }

    private static long least(long a, long b) {
        return a < 0 ? b : b < 0 ? a : Math.min(a, b);
    }
}
