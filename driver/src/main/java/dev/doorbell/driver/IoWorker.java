package dev.doorbell.driver;

import dev.doorbell.driver.ffi.Layouts.WorkerCounters;
import dev.doorbell.driver.ffi.Library;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

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
     * @param others latencies of all other commands
     */
    public record Sample(Counters counters, LatencyHistogram reads, LatencyHistogram writes, LatencyHistogram others) {
        /** Of a worker that only reads and writes. */
        public Sample(Counters counters, LatencyHistogram reads, LatencyHistogram writes) {
            this(counters, reads, writes, LatencyHistogram.empty());
        }

        /** What happened after {@code earlier}. */
        public Sample minus(Sample earlier) {
            return new Sample(
                    counters.minus(earlier.counters),
                    reads.minus(earlier.reads),
                    writes.minus(earlier.writes),
                    others.minus(earlier.others));
        }

        /** Latencies of all commands together. */
        public LatencyHistogram all() {
            return reads.plus(writes).plus(others);
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
            MemorySegment config = WorkloadConfig.of(arena, w, namespace);
            MemorySegment out = arena.allocate(ValueLayout.JAVA_LONG);
            Trace trace = w.replay().map(Replay::trace).orElse(Trace.of(List.of()));
            long entries = w.replay().isEmpty()
                    ? 0
                    : WorkloadConfig.trace(arena, trace).address();
            Rc.check(
                    library.bell_worker_create_workload(device, config.address(), entries, trace.size(), out.address()),
                    CreationException::new);
            return new IoWorker(controller, w, out.get(ValueLayout.JAVA_LONG, 0));
        } finally {
            controller.device().handle().release();
        }
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

    /**
     * Starts workers, of one controller or of several, that wait for each other before their first I/O. Either all start or none.
     */
    public static void startTogether(List<IoWorker> workers) {
        List<IoWorker> held = new ArrayList<>();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment handles = arena.allocate(ValueLayout.JAVA_LONG, Math.max(1, workers.size()));
            for (IoWorker w : workers) {
                handles.setAtIndex(ValueLayout.JAVA_LONG, held.size(), w.handle.acquire());
                held.add(w);
            }
            Rc.check(Library.get().bell_workers_start(handles.address(), workers.size()));
            workers.forEach(w -> w.started = true);
        } finally {
            held.forEach(w -> w.handle.release());
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
        long h = handle.acquire();
        try {
            return readCounters(WorkerNotes.operations(h, false));
        } finally {
            handle.release();
        }
    }

    /** Its counters and latencies now; copies 39 KB for each opcode. */
    public Sample sample() {
        List<OperationCount> all = operations();
        handle.acquire();
        try {
            LatencyHistogram[] kinds = {LatencyHistogram.empty(), LatencyHistogram.empty(), LatencyHistogram.empty()};
            Set<Integer> seen = new HashSet<>();
            for (OperationCount o : all) {
                // Operations of one opcode share their histogram.
                if (seen.add(o.opcode())) {
                    int kind = IoOperation.isRead(o.opcode()) ? 0 : IoOperation.isWrite(o.opcode()) ? 1 : 2;
                    kinds[kind] = kinds[kind].plus(o.latency());
                }
            }
            return new Sample(readCounters(all), kinds[0], kinds[1], kinds[2]);
        } finally {
            handle.release();
        }
    }

    /** What it did of each operation of its workload, or of each opcode of its trace; copies 39 KB for each. */
    public List<OperationCount> operations() {
        long h = handle.acquire();
        try {
            return WorkerNotes.operations(h, true);
        } finally {
            handle.release();
        }
    }

    /**
     * Its finished intervals from a number on, oldest first; the last 8192 are kept. Ask again with the last one's number + 1 for those that
     * followed.
     */
    public List<WorkerInterval> intervals(long from) {
        long h = handle.acquire();
        try {
            return WorkerNotes.intervals(h, from);
        } finally {
            handle.release();
        }
    }

    /** Its commands that failed, those that were sent again included, from a number on; the last 1024 are kept. */
    public List<KeptCommand> errors(long from) {
        long h = handle.acquire();
        try {
            return WorkerNotes.errors(h, from);
        } finally {
            handle.release();
        }
    }

    /** Its slowest commands, slowest first. */
    public List<KeptCommand> slowest() {
        long h = handle.acquire();
        try {
            return WorkerNotes.slowest(h);
        } finally {
            handle.release();
        }
    }

    /** Its last completed I/Os, oldest first. */
    public List<CompletedIo> last() {
        long h = handle.acquire();
        try {
            return WorkerNotes.last(h, workload.measurement().last());
        } finally {
            handle.release();
        }
    }

    /** Everything that it has measured until now. */
    public WorkerResult result() {
        State now = state();
        return new WorkerResult(
                workload, qid, now, failure(), counters(), operations(), intervals(0), errors(0), slowest());
    }

    private long counter(int offset) {
        return (long) COUNTER.getAcquire(counters, (long) offset);
    }

    private Counters readCounters(List<OperationCount> operations) {
        long started = counter(WorkerCounters.STARTED_NS);
        long finished = counter(WorkerCounters.FINISHED_NS);
        // The counts are of this very moment; the worker notes the time only now and then.
        long updated = started == 0 || finished != 0 ? finished : System.nanoTime();
        long reads = 0;
        long writes = 0;
        long readBytes = 0;
        long writeBytes = 0;
        long completed = 0;
        long latencySum = 0;
        long latencyMin = -1;
        long latencyMax = 0;
        for (OperationCount o : operations) {
            completed += o.completed();
            latencySum += o.latencySumNanos();
            latencyMax = Math.max(latencyMax, o.latencyMaxNanos());
            if (o.latencyMaxNanos() != 0) {
                latencyMin = latencyMin < 0 ? o.latencyMinNanos() : Math.min(latencyMin, o.latencyMinNanos());
            }
            if (IoOperation.isRead(o.opcode())) {
                reads += o.completed();
                readBytes += o.bytes();
            } else if (IoOperation.isWrite(o.opcode())) {
                writes += o.completed();
                writeBytes += o.bytes();
            }
        }
        return new Counters(
                started,
                updated,
                finished,
                Math.max(completed, counter(WorkerCounters.SUBMITTED)),
                completed,
                counter(WorkerCounters.OUTSTANDING),
                reads,
                writes,
                readBytes,
                writeBytes,
                counter(WorkerCounters.ERRORS),
                (int) counter(WorkerCounters.FIRST_ERROR),
                counter(WorkerCounters.FIRST_ERROR_LBA),
                latencySum,
                latencyMin,
                latencyMax,
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
