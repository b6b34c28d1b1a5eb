package dev.doorbell.testplans.run;

import dev.doorbell.driver.IoOperation;
import dev.doorbell.driver.IoSize;
import dev.doorbell.driver.Replay;
import dev.doorbell.driver.TraceReader;
import dev.doorbell.driver.Workload;
import dev.doorbell.testplans.plan.PlanException;
import dev.doorbell.testplans.plan.Quantities;
import dev.doorbell.testplans.plan.Scope;
import dev.doorbell.testplans.plan.Value;
import dev.doorbell.testplans.plan.WorkerSettings;
import dev.doorbell.testplans.plan.WorkloadKeys;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;

/** Workloads by the names of their patterns, and in words. */
public final class Workloads {
    private static final int DEFAULT_MIX = 50;

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

    /**
     * The workload of a plan.
     *
     * @param lbaBytes LBA size of the namespace, which a trace needs
     * @param seed of its I/O stream, unless the plan says another
     * @throws PlanException where a value is none, or is not known to {@code scope}
     */
    public static Workload of(WorkerSettings s, Scope scope, int nsid, int lbaBytes, long seed) {
        Workload.Builder b = Workload.builder(nsid)
                .randomPercent(randomPercent(s.pattern()))
                .readPercent(readPercent(
                        s.pattern(), s.readPercent().map(v -> v.asInt(scope)).orElse(DEFAULT_MIX)))
                .qdepth(s.qdepth().asInt(scope))
                .duration(s.time().map(v -> Duration.ofNanos(v.asLong(scope))).orElse(Duration.ZERO))
                .region(
                        s.regionStart().map(v -> v.asLong(scope)).orElse(0L),
                        s.regionEnd().map(v -> v.asLong(scope)).orElse(0L))
                .ioSizes(s.ioSizes().stream().map(size -> size(size, scope)).toList())
                .seed(seed);
        s.ios().ifPresent(v -> b.ioCount(v.asLong(scope)));
        s.iopsLimit().ifPresent(v -> b.iopsLimit(v.asLong(scope)));
        s.fill().ifPresent(v -> fill(b, v, scope));
        return more(b.build(), s.more(), scope, lbaBytes);
    }

    private static void fill(Workload.Builder b, Value fill, Scope scope) {
        switch (fill.text(scope)) {
            case "zeros" -> b.fill(Workload.Fill.ZEROS);
            case "ones" -> b.fill(Workload.Fill.ONES);
            case "random" -> b.fill(Workload.Fill.RANDOM);
            default -> b.fillDword((int) fill.asLong(scope));
        }
    }

    /** An I/O size of a plan. */
    static IoSize size(WorkerSettings.IoSize size, Scope scope) {
        String text = size.bytes().text(scope);
        try {
            // A range, or what arithmetic gives.
            IoSize one = text.contains("..")
                    ? WorkloadKeys.size(text)
                    : IoSize.of(size.bytes().asInt(scope));
            return one.weight(size.weight().asInt(scope));
        } catch (IllegalArgumentException e) {
            throw new PlanException(size.bytes().at(), e.getMessage());
        }
    }

    /** The workload with more parts of a plan, in their order. */
    static Workload more(Workload w, Map<String, Value> parts, Scope scope, int lbaBytes) {
        for (Map.Entry<String, Value> part : parts.entrySet()) {
            Value value = new Value(part.getValue().text(scope), part.getValue().at());
            if (!part.getKey().equals(WorkloadKeys.REPLAY) && !part.getKey().equals(WorkloadKeys.SPEED)) {
                w = WorkloadKeys.apply(w, part.getKey(), value);
            }
        }
        Value file = parts.get(WorkloadKeys.REPLAY);
        if (file == null) {
            return w;
        }
        try {
            Value speed = parts.getOrDefault(WorkloadKeys.SPEED, new Value("1", file.at()));
            return replay(w, file.text(scope), Double.parseDouble(speed.text(scope)), lbaBytes);
        } catch (NumberFormatException e) {
            throw new PlanException(
                    parts.get(WorkloadKeys.SPEED).at(),
                    "'speed' is a number: 1 keeps the times, 0 is as fast as possible");
        }
    }

    /** The workload with the trace of a file instead of I/Os of its own. */
    public static Workload replay(Workload w, String file, double speed, int lbaBytes) {
        return w.toBuilder()
                .replay(new Replay(TraceReader.read(Path.of(file), lbaBytes), file, speed))
                .build();
    }

    /** The worker step of a plan that does what the workload does, as one line of YAML. */
    public static String step(Workload w) {
        Map<String, String> keys = WorkloadKeys.of(w);
        keys.put("nsid", String.valueOf(w.nsid()));
        w.replay().ifPresent(r -> {
            keys.put(WorkloadKeys.REPLAY, '"' + r.source().replace("\\", "\\\\").replace("\"", "\\\"") + '"');
            keys.put(WorkloadKeys.SPEED, String.valueOf(r.speed()));
        });
        return "worker: "
                + keys.entrySet().stream()
                        .map(e -> e.getKey() + ": " + e.getValue())
                        .collect(Collectors.joining(", ", "{", "}"));
    }

    /** For example {@code 4 KiB random read, qdepth 64}. */
    public static String describe(Workload w) {
        if (w.replay().isPresent()) {
            return "replay of " + w.replay().get().trace().size() + " I/Os, qdepth " + w.qdepth();
        }
        String size = w.sizes().stream()
                .map(s -> Quantities.bytes(s.minBytes()) + (s.isRange() ? " to " + Quantities.bytes(s.maxBytes()) : ""))
                .collect(Collectors.joining(", "));
        String order = w.randomPercent() == 100
                ? "random "
                : w.randomPercent() == 0 ? "sequential " : w.randomPercent() + " % random ";
        boolean plain = w.operations().stream()
                .allMatch(o -> o.opcode() == IoOperation.READ || o.opcode() == IoOperation.WRITE);
        String direction = !plain
                ? w.operations().stream()
                        .map(o -> "%s %% %s"
                                .formatted(
                                        Math.rint(o.percent()) == o.percent()
                                                ? (Object) (long) o.percent()
                                                : o.percent(),
                                        o.title()))
                        .collect(Collectors.joining(", "))
                : w.readPercent() == 100
                        ? "read"
                        : w.readPercent() == 0 ? "write" : w.readPercent() + " % read, rest write";
        String time = w.duration().equals(Duration.ZERO)
                ? ""
                : ", " + Quantities.nanos(w.duration().toNanos());
        return size + " " + order + direction + ", qdepth " + w.qdepth() + time;
    }
}
