package dev.doorbell.testplans.plan;

import dev.doorbell.driver.ErrorPolicy;
import dev.doorbell.driver.IoControl;
import dev.doorbell.driver.IoOperation;
import dev.doorbell.driver.IoSize;
import dev.doorbell.driver.LbaDistribution;
import dev.doorbell.driver.Workload;
import dev.doorbell.driver.WriteData;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.stream.Collectors;

/**
 * The parts of a workload beyond its pattern, each by a key and a text: the same in plans and on the command line. {@link #apply} reads,
 * {@link #of} writes.
 */
public final class WorkloadKeys {
    /** Keys of a trace, which need to know the namespace. */
    public static final String REPLAY = "replay", SPEED = "speed";

    private static final Map<String, BiFunction<Workload, String, Workload.Builder>> KEYS = new LinkedHashMap<>();

    static {
        KEYS.put("random-percent", (w, t) -> w.toBuilder().randomPercent(integer(t, 0, 100)));
        KEYS.put(
                "align",
                (w, t) -> w.toBuilder()
                        .ioSizes(w.sizes().stream()
                                .map(s -> s.aligned(integer(t, 0, 1 << 30)))
                                .toList()));
        KEYS.put("first", (w, t) -> w.toBuilder().firstLba(number(t).longValueExact()));
        KEYS.put("step", (w, t) -> w.toBuilder().stepLbas(number(t).longValueExact()));
        KEYS.put("operations", (w, t) -> w.toBuilder().operations(operations(t)));
        KEYS.put("distribution", (w, t) -> w.toBuilder().distribution(distribution(t)));
        KEYS.put("bytes", (w, t) -> w.toBuilder().byteCount(number(t).longValueExact()));
        KEYS.put("passes", (w, t) -> w.toBuilder().passes(number(t).longValueExact()));
        KEYS.put(
                "bytes-per-second",
                (w, t) -> w.toBuilder().pace(w.pace().bytesPerSecond(number(t).longValueExact())));
        KEYS.put(
                "burst",
                (w, t) -> w.toBuilder().pace(w.pace().bursts(time(t), w.pace().idle())));
        KEYS.put("idle", (w, t) -> w.toBuilder().pace(w.pace().bursts(w.pace().burst(), time(t))));
        KEYS.put(
                "ramp",
                (w, t) -> w.toBuilder().pace(w.pace().ramp(time(t), w.pace().rampFromPercent())));
        KEYS.put(
                "ramp-from", (w, t) -> w.toBuilder().pace(w.pace().ramp(w.pace().ramp(), real(t))));
        KEYS.put("fresh", (w, t) -> w.toBuilder().data(fresh(w.data(), bool(t))));
        KEYS.put("compressible", (w, t) -> w.toBuilder().data(w.data().compressible(integer(t, 0, 100))));
        KEYS.put("dedupable", (w, t) -> w.toBuilder().data(w.data().dedupable(integer(t, 0, 100))));
        KEYS.put(
                "retries",
                (w, t) -> w.toBuilder()
                        .onError(
                                new ErrorPolicy(integer(t, 0, 1000), w.onError().stop())));
        KEYS.put(
                "on-error",
                (w, t) -> w.toBuilder()
                        .onError(new ErrorPolicy(
                                w.onError().retries(),
                                choice(t, "continue", "stop").equals("stop"))));
        KEYS.put("interval", (w, t) -> w.toBuilder().measurement(w.measurement().interval(time(t))));
        KEYS.put("slowest", (w, t) -> w.toBuilder().measurement(w.measurement().slowest(integer(t, 0, 256))));
        KEYS.put("last", (w, t) -> w.toBuilder().measurement(w.measurement().last(integer(t, 0, 1 << 20))));
        KEYS.put(
                "histogram", (w, t) -> w.toBuilder().measurement(w.measurement().histogram(bool(t))));
        KEYS.put("cmdlog", (w, t) -> w.toBuilder().cmdlog(bool(t)));
        KEYS.put("priority", (w, t) -> w.toBuilder().priority(integer(t, 0, 3)));
        KEYS.put("cpu", (w, t) -> w.toBuilder().cpu(integer(t, 0, 1 << 16)));
        KEYS.put("seed", (w, t) -> w.toBuilder().seed(number(t).longValue()));
        KEYS.put("verify", (w, t) -> w.toBuilder().verify(bool(t)));
    }

    private WorkloadKeys() {}

    /** All keys but those of a trace. */
    public static List<String> keys() {
        return List.copyOf(KEYS.keySet());
    }

