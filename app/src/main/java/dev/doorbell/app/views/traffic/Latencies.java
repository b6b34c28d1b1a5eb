package dev.doorbell.app.views.traffic;

import dev.doorbell.app.views.traffic.LatencyCourse.Side;
import dev.doorbell.driver.LatencyHistogram;

/** The latencies of reads and of writes. */
record Latencies(LatencyHistogram reads, LatencyHistogram writes) {
    static final Latencies NONE = new Latencies(LatencyHistogram.empty(), LatencyHistogram.empty());

    LatencyHistogram of(Side side) {
        return switch (side) {
            case BOTH -> reads.plus(writes);
            case READ -> reads;
            case WRITE -> writes;
        };
    }
}
