package dev.doorbell.driver;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A completion queue that a test makes itself; see {@link RawQueue}. {@link #poll} takes entries as a driver does, by the phase tag, and rings
 * the doorbell; {@link #entry}, {@link #ring} and {@link #head(int)} are there for everything else.
 */
public final class RawCompletionQueue extends RawQueue {
    /**
     * How to make one.
     *
     * @param depth entries that the device is told of, 2 .. CAP.MQES + 1, or wrong on purpose
     * @param id queue id; empty: the lowest that is free
     * @param vector MSI-X vector to signal; empty: no interrupts
     * @param memory where it lies; empty: in memory of its own
     */
    public record Options(int depth, OptionalInt id, OptionalInt vector, Optional<QueueMemory> memory) {
        /** A depth, the lowest free id, no interrupts, memory of its own. */
        public static Options depth(int depth) {
            return new Options(depth, OptionalInt.empty(), OptionalInt.empty(), Optional.empty());
        }

        /** With an id. */
        public Options withId(int id) {
            return new Options(depth, OptionalInt.of(id), vector, memory);
        }

        /** With interrupts on a vector. */
        public Options withVector(int vector) {
            return new Options(depth, id, OptionalInt.of(vector), memory);
        }

        /** In memory of the test's. */
        public Options withMemory(QueueMemory memory) {
            return new Options(depth, id, vector, Optional.of(memory));
        }
    }

    /** Bytes of an entry. */
    public static final int ENTRY_BYTES = 16;

    private static final long LOOK_NANOS = 20_000L;

    private final int depth;
    private int head;
    private int phase = 1;

    private RawCompletionQueue(Controller controller, Options o, QueueMemory memory) {
        super(controller, o.id().orElse(0), memory, true);
        this.depth = o.depth();
    }

    /**
     * Makes one; {@link #creation} says how the device answered.
     *
     * @throws Device.UnsupportedException if the device has no queues in memory
     */
    public static RawCompletionQueue create(Controller controller, Options o) {
        return controller.device().children().open(() -> {
            QueueMemory memory = memory(controller, o.memory(), o.depth(), ENTRY_BYTES);
            RawCompletionQueue queue = new RawCompletionQueue(controller, o, memory);
            queue.create(AdminCommands.createCompletionQueue(
                    queue.id(),
                    o.depth(),
                    memory.isContiguous(),
                    o.vector().isPresent(),
                    o.vector().orElse(0)));
            return queue;
        });
    }

    /** Entries that the device was told of. */
    public int depth() {
        return depth;
    }

    /** The 16 bytes of an entry, as they are now. */
    public byte[] entry(int index) {
        long at = (long) index * ENTRY_BYTES;
        return memory().bufferAt(at).get(memory().offsetAt(at), ENTRY_BYTES);
    }

    /** The phase tag of an entry, 0 or 1. What the device wrote before it is seen after this has returned. */
    public int phase(int index) {
        long at = (long) index * ENTRY_BYTES + 12;
        return memory().bufferAt(at).getIntAcquire(memory().offsetAt(at)) >>> 16 & 1;
    }

    /** The entry that {@link #poll} looks at next. */
    public int head() {
        return head;
    }

    /** The phase tag that tells {@link #poll} of a new entry, 0 or 1. */
    public int expectedPhase() {
        return phase;
    }

    /** Makes {@link #poll} go on from another entry, and ring that as the head. */
    public void head(int index, int expectedPhase) {
        head = index;
        phase = expectedPhase & 1;
        ring(index);
    }

    /** Takes the next entry without ringing the doorbell; empty if there is none. Its times are both the time of the call. */
    public Optional<Completion> take() {
        if (phase(head) != phase) {
            return Optional.empty();
        }
        byte[] cqe = entry(head);
        head++;
        if (head == depth) {
            head = 0;
            phase ^= 1;
        }
        long now = System.nanoTime();
        int cid = cqe[12] & 0xff | (cqe[13] & 0xff) << 8;
        int sqid = cqe[10] & 0xff | (cqe[11] & 0xff) << 8;
        return Optional.of(new Completion(cqe, now, now, cid, sqid, false, false));
    }

    /** Takes the next entry and rings the doorbell; empty if there is none. */
    public Optional<Completion> poll() {
        Optional<Completion> taken = take();
        if (taken.isPresent()) {
            ring(head);
        }
        return taken;
    }

    /**
     * Takes the next entry and rings the doorbell, waiting for it if need be.
     *
     * @throws Command.TimeoutException if none comes in time
     */
    public Completion await(Duration limit) {
        long deadline = System.nanoTime() + limit.toNanos();
        for (; ; ) {
            Optional<Completion> taken = poll();
            if (taken.isPresent()) {
                return taken.get();
            }
            if (System.nanoTime() - deadline > 0) {
                throw new Command.TimeoutException(
                        "no completion came to " + this + " at entry " + head + " within " + limit.toMillis() + " ms");
            }
            Pause.nanos(LOOK_NANOS);
        }
    }

    @Override
    Command deletion() {
        return AdminCommands.deleteCompletionQueue(id());
    }

    @Override
    public String describe() {
        return "raw completion queue " + id();
    }
}
