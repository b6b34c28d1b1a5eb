package dev.doorbell.driver;

import dev.doorbell.driver.ffi.Layouts.WorkerConfig;
import dev.doorbell.driver.ffi.Layouts.WorkerCounters;
import dev.doorbell.driver.ffi.Library;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * A native thread with a qpair of its own that keeps a workload going. It never waits for the JVM; Java looks at its counters. Usable by
 * any thread.
 */
public final class IoWorker implements Children.Child {
    /** Where a worker is in its life. */
    public enum State {
        READY,
        RUNNING,
        DONE,
        FAILED
    }

    /** A worker could not be created: the message names the parameter that is wrong, or what the device refused. */
    public static final class CreationException extends DoorbellException {
        CreationException(String message) {
            super(message);
        }
    }

    /**
     * Counters of a worker at one moment. Times are of the monotonic clock.
     *
     * @param startedNanos when it started, 0 before
     * @param updatedNanos when these were read while it runs, and its end afterwards; 0 before the start
     * @param finishedNanos when it ended, 0 while running
     * @param submitted commands
     * @param completed commands
     * @param outstanding commands
     * @param reads completed reads
     * @param writes completed writes
     * @param readBytes data of completed reads
     * @param writeBytes data of completed writes
     * @param errors completions with a status other than success, time-outs included
     * @param firstErrorStatus status field of the first of them, 0 if none
     * @param firstErrorLba its LBA
     * @param latencySumNanos sum of all latencies
     * @param latencyMinNanos smallest, -1 before the first
     * @param latencyMaxNanos largest
     * @param cpuNanos CPU time of the worker's thread
     */
    public record Counters(
            long startedNanos,
            long updatedNanos,
            long finishedNanos,
            long submitted,
            long completed,
            long outstanding,
            long reads,
            long writes,
            long readBytes,
            long writeBytes,
            long errors,
            int firstErrorStatus,
            long firstErrorLba,
            long latencySumNanos,
            long latencyMinNanos,
            long latencyMaxNanos,
            long cpuNanos) {
        /** From the start to the end or, while it runs, to the last update. */
        public long elapsedNanos() {
            long end = finishedNanos != 0 ? finishedNanos : updatedNanos;
            return startedNanos == 0 ? 0 : Math.max(0, end - startedNanos);
        }

        /** Completed commands a second; 0 before the start. */
        public double iops() {
            return perSecond(completed);
        }

        /** Data of reads, bytes a second. */
        public double readBytesPerSecond() {
            return perSecond(readBytes);
        }

        /** Data of writes, bytes a second. */
        public double writeBytesPerSecond() {
            return perSecond(writeBytes);
        }

        /** Data both ways, bytes a second. */
        public double bytesPerSecond() {
            return perSecond(readBytes + writeBytes);
        }

        /** Mean latency; 0 before the first completion. */
        public double latencyMeanNanos() {
            return completed == 0 ? 0 : (double) latencySumNanos / completed;
        }

        /** Share of its time that the thread was on a CPU, 0 .. 1. */
        public double cpuShare() {
            long elapsed = elapsedNanos();
            return elapsed == 0 ? 0 : (double) cpuNanos / elapsed;
        }

        private double perSecond(long amount) {
            long elapsed = elapsedNanos();
            return elapsed == 0 ? 0 : amount * 1e9 / elapsed;
        }

        /**
         * What happened after {@code earlier}: counts are differences, and the time is from the earlier update on. The smallest and largest
         * latency and the first error are those of the whole run.
         */
        public Counters minus(Counters earlier) {
            return new Counters(
                    earlier.updatedNanos == 0 ? startedNanos : earlier.updatedNanos,
                    updatedNanos,
                    finishedNanos,
                    submitted - earlier.submitted,
                    completed - earlier.completed,
                    outstanding,
                    reads - earlier.reads,
                    writes - earlier.writes,
                    readBytes - earlier.readBytes,
                    writeBytes - earlier.writeBytes,
                    errors - earlier.errors,
                    firstErrorStatus,
                    firstErrorLba,
                    latencySumNanos - earlier.latencySumNanos,
                    latencyMinNanos,
                    latencyMaxNanos,
                    cpuNanos - earlier.cpuNanos);
        }
    }

