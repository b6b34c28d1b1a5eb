package dev.doorbell.driver;

/**
 * A trace that a worker sends instead of I/Os of its own.
 *
 * @param trace what is sent
 * @param source the file that it was read from, as plans write it; empty if there is none
 * @param speed 1 keeps its times, 2 is twice as fast, 0 is as fast as possible
 */
public record Replay(Trace trace, String source, double speed) {
    /** At the speed of the recording. */
    public static Replay timed(Trace trace) {
        return new Replay(trace, "", 1);
    }

    /** As fast as possible. */
    public static Replay fast(Trace trace) {
        return new Replay(trace, "", 0);
    }
}
