package dev.doorbell.driver;

import java.time.Duration;

/**
 * How fast a worker sends. Limits follow a schedule that starts with the worker: lost time is caught up, so that the average is exact. With
 * bursts, the schedule runs during bursts alone.
 *
 * @param iops I/Os a second; 0: no limit
 * @param bytesPerSecond data a second; 0: no limit
 * @param burst how long it sends before it pauses; zero: always
 * @param idle the pauses after bursts
 * @param ramp how long the limits take to rise to their values; zero: they hold at once
 * @param rampFromPercent share of the limits at the start of the ramp, 0 .. 100
 */
public record Pace(
        long iops, long bytesPerSecond, Duration burst, Duration idle, Duration ramp, double rampFromPercent) {
    /** As fast as the device takes it. */
    public static Pace unlimited() {
        return new Pace(0, 0, Duration.ZERO, Duration.ZERO, Duration.ZERO, 0);
    }

    public Pace iops(long limit) {
        return new Pace(limit, bytesPerSecond, burst, idle, ramp, rampFromPercent);
    }

    public Pace bytesPerSecond(long limit) {
        return new Pace(iops, limit, burst, idle, ramp, rampFromPercent);
    }

    /** Sends for some time, then pauses, and so on. */
    public Pace bursts(Duration burstTime, Duration idleTime) {
        return new Pace(iops, bytesPerSecond, burstTime, idleTime, ramp, rampFromPercent);
    }

    /** Lets the limits rise evenly from a share of them. */
    public Pace ramp(Duration time, double fromPercent) {
        return new Pace(iops, bytesPerSecond, burst, idle, time, fromPercent);
    }

    /** Whether anything holds the worker back. */
    public boolean isLimited() {
        return iops != 0 || bytesPerSecond != 0 || !burst.isZero();
    }
}