    /**
     * Counters with the latencies of reads and of writes.
     *
     * @param counters the counters
     * @param reads latencies of reads
     * @param writes latencies of writes
     */
    public record Sample(Counters counters, LatencyHistogram reads, LatencyHistogram writes) {
        /** What happened after {@code earlier}. */
        public Sample minus(Sample earlier) {
            return new Sample(
                    counters.minus(earlier.counters), reads.minus(earlier.reads), writes.minus(earlier.writes));
        }

        /** Latencies of reads and writes together. */
        public LatencyHistogram all() {
            return reads.plus(writes);
        }
    }

    private static final VarHandle COUNTER = ValueLayout.JAVA_LONG.varHandle();
    private static final int WAIT_SLICE_MILLIS = 100;

    private final Controller controller;
    private final Workload workload;
    private final Handle handle;
    private final Qpair qpair;
    private final MemorySegment counters;
    private final int qid;
    private volatile boolean started;

    private IoWorker(Controller controller, Workload workload, long address) {
        Library library = Library.get();
        this.controller = controller;
        this.workload = workload;
        this.qpair = new Qpair(
                controller,
                Qpair.Role.WORKER,
                library.bell_worker_qpair(address),
                new java.util.concurrent.locks.ReentrantLock());
        this.qid = qpair.id();
        this.handle = new Handle(address, describe() + " of " + controller.device());
        this.counters = MemorySegment.ofAddress(library.bell_worker_counters_of(address))
                .reinterpret(WorkerCounters.BYTES);
    }

