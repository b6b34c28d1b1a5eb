package dev.doorbell.plugin;

import java.util.OptionalInt;

/**
 * A device's pulse.
 *
 * @param temperatureCelsius composite temperature of the SMART log, empty before it was read
 * @param iops commands a second over all workers
 * @param bytesPerSecond data a second over all workers
 * @param outstanding commands submitted and not completed, over all qpairs
 */
public record Vitals(OptionalInt temperatureCelsius, double iops, double bytesPerSecond, int outstanding) {
    /** Before anything was sampled. */
    public static final Vitals NONE = new Vitals(OptionalInt.empty(), 0, 0, 0);
}
