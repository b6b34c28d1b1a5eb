package dev.doorbell.testplans.plan;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An I/O workload as a plan writes it.
 *
 * @param pattern {@code randread}, {@code randwrite}, {@code read}, {@code write} or {@code mix} (random, both ways)
 * @param readPercent for {@code mix}; 50 when absent
 * @param ioSizes sizes in bytes with their weights
 * @param time runs this long, when given
 * @param ios ends after so many, when given
 * @param regionStart first LBA
 * @param regionEnd LBA behind the last; absent: the namespace's end
 * @param iopsLimit pace; absent: none
 * @param fill {@code zeros}, {@code ones}, {@code random} or a dword, for what is written
 * @param more the parts that {@link WorkloadKeys} knows
 */
public record WorkerSettings(
        String pattern,
        Optional<Value> nsid,
        Optional<Value> readPercent,
        List<IoSize> ioSizes,
        Value qdepth,
        Optional<Value> time,
        Optional<Value> ios,
        Optional<Value> regionStart,
        Optional<Value> regionEnd,
        Optional<Value> iopsLimit,
        Optional<Value> fill,
        Map<String, Value> more,
        SourceLine at) {
    public static final List<String> PATTERNS = List.of("randread", "randwrite", "read", "write", "mix");

    public WorkerSettings {
        ioSizes = List.copyOf(ioSizes);
        more = Collections.unmodifiableMap(new LinkedHashMap<>(more));
    }

    /** One I/O size, or a range as {@link WorkloadKeys#size} reads it, and how often it comes, relative to the others. */
    public record IoSize(Value bytes, Value weight) {}
}