    /** Creates a worker; the caller holds the admin qpair. */
    static IoWorker create(Controller controller, Workload w, Namespace namespace) {
        Library library = Library.get();
        long device = controller.device().handle().acquire();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment config = config(arena, w, namespace);
            MemorySegment out = arena.allocate(ValueLayout.JAVA_LONG);
            Rc.check(library.bell_worker_create(device, config.address(), out.address()), CreationException::new);
            return new IoWorker(controller, w, out.get(ValueLayout.JAVA_LONG, 0));
        } finally {
            controller.device().handle().release();
        }
    }

    /** What the native worker can be told so far; anything else must not pass as if it held. */
    private static void expressible(Workload w) {
        Workload said = Workload.builder(w.nsid())
                .ioSizes(w.ioSizesBytes())
                .region(w.regionStartLba(), w.regionEndLba())
                .randomPercent(w.randomPercent())
                .readPercent(w.readPercent())
                .qdepth(w.qdepth())
                .limits(new Workload.Limits(
                        w.duration(), w.ioCount(), 0, w.limits().passes()))
                .iopsLimit(w.iopsLimit())
                .data(new WriteData(w.fill(), w.fillValue(), false, 0, 0))
                .measurement(w.measurement())
                .seed(w.seed())
                .build();
        Workload asked = w.cpu().isEmpty() ? w : withoutCpu(w);
        if (!said.equals(asked)) {
            throw new CreationException(
                    "this workload asks for more than sizes, reads and writes, a region, an IOPS limit, a duration and a"
                            + " count: " + w);
        }
    }

    private static Workload withoutCpu(Workload w) {
        return new Workload(
                w.nsid(),
                w.sizes(),
                w.operations(),
                w.region(),
                w.qdepth(),
                w.priority(),
                w.limits(),
                w.pace(),
                w.data(),
                w.onError(),
                w.measurement(),
                w.seed(),
                java.util.OptionalInt.empty(),
                w.verify(),
                w.replay());
    }

    private static long count(Workload w, long regionEnd, int lbaBytes) {
        long passes = w.limits().passes();
        if (passes == 0 || w.ioSizesBytes().size() != 1) {
            return w.ioCount();
        }
        long lbas = w.ioSizesBytes().keySet().iterator().next() / lbaBytes;
        return w.ioCount() != 0 ? w.ioCount() : Math.ceilDiv(regionEnd - w.regionStartLba(), lbas) * passes;
    }

    private static MemorySegment config(Arena arena, Workload w, Namespace namespace) {
        expressible(w);
        MemorySegment m = arena.allocate(WorkerConfig.BYTES, 8);
        int lbaBytes = namespace.lbaBytes();
        if (w.ioSizesBytes().size() > Library.WORKER_MAX_SIZES) {
            throw new CreationException("a workload of " + w.ioSizesBytes().size() + " I/O sizes; at most "
                    + Library.WORKER_MAX_SIZES + " are possible");
        }
        int i = 0;
        for (Map.Entry<Integer, Integer> size : w.ioSizesBytes().entrySet()) {
            if (size.getKey() <= 0 || size.getKey() % lbaBytes != 0) {
                throw new CreationException(
                        "an I/O size of " + size.getKey() + " bytes; it must be a multiple of the LBA size of "
                                + "namespace " + w.nsid() + ", " + lbaBytes + " bytes");
            }
            m.set(ValueLayout.JAVA_INT, WorkerConfig.SIZES + 4L * i, size.getKey() / lbaBytes);
            m.set(ValueLayout.JAVA_INT, WorkerConfig.SIZE_WEIGHTS + 4L * i, size.getValue());
            i++;
        }
        m.set(ValueLayout.JAVA_INT, WorkerConfig.SIZE_COUNT, i);
        m.set(ValueLayout.JAVA_INT, WorkerConfig.NSID, w.nsid());
        m.set(ValueLayout.JAVA_INT, WorkerConfig.LBA_BYTES, lbaBytes);
        m.set(ValueLayout.JAVA_LONG, WorkerConfig.REGION_START, w.regionStartLba());
        m.set(
                ValueLayout.JAVA_LONG,
                WorkerConfig.REGION_END,
                w.regionEndLba() == 0 ? namespace.lbaCount() : w.regionEndLba());
        m.set(ValueLayout.JAVA_INT, WorkerConfig.RANDOM_PERCENT, w.randomPercent());
        m.set(ValueLayout.JAVA_INT, WorkerConfig.READ_PERCENT, w.readPercent());
        m.set(ValueLayout.JAVA_INT, WorkerConfig.QDEPTH, w.qdepth());
        m.set(ValueLayout.JAVA_INT, WorkerConfig.PATTERN, w.fill().ordinal());
        m.set(ValueLayout.JAVA_INT, WorkerConfig.PATTERN_VALUE, w.fillValue());
        m.set(ValueLayout.JAVA_INT, WorkerConfig.CPU, w.cpu().orElse(-1));
        m.set(ValueLayout.JAVA_INT, WorkerConfig.FLAGS, w.cmdlog() ? 0 : Library.WORKER_NO_CMDLOG);
        m.set(ValueLayout.JAVA_LONG, WorkerConfig.SEED, w.seed());
        m.set(ValueLayout.JAVA_LONG, WorkerConfig.DURATION_NS, w.duration().toNanos());
        m.set(
                ValueLayout.JAVA_LONG,
                WorkerConfig.IO_COUNT,
                count(w, w.regionEndLba() == 0 ? namespace.lbaCount() : w.regionEndLba(), lbaBytes));
        m.set(ValueLayout.JAVA_LONG, WorkerConfig.IOPS_LIMIT, w.iopsLimit());
        return m;
    }

    /** What it does. */
    public Workload workload() {
        return workload;
    }

    /** Id of its qpair. */
    public int qid() {
        return qid;
    }

    /** Its qpair, for a look at its info and cmdlog. */
    public Qpair qpair() {
        handle.check();
        return qpair;
    }

    /** Starts the thread. A worker runs once. */
    public void start() {
        long h = handle.acquire();
        try {
            Rc.check(Library.get().bell_worker_start(h));
            started = true;
        } finally {
            handle.release();
        }
    }

    /** Asks it to end when its outstanding commands have; returns at once. */
    public void stop() {
        long h = handle.acquire();
        try {
            Rc.check(Library.get().bell_worker_stop(h));
        } finally {
            handle.release();
        }
    }

    /**
     * Waits for its end.
     *
     * @return false if it still runs after {@code limit}, or the thread is interrupted
     */
    public boolean await(Duration limit) {
        long deadline = System.nanoTime() + limit.toNanos();
        for (; ; ) {
            long left = Math.max(0, deadline - System.nanoTime()) / 1_000_000;
            long h = handle.acquire();
            int rc;
            try {
                rc = Library.get().bell_worker_wait(h, (int) Math.min(left + 1, WAIT_SLICE_MILLIS));
                if (rc < 0 && rc != Rc.ETIMEDOUT) {
                    throw new DoorbellException(Rc.text(rc));
                }
            } finally {
                handle.release();
            }
            if (rc >= 0) {
                return true;
            }
            if (left == 0 || Thread.currentThread().isInterrupted()) {
                return false;
            }
        }
    }

    /** Its state now. */
    public State state() {
        handle.acquire();
        try {
            return State.values()[(int) counter(WorkerCounters.STATE)];
        } finally {
            handle.release();
        }
    }

    /** Why it failed, in words; empty if it did not. */
    public Optional<String> failure() {
        if (state() != State.FAILED) {
            return Optional.empty();
        }
        long h = handle.acquire();
        try {
            return Optional.of(Library.get().bell_worker_error(h));
        } finally {
            handle.release();
        }
    }

    /** Its counters now; cheap. */
    public Counters counters() {
        handle.acquire();
        try {
            return readCounters();
        } finally {
            handle.release();
        }
    }

    /** Its counters and latencies now; copies 78 KB. */
    public Sample sample() {
        handle.acquire();
        try {
            Counters now = readCounters();
            return new Sample(now, histogram(WorkerCounters.READ_LATENCY), histogram(WorkerCounters.WRITE_LATENCY));
        } finally {
            handle.release();
        }
    }

    private LatencyHistogram histogram(int offset) {
        return LatencyHistogram.of(
                counters.asSlice(offset, 8L * Library.HISTOGRAM_BUCKETS).toArray(ValueLayout.JAVA_LONG));
    }

    private long counter(int offset) {
        return (long) COUNTER.getAcquire(counters, (long) offset);
    }

    private Counters readCounters() {
        long started = counter(WorkerCounters.STARTED_NS);
        long finished = counter(WorkerCounters.FINISHED_NS);
        // The counts are of this very moment; the worker notes the time only now and then.
        long updated = started == 0 || finished != 0 ? finished : System.nanoTime();
        return new Counters(
                started,
                updated,
                finished,
                counter(WorkerCounters.SUBMITTED),
                counter(WorkerCounters.COMPLETED),
                counter(WorkerCounters.OUTSTANDING),
                counter(WorkerCounters.READS),
                counter(WorkerCounters.WRITES),
                counter(WorkerCounters.READ_BYTES),
                counter(WorkerCounters.WRITE_BYTES),
                counter(WorkerCounters.ERRORS),
                (int) counter(WorkerCounters.FIRST_ERROR),
                counter(WorkerCounters.FIRST_ERROR_LBA),
                counter(WorkerCounters.LATENCY_SUM_NS),
                counter(WorkerCounters.LATENCY_MIN_NS),
                counter(WorkerCounters.LATENCY_MAX_NS),
                counter(WorkerCounters.CPU_NS));
    }

    @Override
    public String describe() {
        return "worker on qpair " + qid;
    }

    /** False once it is closed. */
    public boolean isOpen() {
        return handle.isOpen();
    }

    /** Stops the thread, waits for its end, and deletes its qpair. */
    @Override
    public void close() {
        if (!handle.isOpen()) {
            return;
        }
        // The drain can take as long as the slowest command; the admin qpair is not held meanwhile.
        if (started) {
            stop();
            await(controller.timeout().plusSeconds(10));
        }
        Failed failed = new Failed();
        controller.onAdmin(() -> qpair.closeNative(
                ignored -> handle.close(h -> failed.note(Library.get().bell_worker_close(h)))));
        controller.device().children().remove(this);
        failed.rethrow();
    }

    @Override
    public String toString() {
        return handle.toString();
    }
}
