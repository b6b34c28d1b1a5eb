package dev.doorbell.driver;

import java.time.Duration;

/**
 * What a worker notes while it runs.
 *
 * @param interval length of an {@link WorkerInterval}; 1 ms or more
 * @param histogram whether latencies are counted in histograms, which percentiles need
 * @param cmdlog whether commands are recorded in the qpair's cmdlog
 * @param slowest how many of the slowest commands are kept, 0 .. 256
 * @param last how many of the last completed commands are kept, 0 .. 1048576
 */
public record Measurement(Duration interval, boolean histogram, boolean cmdlog, int slowest, int last) {
    /** Intervals of 100 ms, histograms, cmdlog, the 16 slowest commands. */
    public static Measurement standard() {
        return new Measurement(Duration.ofMillis(100), true, true, 16, 0);
    }

    public Measurement interval(Duration length) {
        return new Measurement(length, histogram, cmdlog, slowest, last);
    }

    public Measurement histogram(boolean on) {
        return new Measurement(interval, on, cmdlog, slowest, last);
    }

    public Measurement cmdlog(boolean on) {
        return new Measurement(interval, histogram, on, slowest, last);
    }

    public Measurement slowest(int count) {
        return new Measurement(interval, histogram, cmdlog, count, last);
    }

    public Measurement last(int count) {
        return new Measurement(interval, histogram, cmdlog, slowest, count);
    }
}