    /** The workload with one part changed. Throws {@link IllegalArgumentException} with what is allowed instead. */
    public static Workload apply(Workload w, String key, String text) {
        BiFunction<Workload, String, Workload.Builder> setting = KEYS.get(key);
        if (setting == null) {
            throw new IllegalArgumentException(
                    "'" + key + "' is no part of a workload; allowed: " + String.join(", ", KEYS.keySet()));
        }
        try {
            return setting.apply(w, text.strip()).build();
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException("'" + text + "' is too large");
        }
    }

    /** The same for a value of a plan that is resolved; mistakes name its place. */
    public static Workload apply(Workload w, String key, Value resolved) {
        try {
            return apply(w, key, resolved.text());
        } catch (IllegalArgumentException e) {
            throw new PlanException(resolved.at(), "'" + key + "': " + e.getMessage());
        }
    }

    /** I/O sizes: {@code 4KiB}, or a range {@code 4KiB..64KiB}, with another step than one LBA {@code 4KiB..64KiB/4KiB}. */
    public static IoSize size(String text) {
        String[] ends = text.strip().split("\\.\\.");
        if (ends.length == 1) {
            return IoSize.of(integer(ends[0], 1, Integer.MAX_VALUE));
        }
        String[] last = ends.length == 2 ? ends[1].split("/") : new String[0];
        if (last.length == 0 || last.length > 2) {
            throw new IllegalArgumentException(
                    "'" + text + "' is no size; allowed: 4KiB, 4KiB..64KiB, 4KiB..64KiB/4KiB");
        }
        return IoSize.range(
                integer(ends[0], 1, Integer.MAX_VALUE),
                integer(last[0], 1, Integer.MAX_VALUE),
                last.length == 2 ? integer(last[1], 1, Integer.MAX_VALUE) : 0);
    }

    private static BigInteger number(String text) {
        return Quantities.amount(text)
                .orElseThrow(
                        () -> new IllegalArgumentException("'" + text + "' is no number; allowed: 12, 0x0c, 4KiB"));
    }

    private static int integer(String text, int least, int most) {
        BigInteger n = number(text);
        if (n.compareTo(BigInteger.valueOf(least)) < 0 || n.compareTo(BigInteger.valueOf(most)) > 0) {
            throw new IllegalArgumentException("'" + text + "' is out of range; allowed: " + least + " to " + most);
        }
        return n.intValue();
    }

    private static double real(String text) {
        try {
            double value = Double.parseDouble(text);
            if (Double.isFinite(value)) {
                return value;
            }
        } catch (NumberFormatException e) {
            // Said below.
        }
        throw new IllegalArgumentException("'" + text + "' is no number; allowed: 1.2");
    }

    private static Duration time(String text) {
        return Quantities.time(text)
                .orElseThrow(() -> new IllegalArgumentException(
                        "'" + text + "' is no time; allowed: a number with ns, us, ms, s, min or h"));
    }

    private static String choice(String text, String... allowed) {
        if (!Arrays.asList(allowed).contains(text)) {
            throw new IllegalArgumentException("'" + text + "' is not allowed: " + String.join(", ", allowed));
        }
        return text;
    }

    private static boolean bool(String text) {
        return List.of("yes", "true", "on").contains(choice(text, "yes", "no", "true", "false", "on", "off"));
    }

    private static WriteData fresh(WriteData d, boolean on) {
        return new WriteData(d.fill(), d.value(), on, d.compressiblePercent(), d.dedupablePercent());
    }

    /** {@code read 50, write+fua 30, trim*16 10, 0xc1 10}. */
    private static List<IoOperation> operations(String text) {
        List<IoOperation> all = new ArrayList<>();
        for (String part : text.split(",")) {
            String[] words = part.strip().split("[\\s=:]+(?=[0-9.]+$)");
            if (words.length != 2) {
                throw new IllegalArgumentException(
                        "'" + part.strip() + "' is no operation; allowed: read 70, write+fua 20, trim*16 10");
            }
            all.add(operation(words[0].strip(), real(words[1])));
        }
        return all;
    }

    private static IoOperation operation(String word, double percent) {
        String[] ranges = word.split("\\*");
        String[] flags = ranges[0].split("\\+");
        IoOperation o = IoOperation.of(opcode(flags[0].strip()), percent);
        IoControl control = IoControl.none();
        for (String flag : Arrays.copyOfRange(flags, 1, flags.length)) {
            control = switch (flag.strip()) {
                case "fua" -> control.forceUnitAccess();
                case "lr" -> control.limitedRetry();
                default -> dword(control, flag.strip());
            };
        }
        o = o.control(control);
        return ranges.length == 2 ? o.ranges(integer(ranges[1].strip(), 1, 256)) : o;
    }

