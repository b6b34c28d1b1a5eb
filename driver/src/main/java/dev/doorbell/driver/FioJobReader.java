package dev.doorbell.driver;

import dev.doorbell.driver.FioJob.FormatException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads job files of fio. */
final class FioJobReader {
    private static final Pattern SIZE = Pattern.compile("(\\d+)\\s*([kmgtp]?)(i?b)?", Pattern.CASE_INSENSITIVE);
    private static final Pattern TIME = Pattern.compile("(\\d+(?:\\.\\d+)?)\\s*(us|ms|s|m|h|d)?");
    private static final Map<String, String> LONG_NAMES =
            Map.of("readwrite", "rw", "blocksize", "bs", "blocksize_range", "bsrange", "ba", "blockalign");
    private static final int JOBS_MAX = 1024;

    private final int nsid;
    private final int lbaBytes;
    private final List<Workload> workloads = new ArrayList<>();
    private final List<String> ignored = new ArrayList<>();
    private String job = "";
    private Map<String, String> left = Map.of();

    FioJobReader(int nsid, int lbaBytes) {
        this.nsid = nsid;
        this.lbaBytes = lbaBytes;
    }

    FioJob.Jobs read(String text) {
        Map<String, String> global = new LinkedHashMap<>();
        Map<String, String> section = null;
        int line = 0;
        for (String raw : text.lines().toList()) {
            line++;
            String l = raw.replaceFirst("(^|\\s)[#;].*", "").strip();
            if (l.startsWith("[") && l.endsWith("]")) {
                finish(section, global);
                job = l.substring(1, l.length() - 1);
                section = job.equals("global") ? global : FioJob.copy(global);
            } else if (!l.isEmpty()) {
                if (section == null) {
                    throw new FormatException("line " + line + ": '" + l + "' stands before the first [job]");
                }
                int equals = l.indexOf('=');
                String name = FioJob.key(equals < 0 ? l : l.substring(0, equals));
                section.put(
                        LONG_NAMES.getOrDefault(name, name),
                        equals < 0 ? "1" : l.substring(equals + 1).strip());
            }
        }
        finish(section, global);
        if (workloads.isEmpty()) {
            throw new FormatException("there is no job in it: a line [name], and options below it");
        }
        return new FioJob.Jobs(workloads, ignored);
    }

    private void finish(Map<String, String> section, Map<String, String> global) {
        if (section == null || section == global) {
            return;
        }
        left = section;
        int jobs = take("numjobs").map(n -> (int) whole("numjobs", n, JOBS_MAX)).orElse(1);
        Workload w = workload();
        for (int i = 0; i < jobs; i++) {
            workloads.add(i == 0 ? w : w.toBuilder().seed(w.seed() + i).build());
        }
        left.forEach((name, value) -> ignored.add("[" + job + "] " + name + "=" + value));
    }

    private Optional<String> take(String name) {
        return Optional.ofNullable(left.remove(name));
    }

    private boolean flag(String name) {
        return take(name).filter(v -> !v.equals("0")).isPresent();
    }

    private FormatException wrong(String name, String value, String allowed) {
        return new FormatException("[" + job + "] " + name + "=" + value + ": " + allowed);
    }

    private long whole(String name, String value, long most) {
        Matcher m = SIZE.matcher(value);
        if (!m.matches()) {
            throw wrong(name, value, "must be a number, such as 4096 or 4k");
        }
        try {
            int exponent =
                    m.group(2).isEmpty() ? 0 : 1 + "kmgtp".indexOf(m.group(2).toLowerCase(Locale.ROOT));
            long n = Math.multiplyExact(Long.parseLong(m.group(1)), 1L << 10 * exponent);
            if (n <= most) {
                return n;
            }
        } catch (ArithmeticException | NumberFormatException e) {
            // Said below.
        }
        throw wrong(name, value, "must be at most " + most);
    }

    private long number(String name, String value) {
        return whole(name, value, Long.MAX_VALUE);
    }

    private int bytes(String name, String value) {
        return (int) whole(name, value, 1 << 30);
    }

    private double real(String name, String value) {
        try {
            return Double.parseDouble(value);
        } catch (NumberFormatException e) {
            throw wrong(name, value, "must be a number");
        }
    }

