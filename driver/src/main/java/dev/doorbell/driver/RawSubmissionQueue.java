package dev.doorbell.driver;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * A submission queue that a test makes itself; see {@link RawQueue}. {@link #submit} places a command at the tail and rings; {@link #put} and
 * {@link #ring} are there for everything else.
 */
public final class RawSubmissionQueue extends RawQueue {
    /**
     * How to make one.
     *
     * @param depth entries that the device is told of, 2 .. CAP.MQES + 1, or wrong on purpose
     * @param completionQueue id of the completion queue, which others may use too
     * @param id queue id; empty: the lowest that is free
     * @param priority 0 urgent .. 3 low, for weighted round robin
     * @param nvmSet NVM set, 0 none
     * @param memory where it lies; empty: in memory of its own
     */
    public record Options(
            int depth, int completionQueue, OptionalInt id, int priority, int nvmSet, Optional<QueueMemory> memory) {
        /** A depth, on a completion queue; the lowest free id, urgent, memory of its own. */
        public static Options of(int depth, RawCompletionQueue completions) {
            return new Options(depth, completions.id(), OptionalInt.empty(), 0, 0, Optional.empty());
        }

        /** With an id. */
        public Options withId(int id) {
            return new Options(depth, completionQueue, OptionalInt.of(id), priority, nvmSet, memory);
        }

        /** On the completion queue with this id, which need not exist. */
        public Options withCompletionQueue(int cqid) {
            return new Options(depth, cqid, id, priority, nvmSet, memory);
        }

        /** With a priority, 0 urgent .. 3 low. */
        public Options withPriority(int priority) {
            return new Options(depth, completionQueue, id, priority, nvmSet, memory);
        }

        /** With an NVM set. */
        public Options withNvmSet(int nvmSet) {
            return new Options(depth, completionQueue, id, priority, nvmSet, memory);
        }

        /** In memory of the test's. */
        public Options withMemory(QueueMemory memory) {
            return new Options(depth, completionQueue, id, priority, nvmSet, Optional.of(memory));
        }
    }

    /** Bytes of an entry. */
    public static final int ENTRY_BYTES = 64;

    private static final int PAGE_BYTES = 4096;

    private final int depth;
    private int tail;

    private RawSubmissionQueue(Controller controller, Options o, QueueMemory memory) {
        super(controller, o.id().orElse(0), memory, false);
        this.depth = o.depth();
    }

    /**
     * Makes one; {@link #creation} says how the device answered.
     *
     * @throws Device.UnsupportedException if the device has no queues in memory
     */
    public static RawSubmissionQueue create(Controller controller, Options o) {
        return controller.device().children().open(() -> {
            QueueMemory memory = memory(controller, o.memory(), o.depth(), ENTRY_BYTES);
            RawSubmissionQueue queue = new RawSubmissionQueue(controller, o, memory);
            queue.create(AdminCommands.createSubmissionQueue(
                    queue.id(), o.depth(), memory.isContiguous(), o.priority(), o.completionQueue(), o.nvmSet()));
            return queue;
        });
    }

    /** Entries that the device was told of. */
    public int depth() {
        return depth;
    }

    /** Where {@link #submit} places the next command. */
    public int tail() {
        return tail;
    }

    /** The 64 bytes of an entry. */
    public byte[] entry(int index) {
        long at = (long) index * ENTRY_BYTES;
        return memory().bufferAt(at).get(memory().offsetAt(at), ENTRY_BYTES);
    }

    /** Sets the 64 bytes of an entry. The device is not told. */
    public void put(int index, byte[] sqe) {
        if (sqe.length != ENTRY_BYTES) {
            throw new IllegalArgumentException("a submission queue entry has 64 bytes, not " + sqe.length);
        }
        long at = (long) index * ENTRY_BYTES;
        memory().bufferAt(at).put(memory().offsetAt(at), sqe);
    }

    /**
     * Sets an entry to a command, with its own CID ({@link Command#rawCid}, else 0). Data of up to two memory pages of 4 KiB is described by
     * PRP1 and PRP2; for more, and for all that is out of order, use {@link Command#rawDataPointer(long, long)} and a {@link PrpList}. The
     * device is not told, and the buffer is the caller's to keep.
     *
     * @throws IllegalArgumentException if the command has more data, or an SGL of its own
     */
    public void put(int index, Command command) {
        put(index, withPrps(command).sqe());
    }

    private static Command withPrps(Command command) {
        if (command.list().isPresent()) {
            throw new IllegalArgumentException("a raw queue has no memory for SGL segments; use rawDataPointer");
        }
        if (command.metadata().isPresent()) {
            throw new IllegalArgumentException("a raw queue takes MPTR as dwords 4 and 5; set them with dword");
        }
        long iova = command.dataIova();
        if (iova == 0) {
            return command;
        }
        long second = (iova / PAGE_BYTES + 1) * PAGE_BYTES;
        long end = iova + command.dataLength();
        if (end > second + PAGE_BYTES) {
            throw new IllegalArgumentException(command.dataLength()
                    + " bytes of data reach over more than two pages; use rawDataPointer and a PrpList");
        }
        return command.rawDataPointer(iova, end > second ? second : 0);
    }

    /** Places a command at the tail as {@link #put} does, moves the tail on and rings the doorbell. Whether there is room is not looked at. */
    public void submit(Command command) {
        put(tail, command);
        tail = tail + 1 == depth ? 0 : tail + 1;
        ring(tail);
    }

    /** Makes {@link #submit} go on from another entry, and rings that as the tail. */
    public void tail(int index) {
        tail = index;
        ring(index);
    }

    @Override
    Command deletion() {
        return AdminCommands.deleteSubmissionQueue(id());
    }

    @Override
    public String describe() {
        return "raw submission queue " + id();
    }
}
