package dev.doorbell.driver;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.doorbell.driver.ffi.Layouts.WorkerCommand;
import dev.doorbell.driver.ffi.Layouts.WorkerIo;
import dev.doorbell.driver.ffi.Layouts.WorkerOp;
import dev.doorbell.driver.ffi.Library;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** What a worker notes, read from the native library; the caller holds the worker's handle. */
final class WorkerNotes {
    private static final int BATCH = 256;
    private static final int SLOWEST_MAX = 256;

    private WorkerNotes() {}

    /** Copies records from a number on until there are no more. */
    @FunctionalInterface
    private interface Source {
        int copy(long from, long out, int max, long next);
    }

    private static <T> List<T> all(int bytes, long from, Source source, Function<MemorySegment, T> read) {
        List<T> result = new ArrayList<>();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment records = arena.allocate((long) bytes * BATCH, 8);
            MemorySegment next = arena.allocate(JAVA_LONG);
            long at = from;
            for (; ; ) {
                int n = Rc.check(source.copy(at, records.address(), BATCH, next.address()));
                for (int i = 0; i < n; i++) {
                    result.add(read.apply(records.asSlice((long) bytes * i, bytes)));
                }
                // The worker may overwrite what is being read; then fewer come, and the numbers go on.
                long reached = next.get(JAVA_LONG, 0);
                if (reached == at) {
                    return result;
                }
                at = reached;
            }
        }
    }

    static List<WorkerInterval> intervals(long worker, long from) {
        return all(
                dev.doorbell.driver.ffi.Layouts.WorkerInterval.BYTES,
                from,
                (at, out, max, next) -> Library.get().bell_worker_intervals(worker, at, out, max, next),
                WorkerNotes::interval);
    }

    static List<KeptCommand> errors(long worker, long from) {
        return all(
                WorkerCommand.BYTES,
                from,
                (at, out, max, next) -> Library.get().bell_worker_errors(worker, at, out, max, next),
                WorkerNotes::command);
    }

    static List<KeptCommand> slowest(long worker) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment records = arena.allocate((long) WorkerCommand.BYTES * SLOWEST_MAX, 8);
            int n = Rc.check(Library.get().bell_worker_slowest(worker, records.address(), SLOWEST_MAX));
            List<KeptCommand> result = new ArrayList<>(n);
            for (int i = 0; i < n; i++) {
                result.add(command(records.asSlice((long) WorkerCommand.BYTES * i, WorkerCommand.BYTES)));
            }
            return result;
        }
    }

    static List<CompletedIo> last(long worker, int max) {
        if (max == 0) {
            return List.of();
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment records = arena.allocate((long) WorkerIo.BYTES * max, 8);
            int n = Rc.check(Library.get().bell_worker_last(worker, records.address(), max));
            List<CompletedIo> result = new ArrayList<>(n);
            for (int i = 0; i < n; i++) {
                MemorySegment r = records.asSlice((long) WorkerIo.BYTES * i, WorkerIo.BYTES);
                result.add(new CompletedIo(
                        r.get(JAVA_LONG, WorkerIo.LBA),
                        r.get(JAVA_INT, WorkerIo.LBAS),
                        r.get(JAVA_SHORT, WorkerIo.OPCODE) & 0xffff,
                        r.get(JAVA_SHORT, WorkerIo.STATUS) & 0xffff,
                        r.get(JAVA_LONG, WorkerIo.COMPLETED_NS)));
            }
            return result;
        }
    }

    /** The counters of the operations, in the order of the workload; with latencies if they are wanted. */
    static List<OperationCount> operations(long worker, boolean latencies) {
        Library library = Library.get();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment records = arena.allocate((long) WorkerOp.BYTES * Library.WORKLOAD_OPS, 8);
            int n = Rc.check(library.bell_worker_ops(worker, records.address(), Library.WORKLOAD_OPS));
            List<OperationCount> result = new ArrayList<>(n);
            for (int i = 0; i < n; i++) {
                MemorySegment r = records.asSlice((long) WorkerOp.BYTES * i, WorkerOp.BYTES);
                long least = r.get(JAVA_LONG, WorkerOp.LATENCY_MIN_NS);
                result.add(new OperationCount(
                        (int) r.get(JAVA_LONG, WorkerOp.OPCODE),
                        r.get(JAVA_LONG, WorkerOp.COMPLETED),
                        r.get(JAVA_LONG, WorkerOp.BYTES_OF_LBAS),
                        r.get(JAVA_LONG, WorkerOp.ERRORS),
                        r.get(JAVA_LONG, WorkerOp.RETRIES),
                        r.get(JAVA_LONG, WorkerOp.LATENCY_SUM_NS),
                        least == -1 ? 0 : least,
                        r.get(JAVA_LONG, WorkerOp.LATENCY_MAX_NS),
                        latencies ? histogram(library.bell_worker_histogram(worker, i)) : LatencyHistogram.empty()));
            }
            return result;
        }
    }

    private static LatencyHistogram histogram(long address) {
        return address == 0
                ? LatencyHistogram.empty()
                : LatencyHistogram.of(MemorySegment.ofAddress(address)
                        .reinterpret(8L * Library.HISTOGRAM_BUCKETS)
                        .toArray(ValueLayout.JAVA_LONG));
    }

    private static WorkerInterval interval(MemorySegment r) {
        long[] f = r.toArray(ValueLayout.JAVA_LONG);
        return new WorkerInterval(
                f[0], f[1], f[2], f[3], f[4], f[5], f[6], f[7], f[8], f[9], f[10], f[11], f[12], f[13], f[14], f[15]);
    }

    private static KeptCommand command(MemorySegment r) {
        return new KeptCommand(
                r.get(JAVA_LONG, WorkerCommand.SEQUENCE),
                r.get(JAVA_LONG, WorkerCommand.SUBMITTED_NS),
                r.get(JAVA_LONG, WorkerCommand.COMPLETED_NS),
                r.asSlice(WorkerCommand.SQE, 64).toArray(ValueLayout.JAVA_BYTE),
                r.asSlice(WorkerCommand.CQE, 16).toArray(ValueLayout.JAVA_BYTE),
                r.get(JAVA_INT, WorkerCommand.ATTEMPTS),
                (r.get(JAVA_INT, WorkerCommand.FLAGS) & Library.CQ_TIMEOUT) != 0);
    }
}
