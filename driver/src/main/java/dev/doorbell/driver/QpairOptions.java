package dev.doorbell.driver;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * How to create an I/O qpair.
 *
 * @param depth entries of both queues, 2 .. CAP.MQES + 1; one less can be outstanding
 * @param priority 0 urgent .. 3 low, for weighted round robin arbitration only
 * @param interrupts whether the completion queue signals an MSI-X vector
 * @param vector that vector; empty: the driver chooses, qid modulo vectors
 * @param qid queue id; empty: the lowest free one
 * @param sqMemory where the submission queue's entries lie, such as in a {@link ControllerMemoryBuffer}; empty: in memory of its own
 * @param cqMemory the same of the completion queue
 */
public record QpairOptions(
        int depth,
        int priority,
        boolean interrupts,
        OptionalInt vector,
        OptionalInt qid,
        Optional<Buffer> sqMemory,
        Optional<Buffer> cqMemory) {
    /** With queues in memory of their own. */
    public QpairOptions(int depth, int priority, boolean interrupts, OptionalInt vector, OptionalInt qid) {
        this(depth, priority, interrupts, vector, qid, Optional.empty(), Optional.empty());
    }

    /** A depth, urgent priority, no interrupts, the lowest free id. */
    public static QpairOptions depth(int depth) {
        return new QpairOptions(depth, 0, false, OptionalInt.empty(), OptionalInt.empty());
    }

    /** With a priority, 0 urgent .. 3 low. */
    public QpairOptions withPriority(int priority) {
        return new QpairOptions(depth, priority, interrupts, vector, qid, sqMemory, cqMemory);
    }

    /** With interrupts on or off. */
    public QpairOptions withInterrupts(boolean interrupts) {
        return new QpairOptions(depth, priority, interrupts, vector, qid, sqMemory, cqMemory);
    }

    /** With interrupts on this vector. */
    public QpairOptions withVector(int vector) {
        return new QpairOptions(depth, priority, true, OptionalInt.of(vector), qid, sqMemory, cqMemory);
    }

    /** With this queue id, 1 or more. */
    public QpairOptions withQid(int qid) {
        return new QpairOptions(depth, priority, interrupts, vector, OptionalInt.of(qid), sqMemory, cqMemory);
    }

    /** With the submission queue's entries in a buffer, 64 bytes each, from its start, which is on a memory page. */
    public QpairOptions withSqMemory(Buffer buffer) {
        return new QpairOptions(depth, priority, interrupts, vector, qid, Optional.of(buffer), cqMemory);
    }

    /** With the completion queue's entries in a buffer, 16 bytes each, from its start, which is on a memory page. */
    public QpairOptions withCqMemory(Buffer buffer) {
        return new QpairOptions(depth, priority, interrupts, vector, qid, sqMemory, Optional.of(buffer));
    }
}
