package dev.doorbell.app.views.traffic;

import dev.doorbell.driver.ErrorPolicy;
import dev.doorbell.driver.IoOperation;
import dev.doorbell.driver.IoSize;
import dev.doorbell.driver.LbaDistribution;
import dev.doorbell.driver.Pace;
import dev.doorbell.driver.Replay;
import dev.doorbell.driver.Trace;
import dev.doorbell.driver.Workload;
import dev.doorbell.driver.WriteData;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;

/**
 * A workload as the editor has it: for all workers together. Immutable; {@link #edit} makes another one.
 *
 * @param preset name of the preset it came from
 * @param nsid namespace
 * @param firstLba first LBA that is touched
 * @param lastLba last LBA that is touched; -1: the last of the namespace
 * @param randomPercent 0 sequential to 100 random
 * @param distribution where random I/Os go
 * @param stepLbas from the start of one sequential I/O to the next; empty: right behind it
 * @param operations the mix of commands, whose shares add up to 100
 * @param sizes I/O sizes with their shares
 * @param workers how many, each with a qpair of its own
 * @param qdepth commands that each worker keeps outstanding
 * @param priority of their queues under weighted round robin arbitration, 0 urgent to 3 low
 * @param iopsLimit I/Os a second of all workers; 0: no limit
 * @param bytesLimit bytes a second of all workers; 0: no limit
 * @param burst seconds of sending before a pause; 0: always
 * @param idle seconds of the pauses
 * @param ramp seconds in which the limits rise to their values; 0: they hold at once
 * @param rampFrom share of the limits at the start of the ramp, 0 to 100
 * @param stop what ends it
 * @param seconds for {@link Stop#TIME}
 * @param count I/Os of all workers, for {@link Stop#COUNT}
 * @param bytes data of all workers, for {@link Stop#DATA}
 * @param passes how often each worker goes through its part of the range, for {@link Stop#PASSES}
 * @param fill data of writes
 * @param dword for {@link Workload.Fill#DWORD}
 * @param fresh whether random data is made anew for each write
 * @param compressible share of zeros in each block of random data, 0 to 100
 * @param dedupable share of blocks of random data that repeat, 0 to 100
 * @param seed of the first worker; the others count up from it
 * @param retries how often a command that failed is sent again
 * @param stopAtError whether the first error ends a worker
 * @param verify whether writes are stamped and reads are checked
 * @param cmdlog whether commands are recorded in the Cmdlog
 * @param trace file of a trace that is sent instead; empty: none
 * @param speed of the trace: 1 as recorded, 0 as fast as possible
 */
