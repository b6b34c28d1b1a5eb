package dev.doorbell.driver;

import java.time.Instant;

/** Wall-clock time of a moment of the monotonic clock. One offset for the life of the JVM, so that differences stay exact. */
final class WallClock {
    private static final Instant ORIGIN;
    private static final long ORIGIN_NANOS;

    static {
        long before = System.nanoTime();
        ORIGIN = Instant.now();
        ORIGIN_NANOS = before + (System.nanoTime() - before) / 2;
    }

    private WallClock() {}

    static Instant at(long nanos) {
        return ORIGIN.plusNanos(nanos - ORIGIN_NANOS);
    }
}
