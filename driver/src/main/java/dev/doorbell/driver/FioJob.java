package dev.doorbell.driver;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Workloads as job files of fio. */
public final class FioJob {
    /**
     * What a job file says.
     *
     * @param workloads one for each job, or as many as {@code numjobs} of it
     * @param ignored options that say nothing about a workload, or nothing that Doorbell has, with their job: {@code [job] option=value}
     */
    public record Jobs(List<Workload> workloads, List<String> ignored) {
        public Jobs {
            workloads = List.copyOf(workloads);
            ignored = List.copyOf(ignored);
        }
    }

    /** A job file that makes no sense; the message names the line and the value. */
    public static final class FormatException extends DoorbellException {
        FormatException(String message) {
            super(message);
        }
    }

    private final List<String> options = new ArrayList<>();
    private final List<String> missing = new ArrayList<>();

    private FioJob() {}

    /**
     * Reads a job file.
     *
     * @param nsid namespace of the workloads
     * @param lbaBytes its LBA size
     */
    public static Jobs parse(String text, int nsid, int lbaBytes) {
        return new FioJobReader(nsid, lbaBytes).read(text);
    }

    static String write(Workload w, int lbaBytes) {
        FioJob job = new FioJob();
        job.operations(w);
        job.sizes(w);
        job.region(w, lbaBytes);
        job.limits(w);
        job.pace(w.pace());
        job.data(w.data());
        job.rest(w);
        return "[global]\nioengine=io_uring\ndirect=1\nfilename=/dev/nvme0n" + w.nsid() + "\n\n[doorbell]\n"
                + job.missing.stream().map(m -> "# fio has no " + m + "\n").collect(Collectors.joining())
                + String.join("\n", job.options) + "\n";
    }

    private void option(String name, Object value) {
        options.add(name + "=" + value);
    }

    private static String plain(double value) {
        return BigDecimal.valueOf(value).stripTrailingZeros().toPlainString();
    }

    private static double share(Workload w, int opcode) {
        return w.operations().stream()
                .filter(o -> o.opcode() == opcode)
                .mapToDouble(IoOperation::percent)
                .sum();
    }

    private void operations(Workload w) {
        double reads = share(w, IoOperation.READ);
        double writes = share(w, IoOperation.WRITE);
        double trims = share(w, IoOperation.TRIM);
        String order = w.randomPercent() == 0 ? "" : "rand";
        String kind = trims > 0 && reads + writes == 0
                ? "trim"
                : reads > 0 && writes > 0 ? "rw" : writes > 0 ? "write" : "read";
        option("rw", order + kind + step(w));
        if (reads > 0 && writes > 0) {
            option("rwmixread", Math.round(100 * reads / (reads + writes)));
        }
        if (w.randomPercent() != 0 && w.randomPercent() != 100) {
            option("percentage_random", w.randomPercent());
        }
        w.operations().stream()
                .filter(o -> o.percent() > 0)
                .filter(o -> o.opcode() != IoOperation.READ && o.opcode() != IoOperation.WRITE)
                .filter(o -> o.opcode() != IoOperation.TRIM || reads + writes > 0)
                .forEach(o -> missing.add(o.title() + " in a mix: " + plain(o.percent()) + " %"));
        w.operations().stream()
                .filter(o -> !o.control().equals(IoControl.none()))
                .forEach(o -> missing.add("flags of a command: " + o.title()));
    }

    private String step(Workload w) {
        if (w.region().stepLbas().isEmpty()) {
            return "";
        }
        missing.add("steps that are told from start to start: "
                + w.region().stepLbas().getAsLong() + " LBAs");
        return "";
    }

    private void sizes(Workload w) {
        List<IoSize> sizes = w.sizes();
        IoSize first = sizes.getFirst();
        if (sizes.size() == 1 && first.isRange()) {
            option("bsrange", first.minBytes() + "-" + first.maxBytes());
        } else if (sizes.size() == 1) {
            option("bs", first.minBytes());
        } else {
            long all = sizes.stream().mapToLong(IoSize::weight).sum();
            option(
                    "bssplit",
                    sizes.stream()
                            .map(s -> s.minBytes() + "/" + Math.round(100.0 * s.weight() / Math.max(1, all)))
                            .collect(Collectors.joining(":")));
            sizes.stream()
                    .filter(IoSize::isRange)
                    .forEach(s -> missing.add("ranges beside other sizes: up to " + s.maxBytes() + " bytes"));
        }
        if (first.alignBytes() != 0) {
            option("blockalign", first.alignBytes());
        }
    }

