package dev.doorbell.driver;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;

/**
 * What an I/O worker does. Use {@link #builder}.
 *
 * @param nsid namespace
 * @param ioSizesBytes I/O sizes in bytes, multiples of the LBA size, each with its weight; at most 16
 * @param randomPercent 0 sequential .. 100 random
 * @param readPercent 0 .. 100; the rest are writes
 * @param qdepth commands kept outstanding, 1 or more
 * @param regionStartLba first LBA
 * @param regionEndLba LBA after the last one; 0: the end of the namespace
 * @param duration how long it runs; zero: no limit
 * @param ioCount how many I/Os; 0: no limit
 * @param iopsLimit I/Os per second on an absolute schedule; 0: no limit
 * @param seed the same seed gives the same I/O stream
 * @param fill data of writes
 * @param fillValue the dword of {@link Fill#DWORD}
 * @param cpu CPU that the worker's thread is pinned to; empty: none
 * @param cmdlog whether its commands are recorded in its qpair's cmdlog
 */
public record Workload(
        int nsid,
        Map<Integer, Integer> ioSizesBytes,
        int randomPercent,
        int readPercent,
        int qdepth,
        long regionStartLba,
        long regionEndLba,
        Duration duration,
        long ioCount,
        long iopsLimit,
        long seed,
        Fill fill,
        int fillValue,
        OptionalInt cpu,
        boolean cmdlog) {
    /** Data of writes. */
    public enum Fill {
        ZEROS,
        ONES,
        /** One dword, repeated. */
        DWORD,
        RANDOM
    }

    /** Keeps its own copy of the sizes, in ascending order. */
    public Workload {
        ioSizesBytes = java.util.Collections.unmodifiableMap(new TreeMap<>(ioSizesBytes));
    }

    /** Random 4 KiB reads at queue depth 32 over the whole namespace for ten seconds, until told otherwise. */
    public static Builder builder(int nsid) {
        return new Builder(nsid);
    }

    /** A builder that starts with these values. */
    public Builder toBuilder() {
        Builder b = new Builder(nsid);
        b.sizes.putAll(ioSizesBytes);
        b.randomPercent = randomPercent;
        b.readPercent = readPercent;
        b.qdepth = qdepth;
        b.regionStartLba = regionStartLba;
        b.regionEndLba = regionEndLba;
        b.duration = duration;
        b.ioCount = ioCount;
        b.iopsLimit = iopsLimit;
        b.seed = seed;
        b.fill = fill;
        b.fillValue = fillValue;
        b.cpu = cpu;
        b.cmdlog = cmdlog;
        return b;
    }

    /** Puts a {@link Workload} together; see there for units and ranges. */
    public static final class Builder {
        private final int nsid;
        private final Map<Integer, Integer> sizes = new LinkedHashMap<>();
        private int randomPercent = 100;
        private int readPercent = 100;
        private int qdepth = 32;
        private long regionStartLba;
        private long regionEndLba;
        private Duration duration = Duration.ofSeconds(10);
        private long ioCount;
        private long iopsLimit;
        private long seed = 1;
        private Fill fill = Fill.RANDOM;
        private int fillValue;
        private OptionalInt cpu = OptionalInt.empty();
        private boolean cmdlog = true;

        private Builder(int nsid) {
            this.nsid = nsid;
        }

        /** One size for every I/O. */
        public Builder ioSize(int bytes) {
            sizes.clear();
            return ioSize(bytes, 1);
        }

        /** Another size with its weight. */
        public Builder ioSize(int bytes, int weight) {
            sizes.put(bytes, weight);
            return this;
        }

        /** 0 sequential .. 100 random. */
        public Builder randomPercent(int percent) {
            this.randomPercent = percent;
            return this;
        }

        /** 0 .. 100; the rest are writes. */
        public Builder readPercent(int percent) {
            this.readPercent = percent;
            return this;
        }

        /** Commands kept outstanding. */
        public Builder qdepth(int qdepth) {
            this.qdepth = qdepth;
            return this;
        }

        /** First LBA, and the LBA after the last one or 0 for the end of the namespace. */
        public Builder region(long startLba, long endLba) {
            this.regionStartLba = startLba;
            this.regionEndLba = endLba;
            return this;
        }

        /** How long; zero for no limit. */
        public Builder duration(Duration duration) {
            this.duration = duration;
            return this;
        }

        /** How many I/Os; 0 for no limit. */
        public Builder ioCount(long ioCount) {
            this.ioCount = ioCount;
            return this;
        }

        /** I/Os per second; 0 for no limit. */
        public Builder iopsLimit(long iopsLimit) {
            this.iopsLimit = iopsLimit;
            return this;
        }

        /** The same seed gives the same I/O stream. */
        public Builder seed(long seed) {
            this.seed = seed;
            return this;
        }

        /** Data of writes. */
        public Builder fill(Fill fill) {
            this.fill = fill;
            return this;
        }

        /** Writes this dword, repeated. */
        public Builder fillDword(int value) {
            this.fill = Fill.DWORD;
            this.fillValue = value;
            return this;
        }

        /** Pins the worker's thread to a CPU. */
        public Builder cpu(int cpu) {
            this.cpu = OptionalInt.of(cpu);
            return this;
        }

        /** Whether commands are recorded in the cmdlog. */
        public Builder cmdlog(boolean cmdlog) {
            this.cmdlog = cmdlog;
            return this;
        }

        /** The workload. Its values are checked when a worker is created. */
        public Workload build() {
            return new Workload(
                    nsid,
                    sizes.isEmpty() ? Map.of(4096, 1) : sizes,
                    randomPercent,
                    readPercent,
                    qdepth,
                    regionStartLba,
                    regionEndLba,
                    duration,
                    ioCount,
                    iopsLimit,
                    seed,
                    fill,
                    fillValue,
                    cpu,
                    cmdlog);
        }
    }
}