    private Duration time(String name, String value) {
        Matcher m = TIME.matcher(value);
        if (!m.matches()) {
            throw wrong(name, value, "must be a time, such as 30, 500ms or 2m");
        }
        double unit = switch (m.group(2) == null ? "s" : m.group(2)) {
            case "us" -> 1e3;
            case "ms" -> 1e6;
            case "m" -> 60e9;
            case "h" -> 3600e9;
            case "d" -> 86400e9;
            default -> 1e9;
        };
        return Duration.ofNanos(Math.round(Double.parseDouble(m.group(1)) * unit));
    }

    private Workload workload() {
        Workload.Builder b = Workload.builder(nsid);
        operations(b);
        sizes(b);
        region(b);
        data(b);
        pace(b);
        take("iodepth").ifPresent(v -> b.qdepth((int) whole("iodepth", v, 65535)));
        take("randseed").ifPresent(v -> b.seed(number("randseed", v)));
        take("cpus_allowed").ifPresent(v -> b.cpu((int) whole("cpus_allowed", v, 1 << 16)));
        // fio stops at the first error unless told otherwise.
        b.onError(
                take("continue_on_error").filter(v -> !v.equals("none")).isPresent()
                        ? ErrorPolicy.count()
                        : ErrorPolicy.stopAtFirst());
        b.limits(limits(b));
        return b.build();
    }

    private void operations(Workload.Builder b) {
        String rw = take("rw").orElse("read");
        String kind = rw.replaceFirst(":.*", "");
        if (rw.contains(":")) {
            left.put("rw", rw);
        }
        b.randomPercent(kind.startsWith("rand") ? 100 : 0);
        int reads = take("rwmixread").map(v -> (int) whole("rwmixread", v, 100)).orElse(50);
        reads = take("rwmixwrite")
                .map(v -> 100 - (int) whole("rwmixwrite", v, 100))
                .orElse(reads);
        switch (kind) {
            case "read", "randread" -> b.readPercent(100);
            case "write", "randwrite" -> b.readPercent(0);
            case "rw", "readwrite", "randrw" -> b.readPercent(reads);
            case "trim", "randtrim" -> b.operations(IoOperation.trim(100));
            default -> throw wrong("rw", rw, "must be read, write, trim, rw, randread, randwrite, randtrim or randrw");
        }
        take("percentage_random").ifPresent(v -> b.randomPercent((int) whole("percentage_random", v, 100)));
        flag("norandommap");
        take("random_generator");
    }

    private void sizes(Workload.Builder b) {
        Optional<String> bs = take("bs").map(v -> v.split(",")[0]);
        Optional<String> range = take("bsrange").map(v -> v.split(",")[0]);
        Optional<String> split = take("bssplit").map(v -> v.split(",")[0]);
        int align = take("blockalign")
                .map(v -> bytes("blockalign", v.split(",")[0]))
                .orElse(0);
        List<IoSize> sizes = new ArrayList<>();
        if (split.isPresent()) {
            for (String part : split.get().split(":")) {
                String[] p = part.split("/");
                int weight = p.length > 1 && !p[1].isEmpty() ? (int) whole("bssplit", p[1], 100) : 1;
                sizes.add(IoSize.of(bytes("bssplit", p[0])).weight(weight).aligned(align));
            }
        } else if (range.isPresent()) {
            String[] p = range.get().split("-");
            if (p.length != 2) {
                throw wrong("bsrange", range.get(), "must be smallest-largest");
            }
            int least = bytes("bsrange", p[0]);
            sizes.add(IoSize.range(least, bytes("bsrange", p[1]), least).aligned(align));
        } else {
            sizes.add(IoSize.of(bytes("bs", bs.orElse("4k"))).aligned(align));
        }
        b.ioSizes(sizes);
    }

    private void region(Workload.Builder b) {
        long start = take("offset").map(v -> lbas("offset", v)).orElse(0L);
        long size = take("size")
                .filter(v -> !v.endsWith("%"))
                .map(v -> lbas("size", v))
                .orElse(0L);
        b.region(start, size == 0 ? 0 : start + size);
        take("random_distribution").ifPresent(v -> b.distribution(distribution(v)));
    }

    private long lbas(String name, String value) {
        long bytes = number(name, value);
        if (bytes % lbaBytes != 0) {
            throw wrong(name, value, "must be a multiple of the LBA size, " + lbaBytes + " bytes");
        }
        return bytes / lbaBytes;
    }