    private void region(Workload w, int lbaBytes) {
        Workload.Region r = w.region();
        if (r.startLba() != 0) {
            option("offset", r.startLba() * lbaBytes);
        }
        if (r.endLba() != 0) {
            option("size", (r.endLba() - r.startLba()) * lbaBytes);
        }
        if (r.randomPercent() != 0) {
            option("norandommap", 1);
            option("random_generator", "tausworthe64");
        }
        switch (r.distribution()) {
            case LbaDistribution.Uniform u -> {}
            case LbaDistribution.Zipf z -> option("random_distribution", "zipf:" + plain(z.theta()));
            case LbaDistribution.Pareto p -> option("random_distribution", "pareto:" + plain(p.h()));
            case LbaDistribution.Normal n ->
                option(
                        "random_distribution",
                        "normal:" + plain(n.deviationPercent()) + ":" + plain(n.centrePercent() / 100));
            case LbaDistribution.Sections s -> {
                double all = s.shares().stream().mapToLong(Integer::longValue).sum();
                option(
                        "random_distribution",
                        "zoned:"
                                + s.shares().stream()
                                        .map(v -> plain(Math.round(1e4 * v / all) / 1e2) + "/1")
                                        .collect(Collectors.joining(":")));
            }
        }
        r.firstLba().ifPresent(lba -> missing.add("first LBA inside the region: " + lba));
    }

    private void limits(Workload w) {
        Workload.Limits l = w.limits();
        if (!l.duration().isZero()) {
            option("time_based", 1);
            option("runtime", time(l.duration()));
        }
        if (l.ioCount() != 0) {
            option("number_ios", l.ioCount());
        }
        if (l.bytes() != 0) {
            option("io_size", l.bytes());
        }
        if (l.passes() > 1) {
            option("loops", l.passes());
        }
    }

    private static String time(Duration d) {
        return d.getNano() == 0 ? String.valueOf(d.getSeconds()) : Math.max(1, d.toNanos() / 1000) + "us";
    }

    private void pace(Pace p) {
        if (p.iops() != 0) {
            option("rate_iops", p.iops());
        }
        if (p.bytesPerSecond() != 0) {
            option("rate", p.bytesPerSecond());
        }
        if (!p.burst().isZero()) {
            missing.add("bursts by time: " + time(p.burst()) + " on, " + time(p.idle()) + " off");
        }
        if (!p.ramp().isZero()) {
            missing.add("limits that rise: for " + time(p.ramp()));
        }
    }

    private void data(WriteData d) {
        switch (d.fill()) {
            case ZEROS -> option("zero_buffers", 1);
            case ONES -> option("buffer_pattern", "0xffffffff");
            // fio writes the number's bytes from the highest on.
            case DWORD -> option("buffer_pattern", "0x%08x".formatted(Integer.reverseBytes(d.value())));
            case RANDOM -> {
                if (d.fresh()) {
                    option("refill_buffers", 1);
                }
                if (d.compressiblePercent() != 0) {
                    option("buffer_compress_percentage", d.compressiblePercent());
                }
                if (d.dedupablePercent() != 0) {
                    option("dedupe_percentage", d.dedupablePercent());
                }
            }
        }
    }

    private void rest(Workload w) {
        option("iodepth", w.qdepth());
        option("randseed", Long.toUnsignedString(w.seed()));
        if (!w.onError().stop()) {
            option("continue_on_error", "all");
        }
        if (w.onError().retries() != 0) {
            missing.add("commands that are sent again: up to " + w.onError().retries() + " times");
        }
        w.cpu().ifPresent(cpu -> option("cpus_allowed", cpu));
        if (w.priority() != 0) {
            missing.add("priority of a queue: " + w.priority());
        }
        w.replay().ifPresent(r -> {
            option("read_iolog", r.source());
            if (r.speed() == 0) {
                option("replay_no_stall", 1);
            } else {
                option("replay_time_scale", Math.round(100 / r.speed()));
            }
        });
    }

    /** The options of a section. */
    static Map<String, String> copy(Map<String, String> options) {
        return new LinkedHashMap<>(options);
    }

    /** How options are written in messages and compared. */
    static String key(String name) {
        return name.strip().toLowerCase(Locale.ROOT);
    }
}