    /** {@code cdw13=5} and the like. */
    private static IoControl dword(IoControl c, String text) {
        String[] p = text.split("=");
        if (p.length != 2 || number(p[1]).bitLength() > 64) {
            throw new IllegalArgumentException(
                    "'" + text + "' is no flag; allowed: fua, lr, cdw12=0x.., cdw13=, tags=, tags-high=, cdw15=");
        }
        long value = number(p[1]).longValue();
        int low = (int) value;
        return switch (p[0]) {
            case "cdw12" -> new IoControl(low, c.cdw13(), c.tags(), c.tagsHigh(), c.cdw15());
            case "cdw13" -> new IoControl(c.cdw12(), low, c.tags(), c.tagsHigh(), c.cdw15());
            case "tags" -> new IoControl(c.cdw12(), c.cdw13(), value, c.tagsHigh(), c.cdw15());
            case "tags-high" -> new IoControl(c.cdw12(), c.cdw13(), c.tags(), low, c.cdw15());
            case "cdw15" -> new IoControl(c.cdw12(), c.cdw13(), c.tags(), c.tagsHigh(), low);
            default ->
                throw new IllegalArgumentException(
                        "'" + text + "' is no flag; allowed: fua, lr, cdw12=0x.., cdw13=, tags=, tags-high=, cdw15=");
        };
    }

    private static int opcode(String name) {
        return switch (Vocabulary.plain(name)) {
            case "flush" -> IoOperation.FLUSH;
            case "write" -> IoOperation.WRITE;
            case "read" -> IoOperation.READ;
            case "writeuncorrectable" -> IoOperation.WRITE_UNCORRECTABLE;
            case "compare" -> IoOperation.COMPARE;
            case "writezeroes" -> IoOperation.WRITE_ZEROES;
            case "trim", "dsm", "deallocate" -> IoOperation.TRIM;
            case "verify" -> IoOperation.VERIFY;
            default -> integer(name, 0, 255);
        };
    }

    private static LbaDistribution distribution(String text) {
        String[] p = text.split("[\\s:]+");
        if (p[0].equals("uniform") && p.length == 1) {
            return LbaDistribution.uniform();
        }
        if (p[0].equals("zipf") && p.length == 2) {
            return LbaDistribution.zipf(real(p[1]));
        }
        if (p[0].equals("pareto") && p.length == 2) {
            return LbaDistribution.pareto(real(p[1]));
        }
        if (p[0].equals("normal") && p.length == 3) {
            return LbaDistribution.normal(real(p[1]), real(p[2]));
        }
        if (p[0].equals("sections") && p.length == 1 + LbaDistribution.SECTIONS) {
            return LbaDistribution.sections(Arrays.stream(p)
                    .skip(1)
                    .map(s -> integer(s, 0, Integer.MAX_VALUE))
                    .toList());
        }
        throw new IllegalArgumentException("'" + text + "' is no distribution; allowed: uniform, zipf 1.2, pareto 0.2,"
                + " normal 50 10 (centre and deviation in percent), sections with 100 shares");
    }

    // ---- and back

    /** The keys of the worker step that does what the workload does, but for its namespace and its trace. */
    public static Map<String, String> of(Workload w) {
        Map<String, String> keys = new LinkedHashMap<>();
        Workload plain =
                Workload.builder(w.nsid()).limits(Workload.Limits.none()).build();
        keys.put("pattern", w.randomPercent() > 0 ? "randread" : "read");
        boolean alike = w.sizes().stream().map(IoSize::alignBytes).distinct().count() == 1;
        if (!alike) {
            throw new IllegalArgumentException("sizes with alignments of their own cannot be written into a plan");
        }
        keys.put(
                "io-size",
                w.sizes().size() == 1
                        ? size(w.sizes().getFirst())
                        : w.sizes().stream()
                                .map(s -> size(s) + ": " + s.weight())
                                .collect(Collectors.joining(", ", "{", "}")));
        keys.put("qdepth", String.valueOf(w.qdepth()));
        if (!w.region().equals(plain.region())) {
            keys.put(
                    "region",
                    w.region().endLba() == 0
                            ? "[" + w.region().startLba() + "]"
                            : "[" + w.region().startLba() + ", " + w.region().endLba() + "]");
        }
        put(keys, "time", !w.duration().isZero(), nanos(w.duration()));
        put(keys, "ios", w.ioCount() != 0, w.ioCount());
        put(keys, "iops", w.iopsLimit() != 0, w.iopsLimit());
        switch (w.fill()) {
            case ZEROS -> keys.put("fill", "zeros");
            case ONES -> keys.put("fill", "ones");
            case DWORD -> keys.put("fill", "0x%08x".formatted(w.fillValue()));
            case RANDOM -> {}
        }
        more(keys, w, plain);
        return keys;
    }

