package dev.doorbell.driver;

import java.time.Duration;
import java.util.OptionalInt;

/** What a {@link FaultRule} waits for. */
public sealed interface FaultTrigger {
    /**
     * A command that the simulator fetches.
     *
     * @param queue 0 the admin queue, 1 .. 65535 an I/O queue, {@link #ANY} or {@link #IO}
     */
    record Commands(int queue) implements FaultTrigger {
        /** Commands of every queue. */
        public static final int ANY = -1;

        /** Commands of every I/O queue. */
        public static final int IO = -2;
    }

    /** A change that the host asks for in CC, and that CSTS reports (NVMe Base 2.0c §3.5, §3.6). */
    enum Change implements FaultTrigger {
        /** CC.EN from 0 to 1; CSTS.RDY = 1 answers it. */
        ENABLE,
        /** CC.EN from 1 to 0; CSTS.RDY = 0 answers it. */
        DISABLE,
        /** CC.SHN set; CSTS.SHST = 10b answers it. */
        SHUTDOWN
    }

    /**
     * The host reads a register in BAR0.
     *
     * @param offset of that register, a multiple of 4; empty: any
     */
    record RegisterRead(OptionalInt offset) implements FaultTrigger {}

    /**
     * Once, some time after the rule came into force: when its plan was set, or it was switched on.
     *
     * @param after 0 .. 1 h
     */
    record Time(Duration after) implements FaultTrigger {}

    /** Commands of every queue. */
    static FaultTrigger any() {
        return new Commands(Commands.ANY);
    }

    /** Commands of the admin queue. */
    static FaultTrigger admin() {
        return new Commands(0);
    }

    /** Commands of every I/O queue. */
    static FaultTrigger io() {
        return new Commands(Commands.IO);
    }

    /** Commands of one queue. */
    static FaultTrigger queue(int qid) {
        return new Commands(qid);
    }

    /** At once, when the rule comes into force. */
    static FaultTrigger now() {
        return new Time(Duration.ZERO);
    }

    /** Some time after the rule came into force. */
    static FaultTrigger after(Duration delay) {
        return new Time(delay);
    }

    /** CC.EN is set. */
    static FaultTrigger enable() {
        return Change.ENABLE;
    }

    /** CC.EN is cleared. */
    static FaultTrigger disable() {
        return Change.DISABLE;
    }

    /** CC.SHN is set. */
    static FaultTrigger shutdown() {
        return Change.SHUTDOWN;
    }

    /** Any register is read. */
    static FaultTrigger register() {
        return new RegisterRead(OptionalInt.empty());
    }

    /** The register at {@code offset} in BAR0 is read. */
    static FaultTrigger register(int offset) {
        return new RegisterRead(OptionalInt.of(offset));
    }
}
