package dev.doorbell.driver;

import static dev.doorbell.driver.ffi.Layouts.WorkloadConfig.*;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.doorbell.driver.IoWorker.CreationException;
import dev.doorbell.driver.ffi.Layouts.TraceEntry;
import dev.doorbell.driver.ffi.Library;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.List;

/** A {@link Workload} as the native library takes it. What only the library can judge is left to it. */
final class WorkloadConfig {
    private static final double MILLION = 1e6;
    private static final double PERCENT_SLACK = 1e-6;

    private final MemorySegment m;
    private final Workload w;
    private final Namespace namespace;
    private final int lbaBytes;

    private WorkloadConfig(Arena arena, Workload w, Namespace namespace) {
        this.m = arena.allocate(BYTES, 8);
        this.w = w;
        this.namespace = namespace;
        this.lbaBytes = namespace.lbaBytes();
    }

    /** The config; throws {@link CreationException} for what cannot be said in it. */
    static MemorySegment of(Arena arena, Workload w, Namespace namespace) {
        WorkloadConfig c = new WorkloadConfig(arena, w, namespace);
        c.place();
        if (w.replay().isEmpty()) {
            c.sizes();
            c.operations();
        }
        c.limits();
        c.rest();
        return c.m;
    }

    /** The entries of a trace; throws {@link CreationException} for an empty one. */
    static MemorySegment trace(Arena arena, Trace trace) {
        if (trace.size() == 0) {
            throw new CreationException("a trace without any I/O; there is nothing to replay");
        }
        MemorySegment all = arena.allocate((long) TraceEntry.BYTES * trace.size(), 8);
        for (int i = 0; i < trace.size(); i++) {
            Trace.Entry e = trace.entry(i);
            MemorySegment entry = all.asSlice((long) TraceEntry.BYTES * i, TraceEntry.BYTES);
            entry.set(JAVA_LONG, TraceEntry.TIME_NS, e.nanos());
            entry.set(JAVA_LONG, TraceEntry.LBA, e.lba());
            entry.set(JAVA_INT, TraceEntry.LBAS, e.lbaCount());
            entry.set(JAVA_INT, TraceEntry.OPCODE, e.opcode());
        }
        return all;
    }

    private void set(int offset, int value) {
        m.set(JAVA_INT, offset, value);
    }

    private void set(int offset, long value) {
        m.set(JAVA_LONG, offset, value);
    }

    private void place() {
        Workload.Region r = w.region();
        set(NSID, w.nsid());
        set(LBA_BYTES, lbaBytes);
        set(REGION_START, r.startLba());
        set(REGION_END, r.endLba() == 0 ? namespace.lbaCount() : r.endLba());
        set(RANDOM_PERCENT, r.randomPercent());
        set(FIRST_LBA, r.firstLba().orElse(0));
        set(STEP_LBAS, r.stepLbas().orElse(0));
        switch (r.distribution()) {
            case LbaDistribution.Uniform u -> {}
            case LbaDistribution.Sections s -> sections(s.shares());
            case LbaDistribution.Zipf z -> distribution(2, z.theta(), 0);
            case LbaDistribution.Pareto p -> distribution(3, p.h(), 0);
            case LbaDistribution.Normal n -> distribution(4, n.centrePercent() / 100, n.deviationPercent() / 100);
        }
    }

    private void distribution(int kind, double a, double b) {
        set(DISTRIBUTION, kind);
        set(DISTRIBUTION_A, millionths("the distribution's parameter", a));
        set(DISTRIBUTION_B, millionths("the distribution's parameter", b));
    }

    private void sections(List<Integer> shares) {
        if (shares.size() != LbaDistribution.SECTIONS) {
            throw new CreationException("a distribution over " + shares.size() + " sections; it must have "
                    + LbaDistribution.SECTIONS + " shares");
        }
        set(DISTRIBUTION, 1);
        for (int i = 0; i < shares.size(); i++) {
            set(SECTIONS + 4 * i, notNegative("share of section " + i, shares.get(i)));
        }
    }

    private static long millionths(String what, double value) {
        double scaled = value * MILLION;
        if (!(scaled >= 0 && scaled < 1e15)) {
            throw new CreationException(what + " is " + value + "; it must be 0 or more, and finite");
        }
        return Math.round(scaled);
    }

    private static int notNegative(String what, int value) {
        if (value < 0) {
            throw new CreationException("the " + what + " is " + value + "; it must be 0 or more");
        }
        return value;
    }

    private int lbas(String what, int bytes) {
        if (bytes <= 0 || bytes % lbaBytes != 0) {
            throw new CreationException(what + " of " + bytes + " bytes; it must be a multiple of the LBA size of "
                    + "namespace " + w.nsid() + ", " + lbaBytes + " bytes");
        }
        return bytes / lbaBytes;
    }

