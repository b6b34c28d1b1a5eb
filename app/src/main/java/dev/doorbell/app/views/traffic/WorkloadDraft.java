package dev.doorbell.app.views.traffic;

import dev.doorbell.driver.Workload;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/**
 * A workload as the editor has it: for all workers together. Immutable; {@link #edit} makes another one.
 *
 * @param preset name of the preset it came from
 * @param nsid namespace
 * @param firstLba first LBA that is touched
 * @param lastLba last LBA that is touched; -1: the last of the namespace
 * @param randomPercent 0 sequential to 100 random
 * @param readPercent 0 to 100; the rest are writes
 * @param sizes I/O sizes with their shares
 * @param workers how many, each with a qpair of its own
 * @param qdepth commands that each worker keeps outstanding
 * @param iopsLimit I/Os a second of all workers; 0: no limit
 * @param stop what ends it
 * @param seconds for {@link Stop#TIME}
 * @param count I/Os of all workers, for {@link Stop#COUNT}
 * @param fill data of writes
 * @param dword for {@link Workload.Fill#DWORD}
 * @param seed of the first worker; the others count up from it
 * @param cmdlog whether commands are recorded in the Cmdlog
 */
record WorkloadDraft(
        String preset,
        int nsid,
        long firstLba,
        long lastLba,
        int randomPercent,
        int readPercent,
        List<Share> sizes,
        int workers,
        int qdepth,
        long iopsLimit,
        Stop stop,
        double seconds,
        long count,
        Workload.Fill fill,
        int dword,
        long seed,
        boolean cmdlog) {
    /** What ends a run. */
    enum Stop {
        NEVER,
        TIME,
        COUNT
    }

    /** One I/O size and how much of the I/Os have it, in relation to the other weights. */
    record Share(int bytes, int weight) {}

    static final WorkloadDraft DEFAULT = new WorkloadDraft(
            "",
            1,
            0,
            -1,
            100,
            100,
            List.of(new Share(4096, 100)),
            1,
            64,
            0,
            Stop.NEVER,
            60,
            1_000_000,
            Workload.Fill.RANDOM,
            0xdeadbeef,
            0x5eed1234L,
            true);

    WorkloadDraft {
        sizes = List.copyOf(sizes);
    }

    boolean writes() {
        return readPercent < 100;
    }

    int weights() {
        return sizes.stream().mapToInt(Share::weight).sum();
    }

    /** Mean I/O size in bytes; 0 without weights. */
    double meanBytes() {
        int all = weights();
        return all == 0
                ? 0
                : sizes.stream().mapToDouble(s -> (double) s.bytes * s.weight).sum() / all;
    }

    int largestBytes() {
        return sizes.stream().mapToInt(Share::bytes).max().orElse(0);
    }

    /** Sequential workers have a part of the range each, as otherwise all would touch the same blocks in step. */
    boolean divided() {
        return workers > 1 && randomPercent < 100;
    }

    /** The last LBA in a namespace of {@code lbaCount} blocks. */
    long lastLba(long lbaCount) {
        return lastLba < 0 ? lbaCount - 1 : lastLba;
    }

    /** What worker {@code index}, from 0, does in a namespace of {@code lbaCount} blocks. */
    Workload workload(int index, long lbaCount) {
        long first = firstLba;
        long end = lastLba(lbaCount) + 1;
        if (divided()) {
            long part = (end - first) / workers;
            end = index == workers - 1 ? end : first + part * (index + 1);
            first += part * index;
        }
        var builder = Workload.builder(nsid)
                .region(first, end)
                .randomPercent(randomPercent)
                .readPercent(readPercent)
                .qdepth(qdepth)
                .iopsLimit(share(iopsLimit, index))
                .duration(stop == Stop.TIME ? Duration.ofMillis(Math.round(seconds * 1000)) : Duration.ZERO)
                .ioCount(stop == Stop.COUNT ? share(count, index) : 0)
                .seed(seed + index)
                .cmdlog(cmdlog);
        if (fill == Workload.Fill.DWORD) {
            builder.fillDword(dword);
        } else {
            builder.fill(fill);
        }
        sizes.stream().filter(s -> s.weight > 0).forEach(s -> builder.ioSize(s.bytes, s.weight));
        return builder.build();
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
        int readPercent;
        List<Share> sizes;
        int workers;
        int qdepth;
        long iopsLimit;
        Stop stop;
        double seconds;
        long count;
        Workload.Fill fill;
        int dword;
        long seed;
        boolean cmdlog;

        private Edit(WorkloadDraft d) {
            preset = d.preset;
            nsid = d.nsid;
            firstLba = d.firstLba;
            lastLba = d.lastLba;
            randomPercent = d.randomPercent;
            readPercent = d.readPercent;
            sizes = d.sizes;
            workers = d.workers;
            qdepth = d.qdepth;
            iopsLimit = d.iopsLimit;
            stop = d.stop;
            seconds = d.seconds;
            count = d.count;
            fill = d.fill;
            dword = d.dword;
            seed = d.seed;
            cmdlog = d.cmdlog;
        }

        private WorkloadDraft done() {
            return new WorkloadDraft(
                    preset,
                    nsid,
                    firstLba,
                    lastLba,
                    randomPercent,
                    readPercent,
                    sizes,
                    workers,
                    qdepth,
                    iopsLimit,
                    stop,
                    seconds,
                    count,
                    fill,
                    dword,
                    seed,
                    cmdlog);
        }
    }
}
