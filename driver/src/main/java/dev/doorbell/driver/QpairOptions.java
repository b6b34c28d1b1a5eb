package dev.doorbell.driver;

import java.util.OptionalInt;

/**
 * How to create an I/O qpair.
 *
 * @param depth entries of both queues, 2 .. CAP.MQES + 1; one less can be outstanding
 * @param priority 0 urgent .. 3 low, for weighted round robin arbitration only
 * @param interrupts whether the completion queue signals an MSI-X vector
 * @param vector that vector; empty: the driver chooses, qid modulo vectors
 * @param qid queue id; empty: the lowest free one
 */
public record QpairOptions(int depth, int priority, boolean interrupts, OptionalInt vector, OptionalInt qid) {
    /** A depth, urgent priority, no interrupts, the lowest free id. */
    public static QpairOptions depth(int depth) {
        return new QpairOptions(depth, 0, false, OptionalInt.empty(), OptionalInt.empty());
    }

    /** With a priority, 0 urgent .. 3 low. */
    public QpairOptions withPriority(int priority) {
        return new QpairOptions(depth, priority, interrupts, vector, qid);
    }

    /** With interrupts on or off. */
    public QpairOptions withInterrupts(boolean interrupts) {
        return new QpairOptions(depth, priority, interrupts, vector, qid);
    }

    /** With interrupts on this vector. */
    public QpairOptions withVector(int vector) {
        return new QpairOptions(depth, priority, true, OptionalInt.of(vector), qid);
    }

    /** With this queue id, 1 or more. */
    public QpairOptions withQid(int qid) {
        return new QpairOptions(depth, priority, interrupts, vector, OptionalInt.of(qid));
    }
}