    private LbaDistribution distribution(String value) {
        String[] p = value.split(":");
        String name = "random_distribution";
        return switch (p[0]) {
            case "random" -> LbaDistribution.uniform();
            case "zipf" -> LbaDistribution.zipf(p.length > 1 ? real(name, p[1]) : 1.1);
            case "pareto" -> LbaDistribution.pareto(p.length > 1 ? real(name, p[1]) : 0.2);
            case "normal" ->
                LbaDistribution.normal(
                        p.length > 2 ? 100 * real(name, p[2]) : 50, p.length > 1 ? real(name, p[1]) : 10);
            case "zoned" -> zoned(value, p);
            default -> throw wrong(name, value, "must be random, zipf, pareto, normal or zoned");
        };
    }

    /** Shares of the I/Os with shares of the region, cut into hundredths. */
    private LbaDistribution zoned(String value, String[] parts) {
        List<Integer> shares = new ArrayList<>(Collections.nCopies(LbaDistribution.SECTIONS, 0));
        int at = 0;
        for (int i = 1; i < parts.length; i++) {
            String[] p = parts[i].split("/");
            int sections = p.length == 2 ? (int) whole("random_distribution", p[1], 100) : 0;
            if (sections == 0 || at + sections > LbaDistribution.SECTIONS) {
                throw wrong("random_distribution", value, "zones are access/size in percent, together 100 %");
            }
            for (int s = 0; s < sections; s++) {
                shares.set(at++, (int) Math.round(10000 * real("random_distribution", p[0]) / sections));
            }
        }
        return LbaDistribution.sections(shares);
    }

    private void data(Workload.Builder b) {
        WriteData data = WriteData.random();
        boolean zeros = flag("zero_buffers");
        Optional<String> pattern = take("buffer_pattern");
        if (zeros) {
            data = WriteData.zeros();
        } else if (pattern.isPresent() && pattern.get().matches("0x[0-9a-fA-F]{8}")) {
            int value =
                    Integer.reverseBytes(Integer.parseUnsignedInt(pattern.get().substring(2), 16));
            data = value == -1 ? WriteData.ones() : WriteData.dword(value);
        } else {
            pattern.ifPresent(p -> left.put("buffer_pattern", p));
        }
        int compress = take("buffer_compress_percentage")
                .map(v -> (int) whole("buffer_compress_percentage", v, 100))
                .orElse(0);
        int dedupe = take("dedupe_percentage")
                .map(v -> (int) whole("dedupe_percentage", v, 100))
                .orElse(0);
        boolean fresh = flag("refill_buffers") || dedupe != 0;
        b.data(new WriteData(
                data.fill(), data.value(), fresh && data.fill() == Workload.Fill.RANDOM, compress, dedupe));
    }

    private void pace(Workload.Builder b) {
        Pace pace = Pace.unlimited();
        Optional<String> iops = take("rate_iops");
        if (iops.isPresent()) {
            pace = pace.iops(number("rate_iops", iops.get().split(",")[0]));
        }
        Optional<String> rate = take("rate");
        if (rate.isPresent()) {
            pace = pace.bytesPerSecond(number("rate", rate.get().split(",")[0]));
        }
        b.pace(pace);
    }

    /** Without time_based, a job ends when it has gone through its size, or after runtime at the latest. */
    private Workload.Limits limits(Workload.Builder b) {
        boolean timed = flag("time_based");
        Duration runtime = take("runtime").map(v -> time("runtime", v)).orElse(Duration.ZERO);
        long count = take("number_ios").map(v -> number("number_ios", v)).orElse(0L);
        long io = take("io_size").map(v -> number("io_size", v)).orElse(0L);
        long loops = take("loops").map(v -> number("loops", v)).orElse(1L);
        Workload w = b.limits(Workload.Limits.none()).build();
        boolean ends = timed || count != 0 || io != 0;
        if (ends || !runtime.isZero() && w.region().endLba() == 0) {
            return new Workload.Limits(runtime, count, io, 0);
        }
        if (w.randomPercent() < 100) {
            return new Workload.Limits(runtime, 0, 0, loops);
        }
        long size = (w.region().endLba() - w.region().startLba()) * lbaBytes * loops;
        if (w.region().endLba() == 0) {
            throw new FormatException("[" + job + "] has no end: give size, io_size, number_ios or runtime");
        }
        return new Workload.Limits(runtime, 0, size, 0);
    }
}
