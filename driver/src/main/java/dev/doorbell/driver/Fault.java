package dev.doorbell.driver;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** What goes wrong when a {@link FaultRule} applies. A rule may have several that go together. */
public sealed interface Fault {
    /**
     * The completion, the change of CSTS, or the value of the register comes late. A command is executed at once all the same.
     *
     * @param least shortest delay
     * @param most longest delay; delays are evenly spread between the two
     */
    record Delay(Duration least, Duration most) implements Fault {}

    /**
     * The command completes with this status.
     *
     * @param type status code type, 0 .. 7
     * @param code status code, 0 .. 255
     * @param doNotRetry the DNR bit
     * @param more the M bit
     * @param executed whether it is executed first
     */
    record Status(int type, int code, boolean doNotRetry, boolean more, boolean executed) implements Fault {
        /** With the DNR bit. */
        public Status dnr() {
            return new Status(type, code, true, more, executed);
        }

        /** Executed all the same. */
        public Status afterExecution() {
            return new Status(type, code, doNotRetry, more, true);
        }
    }

    /**
     * Bits of the data are inverted: of a read, identify or log page on the way to the host, of a write on the way to the medium.
     *
     * @param bits how many, 1 .. 65536
     * @param at the byte from which on they are; empty: anywhere
     */
    record Corrupt(int bits, OptionalLong at) implements Fault {}

    /**
     * The completion carries this command id.
     *
     * @param cid 0 .. 65535; empty: the right one with bit 15 inverted, which no command has
     */
    record WrongCid(OptionalInt cid) implements Fault {}

    /**
     * The completion is posted again.
     *
     * @param copies how often, 1 .. 1024
     */
    record Duplicate(int copies) implements Fault {}

    /**
     * The completion carries this submission queue id.
     *
     * @param sqid 0 .. 65535
     */
    record WrongSqid(int sqid) implements Fault {}

    /**
     * The completion carries this submission queue head.
     *
     * @param head 0 .. 65535
     */
    record WrongSqHead(int head) implements Fault {}

    /**
     * No command is fetched or completed; registers answer, and CC.EN = 0 ends it.
     *
     * @param time how long; empty: for ever
     */
    record Stall(Optional<Duration> time) implements Fault {}

    /**
     * The same, and CC is not followed: only a function level, hot or subsystem reset ends it.
     *
     * @param time how long; empty: for ever
     */
    record Hang(Optional<Duration> time) implements Fault {}

    /**
     * The device is gone: reads are all ones, writes are lost.
     *
     * @param time until it is back, as after power-on; empty: for ever
     */
    record Remove(Optional<Duration> time) implements Fault {}

    /**
     * An asynchronous event is reported (NVMe Base 2.0c §5.2).
     *
     * @param type 0 .. 7
     * @param information 0 .. 255
     * @param logPage 0 .. 255
     */
    record Event(int type, int information, int logPage) implements Fault {}

    /** Faults without values. */
    enum Plain implements Fault {
        /** The command is neither executed nor completed. */
        DROP,
        /** The completion has the phase tag of the queue's last round: the host does not see it, nor what comes behind it. */
        WRONG_PHASE,
        /** The completion raises no interrupt. */
        NO_INTERRUPT,
        /** CSTS.CFS is set, and nothing more happens until a reset. */
        FATAL,
        /** The controller resets itself. */
        RESET,
        /** The change of CSTS never comes. */
        STUCK,
        /** Of a TCP target: the PDUs of the answer are not sent. */
        DROP_PDU,
        /** Of a TCP target: the first PDU of the answer has a wrong header digest, if digests are in use. */
        HEADER_DIGEST,
        /** Of a TCP target: the answer's data has a wrong digest, if digests are in use. */
        DATA_DIGEST,
        /** Of a TCP target: the first PDU of the answer has a type that does not exist. */
        MALFORMED_PDU,
        /** Of a TCP target: the connection is closed instead of an answer. */
        DISCONNECT
    }

    /** A delay of always the same length. */
    static Fault delay(Duration time) {
        return new Delay(time, time);
    }

    /** A delay between two lengths. */
    static Fault delay(Duration least, Duration most) {
        return new Delay(least, most);
    }

    /** A status, without execution. */
    static Status status(int type, int code) {
        return new Status(type, code, false, false, false);
    }

    /** Neither executed nor completed. */
    static Fault drop() {
        return Plain.DROP;
    }

    /** Inverted bits somewhere in the data. */
    static Fault corrupt(int bits) {
        return new Corrupt(bits, OptionalLong.empty());
    }

    /** Inverted bits from this byte of the data on. */
    static Fault corruptAt(long at, int bits) {
        return new Corrupt(bits, OptionalLong.of(at));
    }

    /** A command id that no command has. */
    static Fault wrongCid() {
        return new WrongCid(OptionalInt.empty());
    }

    /** This command id. */
    static Fault wrongCid(int cid) {
        return new WrongCid(OptionalInt.of(cid));
    }

    /** The completion twice. */
    static Fault duplicate() {
        return new Duplicate(1);
    }

    /** CSTS.CFS. */
    static Fault fatal() {
        return Plain.FATAL;
    }

    /** A stall for ever. */
    static Fault stall() {
        return new Stall(Optional.empty());
    }

    /** A stall for a time. */
    static Fault stall(Duration time) {
        return new Stall(Optional.of(time));
    }

    /** A hang for ever. */
    static Fault hang() {
        return new Hang(Optional.empty());
    }

    /** A hang for a time. */
    static Fault hang(Duration time) {
        return new Hang(Optional.of(time));
    }

    /** Removal for ever. */
    static Fault remove() {
        return new Remove(Optional.empty());
    }

    /** Removal for a time. */
    static Fault remove(Duration time) {
        return new Remove(Optional.of(time));
    }

    /** A change of CSTS that never comes. */
    static Fault stuck() {
        return Plain.STUCK;
    }

    /** A reset of its own accord. */
    static Fault reset() {
        return Plain.RESET;
    }

    /** An asynchronous event. */
    static Fault event(int type, int information, int logPage) {
        return new Event(type, information, logPage);
    }
}
