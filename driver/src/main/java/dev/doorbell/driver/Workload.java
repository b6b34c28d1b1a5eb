package dev.doorbell.driver;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * What an I/O worker does. Use {@link #builder}. The same workload on the same namespace sends the same commands in the same order.
 *
 * @param nsid namespace
 * @param sizes I/O sizes with their shares; at most 64
 * @param operations the mix of commands; at most 16
 * @param region where its I/Os go, and in which order
 * @param qdepth commands kept outstanding, 1 or more
 * @param priority of its queue under weighted round robin arbitration, 0 urgent .. 3 low
 * @param limits when it ends
 * @param pace how fast it sends
 * @param data what it writes
 * @param onError what it does about commands that fail
 * @param measurement what it notes
 * @param seed the same seed gives the same I/O stream
 * @param cpu CPU that the worker's thread is pinned to; empty: none
 * @param verify whether writes are stamped and reads are checked
 * @param replay a trace that is sent instead of drawn I/Os; then sizes, operations, region and the limits of the pace are not looked at
 */
public record Workload(
        int nsid,
        List<IoSize> sizes,
        List<IoOperation> operations,
        Region region,
        int qdepth,
        int priority,
        Limits limits,
        Pace pace,
        WriteData data,
        ErrorPolicy onError,
        Measurement measurement,
        long seed,
        OptionalInt cpu,
        boolean verify,
        Optional<Replay> replay) {
    /** Kind of data of writes. */
    public enum Fill {
        ZEROS,
        ONES,
        /** One dword, repeated. */
        DWORD,
        RANDOM
    }

    /**
     * LBAs and how they are walked through.
     *
     * @param startLba first LBA
     * @param endLba LBA after the last one; 0: the end of the namespace
     * @param randomPercent share of random I/Os, 0 sequential .. 100 random
     * @param distribution where random I/Os go
     * @param firstLba where sequential I/Os begin; empty: at the region's start, or with a negative step at its end
     * @param stepLbas from the start of one sequential I/O to the next; 0 stays, negative goes backwards; empty: right behind it
     */
    public record Region(
            long startLba,
            long endLba,
            int randomPercent,
            LbaDistribution distribution,
            OptionalLong firstLba,
            OptionalLong stepLbas) {
        /** All of a namespace, at random. */
        public static Region whole() {
            return new Region(0, 0, 100, LbaDistribution.uniform(), OptionalLong.empty(), OptionalLong.empty());
        }
    }

    /**
     * When a worker ends: at whatever comes first. It also ends when it is told to, and a replay with its trace.
     *
     * @param duration zero: no limit
     * @param ioCount I/Os; 0: no limit
     * @param bytes data that it moves; 0: no limit
     * @param passes how often sequential I/Os go through the region; 0: no limit
     */
    public record Limits(Duration duration, long ioCount, long bytes, long passes) {
        /** Until it is stopped. */
        public static Limits none() {
            return new Limits(Duration.ZERO, 0, 0, 0);
        }
    }

    /** Keeps its own copies of the lists. */
    public Workload {
        sizes = List.copyOf(sizes);
        operations = List.copyOf(operations);
    }

    /**
     * Random 4 KiB reads at queue depth 32 over the whole namespace, until told otherwise. Where nothing is said about its end, a purely
     * sequential workload goes through its region once, and any other runs for ten seconds.
     */
    public static Builder builder(int nsid) {
        return new Builder(nsid);
    }

    /** A builder that starts with these values. */
    public Builder toBuilder() {
        return new Builder(this);
    }

    /** The smallest bytes of each size, with the shares. */
    public Map<Integer, Integer> ioSizesBytes() {
        Map<Integer, Integer> map = new TreeMap<>();
        sizes.forEach(s -> map.merge(s.minBytes(), s.weight(), Integer::sum));
        return Collections.unmodifiableMap(map);
    }

    /** 0 sequential .. 100 random. */
    public int randomPercent() {
        return region.randomPercent();
    }

    /** Share of reads, rounded. */
    public int readPercent() {
        return (int) Math.round(operations.stream()
                .filter(o -> o.opcode() == IoOperation.READ)
                .mapToDouble(IoOperation::percent)
                .sum());
    }

    /** Whether anything but reads, verifies, compares and flushes is sent. */
    public boolean changesData() {
        return replay.map(r -> r.trace().changesData())
                .orElseGet(() -> operations.stream().anyMatch(o -> o.percent() > 0 && o.changesData()));
    }

    /** First LBA. */
    public long regionStartLba() {
        return region.startLba();
    }

    /** LBA after the last one; 0: the end of the namespace. */
    public long regionEndLba() {
        return region.endLba();
    }

    /** How long it runs; zero: no limit. */
    public Duration duration() {
        return limits.duration();
    }

    /** How many I/Os; 0: no limit. */
    public long ioCount() {
        return limits.ioCount();
    }

    /** I/Os a second; 0: no limit. */
    public long iopsLimit() {
        return pace.iops();
    }

    /** Kind of data of writes. */
    public Fill fill() {
        return data.fill();
    }

    /** The dword of {@link Fill#DWORD}. */
    public int fillValue() {
        return data.value();
    }

    /** Whether its commands are recorded in its qpair's cmdlog. */
    public boolean cmdlog() {
        return measurement.cmdlog();
    }

    /** The Java text that builds it. */
    public String toJava() {
        return WorkloadJava.of(this);
    }

    /**
     * The text of a job of fio that does the same, as far as fio can; remarks in it name what is missing.
     *
     * @param lbaBytes LBA size of the namespace, as fio counts in bytes
     */
    public String toFioJob(int lbaBytes) {
        return FioJob.write(this, lbaBytes);
    }

    /** Puts a {@link Workload} together; see there for units and ranges. */
    public static final class Builder {
        private final int nsid;
        private final Map<Integer, IoSize> sizes = new LinkedHashMap<>();
        private List<IoOperation> operations = List.of(IoOperation.read(100));
        private long startLba;
        private long endLba;
        private int randomPercent = 100;
        private LbaDistribution distribution = LbaDistribution.uniform();
        private OptionalLong firstLba = OptionalLong.empty();
        private OptionalLong stepLbas = OptionalLong.empty();
        private int qdepth = 32;
        private int priority;
        private boolean ends;
        private Limits limits = Limits.none();
        private Pace pace = Pace.unlimited();
        private WriteData data = WriteData.random();
        private ErrorPolicy onError = ErrorPolicy.count();
        private Measurement measurement = Measurement.standard();
        private long seed = 1;
        private OptionalInt cpu = OptionalInt.empty();
        private boolean verify;
        private Optional<Replay> replay = Optional.empty();

        private Builder(int nsid) {
            this.nsid = nsid;
        }

        private Builder(Workload w) {
            nsid = w.nsid;
            w.sizes.forEach(this::addSize);
            operations = w.operations;
            region(w.region);
            qdepth = w.qdepth;
            priority = w.priority;
            ends = true;
            limits = w.limits;
            pace = w.pace;
            data = w.data;
            onError = w.onError;
            measurement = w.measurement;
            seed = w.seed;
            cpu = w.cpu;
            verify = w.verify;
            replay = w.replay;
        }

        private void addSize(IoSize size) {
            // The same bytes twice would be one size with the later share; a range never replaces a single size.
            sizes.put(size.isRange() ? -1 - sizes.size() : size.minBytes(), size);
        }

        /** One size for every I/O. */
        public Builder ioSize(int bytes) {
            sizes.clear();
            return ioSize(bytes, 1);
        }

        /** Another size with its weight. */
        public Builder ioSize(int bytes, int weight) {
            addSize(IoSize.of(bytes).weight(weight));
            return this;
        }

        /** These sizes and no others. */
        public Builder ioSizes(List<IoSize> all) {
            sizes.clear();
            all.forEach(this::addSize);
            return this;
        }

        /** These sizes and no others, each with its weight. */
        public Builder ioSizes(Map<Integer, Integer> weights) {
            sizes.clear();
            weights.forEach(this::ioSize);
            return this;
        }

        /** 0 sequential .. 100 random. */
        public Builder randomPercent(int percent) {
            this.randomPercent = percent;
            return this;
        }

        /** 0 .. 100; the rest are writes. */
        public Builder readPercent(int percent) {
            this.operations = percent == 100
                    ? List.of(IoOperation.read(100))
                    : percent == 0
                            ? List.of(IoOperation.write(100))
                            : List.of(IoOperation.read(percent), IoOperation.write(100 - percent));
            return this;
        }

        /** The mix of commands; their shares add up to 100. */
        public Builder operations(IoOperation... mix) {
            return operations(List.of(mix));
        }

        /** The mix of commands; their shares add up to 100. */
        public Builder operations(List<IoOperation> mix) {
            this.operations = List.copyOf(mix);
            return this;
        }

        /** Commands kept outstanding. */
        public Builder qdepth(int qdepth) {
            this.qdepth = qdepth;
            return this;
        }

        /** Priority of its queue. */
        public Builder priority(int priority) {
            this.priority = priority;
            return this;
        }

        /** First LBA, and the LBA after the last one or 0 for the end of the namespace. */
        public Builder region(long startLba, long endLba) {
            this.startLba = startLba;
            this.endLba = endLba;
            return this;
        }

        /** Where and in which order. */
        public Builder region(Region region) {
            startLba = region.startLba();
            endLba = region.endLba();
            randomPercent = region.randomPercent();
            distribution = region.distribution();
            firstLba = region.firstLba();
            stepLbas = region.stepLbas();
            return this;
        }

        /** Where random I/Os go. */
        public Builder distribution(LbaDistribution distribution) {
            this.distribution = distribution;
            return this;
        }

        /** Where sequential I/Os begin. */
        public Builder firstLba(long lba) {
            this.firstLba = OptionalLong.of(lba);
            return this;
        }

        /** LBAs from one sequential I/O to the next. */
        public Builder stepLbas(long step) {
            this.stepLbas = OptionalLong.of(step);
            return this;
        }

        /** When it ends; replaces what was said before about that. */
        public Builder limits(Limits limits) {
            this.ends = true;
            this.limits = limits;
            return this;
        }

        /** How long; zero for no limit. */
        public Builder duration(Duration duration) {
            return limits(new Limits(duration, limits.ioCount(), limits.bytes(), limits.passes()));
        }

        /** How many I/Os; 0 for no limit. */
        public Builder ioCount(long ioCount) {
            return limits(new Limits(limits.duration(), ioCount, limits.bytes(), limits.passes()));
        }

        /** How much data; 0 for no limit. */
        public Builder byteCount(long bytes) {
            return limits(new Limits(limits.duration(), limits.ioCount(), bytes, limits.passes()));
        }

        /** How often sequential I/Os go through the region; 0 for no limit. */
        public Builder passes(long passes) {
            return limits(new Limits(limits.duration(), limits.ioCount(), limits.bytes(), passes));
        }

        /** How fast. */
        public Builder pace(Pace pace) {
            this.pace = pace;
            return this;
        }

        /** I/Os per second; 0 for no limit. */
        public Builder iopsLimit(long iopsLimit) {
            return pace(pace.iops(iopsLimit));
        }

        /** What is written. */
        public Builder data(WriteData data) {
            this.data = data;
            return this;
        }

        /** Data of writes. */
        public Builder fill(Fill fill) {
            return data(WriteData.of(fill));
        }

        /** Writes this dword, repeated. */
        public Builder fillDword(int value) {
            return data(WriteData.dword(value));
        }

        /** What is done about commands that fail. */
        public Builder onError(ErrorPolicy policy) {
            this.onError = policy;
            return this;
        }

        /** What is noted. */
        public Builder measurement(Measurement measurement) {
            this.measurement = measurement;
            return this;
        }

        /** Whether commands are recorded in the cmdlog. */
        public Builder cmdlog(boolean cmdlog) {
            return measurement(measurement.cmdlog(cmdlog));
        }

        /** The same seed gives the same I/O stream. */
        public Builder seed(long seed) {
            this.seed = seed;
            return this;
        }

        /** Pins the worker's thread to a CPU. */
        public Builder cpu(int cpu) {
            this.cpu = OptionalInt.of(cpu);
            return this;
        }

        /**
         * Whether writes are stamped and reads are checked. Miscompares are errors of the worker. If the namespace has no
         * {@link Verification} yet, one is opened, which stays open.
         */
        public Builder verify(boolean verify) {
            this.verify = verify;
            return this;
        }

        /** Sends a trace instead of drawn I/Os. */
        public Builder replay(Replay replay) {
            this.replay = Optional.of(replay);
            return this;
        }

        private Limits end() {
            if (ends || replay.isPresent()) {
                return limits;
            }
            return randomPercent == 0
                    ? new Limits(Duration.ZERO, 0, 0, 1)
                    : new Limits(Duration.ofSeconds(10), 0, 0, 0);
        }

        /** The workload. Its values are checked when a worker is created. */
        public Workload build() {
            return new Workload(
                    nsid,
                    sizes.isEmpty() ? List.of(IoSize.of(4096)) : List.copyOf(sizes.values()),
                    operations,
                    new Region(startLba, endLba, randomPercent, distribution, firstLba, stepLbas),
                    qdepth,
                    priority,
                    end(),
                    pace,
                    data,
                    onError,
                    measurement,
                    seed,
                    cpu,
                    verify,
                    replay);
        }
    }
}