    private void sizes() {
        List<IoSize> sizes = w.sizes();
        if (sizes.size() > Library.WORKLOAD_SIZES) {
            throw new CreationException("a workload of " + sizes.size() + " I/O sizes; at most "
                    + Library.WORKLOAD_SIZES + " are possible, a range counts as one");
        }
        set(SIZE_COUNT, sizes.size());
        for (int i = 0; i < sizes.size(); i++) {
            IoSize s = sizes.get(i);
            set(SIZE_MIN + 4 * i, lbas("an I/O size", s.minBytes()));
            set(SIZE_MAX + 4 * i, lbas("an I/O size", s.maxBytes()));
            set(SIZE_STEP + 4 * i, s.stepBytes() == 0 ? 0 : lbas("a step of I/O sizes", s.stepBytes()));
            set(SIZE_WEIGHT + 4 * i, notNegative("weight of an I/O size", s.weight()));
            set(SIZE_ALIGN + 4 * i, s.alignBytes() == 0 ? 0 : lbas("an alignment", s.alignBytes()));
        }
    }

    private void operations() {
        List<IoOperation> all = w.operations();
        if (all.isEmpty() || all.size() > Library.WORKLOAD_OPS) {
            throw new CreationException(
                    "a workload of " + all.size() + " operations; it must have 1 to " + Library.WORKLOAD_OPS);
        }
        double sum = 0;
        for (IoOperation o : all) {
            if (!(o.percent() >= 0 && o.percent() <= 100)) {
                throw new CreationException(o.title() + " with a share of " + o.percent() + " %; it must be 0 to 100");
            }
            sum += o.percent();
        }
        if (Math.abs(sum - 100) > PERCENT_SLACK) {
            throw new CreationException("the shares of the operations are " + sum + " % together; it must be 100 %");
        }
        set(OP_COUNT, all.size());
        for (int i = 0; i < all.size(); i++) {
            IoOperation o = all.get(i);
            IoControl c = o.control();
            set(OP_OPCODE + 4 * i, o.opcode());
            set(OP_WEIGHT + 4 * i, (int) Math.round(o.percent() * MILLION));
            set(OP_CDW2 + 4 * i, c.tagsHigh());
            set(OP_CDW3 + 4 * i, (int) (c.tags() >>> 32));
            set(OP_CDW12 + 4 * i, c.cdw12());
            set(OP_CDW13 + 4 * i, c.cdw13());
            set(OP_CDW14 + 4 * i, (int) c.tags());
            set(OP_CDW15 + 4 * i, c.cdw15());
            set(OP_RANGES + 4 * i, o.ranges());
        }
    }

    private static long nanos(String what, Duration time) {
        try {
            if (!time.isNegative()) {
                return time.toNanos();
            }
        } catch (ArithmeticException e) {
            // Above 292 years.
        }
        throw new CreationException(what + " of " + time + "; it must be 0 or more, and below 292 years");
    }

    private void limits() {
        Workload.Limits l = w.limits();
        Pace p = w.pace();
        set(DURATION_NS, nanos("a duration", l.duration()));
        set(IO_COUNT, l.ioCount());
        set(BYTE_COUNT, l.bytes());
        set(PASSES, l.passes());
        set(IOPS_LIMIT, p.iops());
        set(BYTE_LIMIT, p.bytesPerSecond());
        set(BURST_NS, nanos("a burst", p.burst()));
        set(IDLE_NS, nanos("a pause", p.idle()));
        set(RAMP_NS, nanos("a ramp", p.ramp()));
        set(RAMP_FROM, (int)
                Math.min(Integer.MAX_VALUE, millionths("the start of the ramp", p.rampFromPercent() / 100)));
    }

    private void rest() {
        Measurement n = w.measurement();
        WriteData d = w.data();
        set(QDEPTH, w.qdepth());
        set(PRIORITY, w.priority());
        set(CPU, w.cpu().orElse(-1));
        set(FLAGS, flags());
        set(PATTERN, d.fill().ordinal());
        set(PATTERN_VALUE, d.value());
        set(COMPRESS_PERCENT, d.compressiblePercent());
        set(DEDUP_PERCENT, d.dedupablePercent());
        set(SEED, w.seed());
        set(INTERVAL_NS, nanos("an interval", n.interval()));
        set(SLOWEST, n.slowest());
        set(LAST, n.last());
        set(RETRIES, w.onError().retries());
        w.replay().ifPresent(r -> set(TRACE_SPEED, millionths("the speed of the replay", r.speed())));
    }

    private int flags() {
        return (w.measurement().cmdlog() ? 0 : Library.WORKLOAD_NO_CMDLOG)
                | (w.measurement().histogram() ? 0 : Library.WORKLOAD_NO_HISTOGRAM)
                | (w.region().firstLba().isPresent() ? Library.WORKLOAD_FIRST_LBA : 0)
                | (w.region().stepLbas().isPresent() ? Library.WORKLOAD_STEP : 0)
                | (w.data().fresh() ? Library.WORKLOAD_FRESH_DATA : 0)
                | (w.onError().stop() ? Library.WORKLOAD_STOP_ON_ERROR : 0)
                | (w.verify() ? Library.WORKLOAD_VERIFY : 0);
    }
}