    private static void more(Map<String, String> keys, Workload w, Workload plain) {
        put(keys, "random-percent", w.randomPercent() % 100 != 0, w.randomPercent());
        put(
                keys,
                "align",
                w.sizes().getFirst().alignBytes() != 0,
                w.sizes().getFirst().alignBytes());
        w.region().firstLba().ifPresent(v -> keys.put("first", String.valueOf(v)));
        w.region().stepLbas().ifPresent(v -> keys.put("step", String.valueOf(v)));
        put(
                keys,
                "operations",
                !w.operations().equals(plain.operations()),
                '"' + w.operations().stream().map(WorkloadKeys::operation).collect(Collectors.joining(", ")) + '"');
        put(
                keys,
                "distribution",
                !(w.region().distribution() instanceof LbaDistribution.Uniform),
                distribution(w.region().distribution()));
        put(keys, "bytes", w.limits().bytes() != 0, w.limits().bytes());
        put(keys, "passes", w.limits().passes() != 0, w.limits().passes());
        put(keys, "bytes-per-second", w.pace().bytesPerSecond() != 0, w.pace().bytesPerSecond());
        put(keys, "burst", !w.pace().burst().isZero(), nanos(w.pace().burst()));
        put(keys, "idle", !w.pace().idle().isZero(), nanos(w.pace().idle()));
        put(keys, "ramp", !w.pace().ramp().isZero(), nanos(w.pace().ramp()));
        put(keys, "ramp-from", w.pace().rampFromPercent() != 0, w.pace().rampFromPercent());
        put(keys, "compressible", w.data().compressiblePercent() != 0, w.data().compressiblePercent());
        put(keys, "dedupable", w.data().dedupablePercent() != 0, w.data().dedupablePercent());
        put(keys, "fresh", w.data().fresh() && w.data().dedupablePercent() == 0, "yes");
        put(keys, "retries", w.onError().retries() != 0, w.onError().retries());
        put(keys, "on-error", w.onError().stop(), "stop");
        put(
                keys,
                "interval",
                !w.measurement().interval().equals(plain.measurement().interval()),
                nanos(w.measurement().interval()));
        put(
                keys,
                "slowest",
                w.measurement().slowest() != plain.measurement().slowest(),
                w.measurement().slowest());
        put(keys, "last", w.measurement().last() != 0, w.measurement().last());
        put(keys, "histogram", !w.measurement().histogram(), "no");
        put(keys, "cmdlog", !w.cmdlog(), "no");
        put(keys, "priority", w.priority() != 0, w.priority());
        w.cpu().ifPresent(v -> keys.put("cpu", String.valueOf(v)));
        keys.put("seed", "0x" + Long.toHexString(w.seed()));
        put(keys, "verify", w.verify(), "yes");
    }

    private static void put(Map<String, String> keys, String key, boolean needed, Object value) {
        if (needed) {
            keys.put(key, String.valueOf(value));
        }
    }

    private static String nanos(Duration d) {
        return d.toNanos() % 1_000_000 == 0 ? d.toMillis() + "ms" : d.toNanos() + "ns";
    }

    private static String size(IoSize s) {
        return !s.isRange()
                ? String.valueOf(s.minBytes())
                : s.minBytes() + ".." + s.maxBytes() + (s.stepBytes() == 0 ? "" : "/" + s.stepBytes());
    }

    private static String operation(IoOperation o) {
        IoControl c = o.control();
        String name = o.title().startsWith("opcode")
                ? "0x%02x".formatted(o.opcode())
                : o.title().replace(' ', '-');
        StringBuilder out = new StringBuilder(name);
        if (c.cdw12() != 0) {
            out.append("+cdw12=0x").append(Integer.toHexString(c.cdw12()));
        }
        if (c.cdw13() != 0) {
            out.append("+cdw13=0x").append(Integer.toHexString(c.cdw13()));
        }
        if (c.tags() != 0) {
            out.append("+tags=0x").append(Long.toHexString(c.tags()));
        }
        if (c.tagsHigh() != 0) {
            out.append("+tags-high=0x").append(Integer.toHexString(c.tagsHigh()));
        }
        if (c.cdw15() != 0) {
            out.append("+cdw15=0x").append(Integer.toHexString(c.cdw15()));
        }
        return out + (o.ranges() == 1 ? "" : "*" + o.ranges()) + " "
                + BigDecimal.valueOf(o.percent()).stripTrailingZeros().toPlainString();
    }

    private static String distribution(LbaDistribution d) {
        return switch (d) {
            case LbaDistribution.Uniform u -> "uniform";
            case LbaDistribution.Zipf z -> "zipf " + z.theta();
            case LbaDistribution.Pareto p -> "pareto " + p.h();
            case LbaDistribution.Normal n -> "normal " + n.centrePercent() + " " + n.deviationPercent();
            case LbaDistribution.Sections s ->
                "sections " + s.shares().stream().map(String::valueOf).collect(Collectors.joining(" "));
        };
    }
}