record WorkloadDraft(
        String preset,
        int nsid,
        long firstLba,
        long lastLba,
        int randomPercent,
        LbaDistribution distribution,
        OptionalLong stepLbas,
        List<IoOperation> operations,
        List<Share> sizes,
        int workers,
        int qdepth,
        int priority,
        long iopsLimit,
        long bytesLimit,
        double burst,
        double idle,
        double ramp,
        double rampFrom,
        Stop stop,
        double seconds,
        long count,
        long bytes,
        long passes,
        Workload.Fill fill,
        int dword,
        boolean fresh,
        int compressible,
        int dedupable,
        long seed,
        int retries,
        boolean stopAtError,
        boolean verify,
        boolean cmdlog,
        String trace,
        double speed) {
    /** What ends a run. */
    enum Stop {
        NEVER,
        TIME,
        COUNT,
        DATA,
        PASSES
    }

    static final WorkloadDraft DEFAULT = new WorkloadDraft(
            "",
            1,
            0,
            -1,
            100,
            LbaDistribution.uniform(),
            OptionalLong.empty(),
            List.of(IoOperation.read(100)),
            List.of(new Share(4096, 100)),
            1,
            64,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            Stop.NEVER,
            60,
            1_000_000,
            1L << 30,
            1,
            Workload.Fill.RANDOM,
            0xdeadbeef,
            false,
            0,
            0,
            0x5eed1234L,
            0,
            false,
            false,
            true,
            "",
            1);

    WorkloadDraft {
        sizes = List.copyOf(sizes);
        operations = List.copyOf(operations);
    }

    /** Whether the device's content may change. */
    boolean writes() {
        return replays() || operations.stream().anyMatch(o -> o.percent() > 0 && o.changesData());
    }

    /** Whether a trace is sent. */
    boolean replays() {
        return !trace.isEmpty();
    }

    /** Whether it reads, writes, or both, and nothing else. */
    boolean plain() {
        return operations.size() <= 2
                && operations.stream().map(IoOperation::opcode).distinct().count() == operations.size()
                && operations.stream().allMatch(o -> o.opcode() == IoOperation.READ || o.opcode() == IoOperation.WRITE);
    }

    /** Share of reads, 0 to 100, rounded. */
    int readPercent() {
        return (int) Math.round(operations.stream()
                .filter(o -> o.opcode() == IoOperation.READ)
                .mapToDouble(IoOperation::percent)
                .sum());
    }

    int weights() {
        return sizes.stream().mapToInt(Share::weight).sum();
    }

    /** Mean I/O size in bytes; 0 without weights. */
    double meanBytes() {
        int all = weights();
        return all == 0
                ? 0
                : sizes.stream().mapToDouble(s -> s.meanBytes() * s.weight()).sum() / all;
    }

    int largestBytes() {
        return sizes.stream().mapToInt(Share::most).max().orElse(0);
    }

    /** Sequential workers have a part of the range each, as otherwise all would touch the same blocks in step. */
    boolean divided() {
        return workers > 1 && randomPercent < 100 && !replays();
    }

    /** The last LBA in a namespace of {@code lbaCount} blocks. */
    long lastLba(long lbaCount) {
        return lastLba < 0 ? lbaCount - 1 : lastLba;
    }

    /** The same with sizes that a block of so many bytes can make: smaller ones and odd ones grow, equal ones become one. */
    WorkloadDraft fitting(int lbaBytes) {
        if (sizes.stream().allMatch(s -> s.fits(lbaBytes))) {
            return this;
        }
        Map<Share, Integer> grown = new LinkedHashMap<>();
        sizes.forEach(s -> grown.merge(s.grown(lbaBytes).weight(0), s.weight(), Integer::sum));
        List<Share> fit = new ArrayList<>();
        grown.forEach((share, weight) -> fit.add(share.weight(weight)));
        return edit(e -> e.sizes = fit);
    }

    /** What worker {@code index}, from 0, does in a namespace of {@code lbaCount} blocks; {@code recorded} is the trace that it names. */
    Workload workload(int index, long lbaCount, Optional<Trace> recorded) {
        long first = firstLba;
        long end = lastLba(lbaCount) + 1;
        if (divided()) {
            long part = (end - first) / workers;
            end = index == workers - 1 ? end : first + part * (index + 1);
            first += part * index;
        }
        var builder = Workload.builder(nsid)
                .region(new Workload.Region(first, end, randomPercent, distribution, OptionalLong.empty(), stepLbas))
                .operations(operations)
                .qdepth(qdepth)
                .priority(priority)
                .pace(pace(index))
                .limits(limits(index))
                .data(new WriteData(fill, fill == Workload.Fill.DWORD ? dword : 0, fresh, compressible, dedupable))
                .onError(new ErrorPolicy(retries, stopAtError))
                .seed(seed + index)
                .verify(verify)
                .cmdlog(cmdlog);
        List<IoSize> ios =
                sizes.stream().filter(s -> s.weight() > 0).map(Share::ioSize).toList();
        builder.ioSizes(ios);
        recorded.ifPresent(t -> builder.replay(new Replay(t, trace, speed)));
        return builder.build();
    }

    private Pace pace(int index) {
        return new Pace(
                share(iopsLimit, index), share(bytesLimit, index), time(burst), time(idle), time(ramp), rampFrom);
    }

    private Workload.Limits limits(int index) {
        return new Workload.Limits(
                stop == Stop.TIME ? time(seconds) : Duration.ZERO,
                stop == Stop.COUNT ? share(count, index) : 0,
                stop == Stop.DATA ? share(bytes, index) : 0,
                stop == Stop.PASSES ? passes : 0);
    }

    private static Duration time(double seconds) {
        return Duration.ofMillis(Math.round(seconds * 1000));
    }

    private long share(long whole, int index) {
        return whole / workers + (index < whole % workers ? 1 : 0);
    }

    /** The same but for where it goes and what it is called: whether a preset was changed. */
    boolean sameLoad(WorkloadDraft other) {
        return at(other).equals(other);
    }

    /** This load at the place of another draft, under its name. */
    WorkloadDraft at(WorkloadDraft other) {
        return edit(e -> {
            e.preset = other.preset;
            e.nsid = other.nsid;
            e.firstLba = other.firstLba;
            e.lastLba = other.lastLba;
        });
    }

    /** A copy with changes. */
    WorkloadDraft edit(Consumer<Edit> change) {
        var edit = new Edit(this);
        change.accept(edit);
        return edit.done();
    }

    /** The components of a draft while they are being changed. */
    static final class Edit {
        String preset;
        int nsid;
        long firstLba;
        long lastLba;
        int randomPercent;
        LbaDistribution distribution;
        OptionalLong stepLbas;
        List<IoOperation> operations;
        List<Share> sizes;
        int workers;
        int qdepth;
        int priority;
        long iopsLimit;
        long bytesLimit;
        double burst;
        double idle;
        double ramp;
        double rampFrom;
        Stop stop;
        double seconds;
        long count;
        long bytes;
        long passes;
        Workload.Fill fill;
        int dword;
        boolean fresh;
        int compressible;
        int dedupable;
        long seed;
        int retries;
        boolean stopAtError;
        boolean verify;
        boolean cmdlog;
        String trace;
        double speed;

        private Edit(WorkloadDraft d) {
            preset = d.preset;
            nsid = d.nsid;
            firstLba = d.firstLba;
            lastLba = d.lastLba;
            randomPercent = d.randomPercent;
            distribution = d.distribution;
            stepLbas = d.stepLbas;
            operations = d.operations;
            sizes = d.sizes;
            workers = d.workers;
            qdepth = d.qdepth;
            priority = d.priority;
            iopsLimit = d.iopsLimit;
            bytesLimit = d.bytesLimit;
            burst = d.burst;
            idle = d.idle;
            ramp = d.ramp;
            rampFrom = d.rampFrom;
            stop = d.stop;
            seconds = d.seconds;
            count = d.count;
            bytes = d.bytes;
            passes = d.passes;
            fill = d.fill;
            dword = d.dword;
            fresh = d.fresh;
            compressible = d.compressible;
            dedupable = d.dedupable;
            seed = d.seed;
            retries = d.retries;
            stopAtError = d.stopAtError;
            verify = d.verify;
            cmdlog = d.cmdlog;
            trace = d.trace;
            speed = d.speed;
        }

        /** Reads so much and writes the rest; flags that both had stay. */
        void read(int percent) {
            List<IoOperation> mix = new ArrayList<>();
            if (percent > 0) {
                mix.add(kept(IoOperation.READ).percent(percent));
            }
            if (percent < 100) {
                mix.add(kept(IoOperation.WRITE).percent(100 - percent));
            }
            operations = mix;
        }

        private IoOperation kept(int opcode) {
            return operations.stream()
                    .filter(o -> o.opcode() == opcode)
                    .findFirst()
                    .orElse(IoOperation.of(opcode, 0));
        }

        private WorkloadDraft done() {
            return new WorkloadDraft(
                    preset,
                    nsid,
                    firstLba,
                    lastLba,
                    randomPercent,
                    distribution,
                    stepLbas,
                    operations,
                    sizes,
                    workers,
                    qdepth,
                    priority,
                    iopsLimit,
                    bytesLimit,
                    burst,
                    idle,
                    ramp,
                    rampFrom,
                    stop,
                    seconds,
                    count,
                    bytes,
                    passes,
                    fill,
                    dword,
                    fresh,
                    compressible,
                    dedupable,
                    seed,
                    retries,
                    stopAtError,
                    verify,
                    cmdlog,
                    trace,
                    speed);
        }
    }
}
