package dev.doorbell.testplans.run;

import dev.doorbell.driver.Workload;
import dev.doorbell.testplans.plan.Quantities;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** Workloads by the names of their patterns, and in words. */
public final class Workloads {
    private Workloads() {}

    /** How random a pattern is, 0 or 100. {@code mix} is random. */
    public static int randomPercent(String pattern) {
        return pattern.startsWith("rand") || pattern.equals("mix") ? 100 : 0;
    }

    /** How much a pattern reads: 100, 0, or the given share for {@code mix}. */
    public static int readPercent(String pattern, int mixed) {
        return switch (pattern) {
            case "randread", "read" -> 100;
            case "randwrite", "write" -> 0;
            default -> mixed;
        };
    }

    /** For example {@code 4 KiB random read, qdepth 64}. */
    public static String describe(Workload w) {
        Map<Integer, Integer> sizes = new LinkedHashMap<>(w.ioSizesBytes());
        String size = sizes.keySet().stream().map(Quantities::bytes).collect(Collectors.joining(", "));
        String order = w.randomPercent() == 100
                ? "random "
                : w.randomPercent() == 0 ? "sequential " : w.randomPercent() + " % random ";
        String direction = w.readPercent() == 100
                ? "read"
                : w.readPercent() == 0 ? "write" : w.readPercent() + " % read, rest write";
        String time = w.duration().equals(Duration.ZERO)
                ? ""
                : ", " + Quantities.nanos(w.duration().toNanos());
        return size + " " + order + direction + ", qdepth " + w.qdepth() + time;
    }
}
