package dev.doorbell.driver;

import dev.doorbell.driver.ffi.Layouts;
import dev.doorbell.driver.ffi.Library;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** Rules to and from {@code bell_fault_rule}. The native library reads and prints the text form: there is one grammar. */
final class FaultRules {
    private static final int ANY_QUEUE = -1, IO_QUEUES = -2;
    private static final int OPCODE = 1, NSID = 2, LBA = 4, REGISTER = 8;
    private static final int ON_COMMAND = 0,
            ON_ENABLE = 1,
            ON_DISABLE = 2,
            ON_SHUTDOWN = 3,
            ON_REGISTER = 4,
            ON_TIME = 5;
    private static final int DNR = 0x4000, MORE = 0x2000;
    private static final int DELAY = 0x1,
            DROP = 0x2,
            STATUS = 0x4,
            CORRUPT = 0x8,
            CID = 0x10,
            DUPLICATE = 0x20,
            PHASE = 0x40,
            SQID = 0x80,
            SQHD = 0x100,
            NO_INTERRUPT = 0x200,
            FATAL = 0x400,
            STALL = 0x800,
            HANG = 0x1000,
            REMOVE = 0x2000,
            RESET = 0x4000,
            STUCK = 0x8000,
            EVENT = 0x10000,
            DROP_PDU = 0x1000000,
            HEADER_DIGEST = 0x2000000,
            DATA_DIGEST = 0x4000000,
            MALFORMED_PDU = 0x8000000,
            DISCONNECT = 0x10000000;

    private static final int TEXT_BYTES = 64 * 1024;

    private FaultRules() {}

    /** One {@code bell_fault_rule} in native memory. */
    private record Slot(MemorySegment memory) {
        void u32(int offset, long value) {
            memory.set(ValueLayout.JAVA_INT, offset, (int) value);
        }

        void u64(int offset, long value) {
            memory.set(ValueLayout.JAVA_LONG, offset, value);
        }

        int u32(int offset) {
            return memory.get(ValueLayout.JAVA_INT, offset);
        }

        long u64(int offset) {
            return memory.get(ValueLayout.JAVA_LONG, offset);
        }

        void effect(int bit) {
            u32(Layouts.FaultRule.EFFECTS, u32(Layouts.FaultRule.EFFECTS) | bit);
        }

        void match(int bit) {
            u32(Layouts.FaultRule.MATCHES, u32(Layouts.FaultRule.MATCHES) | bit);
        }
    }

    static MemorySegment allocate(Arena arena, int rules) {
        return arena.allocate((long) Layouts.FaultRule.BYTES * Math.max(1, rules), 8);
    }

    static MemorySegment slot(MemorySegment rules, int index) {
        return rules.asSlice((long) Layouts.FaultRule.BYTES * index, Layouts.FaultRule.BYTES);
    }

    // ---- text
    // --------------------------------------------------------------------------------------------------------

    static FaultPlan parse(String text) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment seed = arena.allocate(ValueLayout.JAVA_LONG);
            MemorySegment rules = allocate(arena, FaultPlan.MAX_RULES);
            int count = Rc.checkAs(
                    Library.get().bell_faults_parse(text, seed.address(), rules.address(), FaultPlan.MAX_RULES),
                    FaultPlan.FormatException::new);
            List<FaultRule> read = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                read.add(rule(slot(rules, i)));
            }
            return new FaultPlan(seed.get(ValueLayout.JAVA_LONG, 0), read);
        }
    }

    static String print(long seed, List<FaultRule.Fields> list) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment rules = allocate(arena, list.size());
            for (int i = 0; i < list.size(); i++) {
                fill(new Slot(slot(rules, i)), list.get(i));
            }
            MemorySegment out = arena.allocate(TEXT_BYTES);
            Rc.checkAs(
                    Library.get().bell_faults_print(seed, rules.address(), list.size(), out.address(), TEXT_BYTES),
                    FaultPlan.FormatException::new);
            return out.getString(0);
        }
    }

    /** Refuses a rule that has no text form. */
    static void check(FaultRule.Fields fields) {
        if (fields.dwords().size() > 4) {
            throw new FaultPlan.FormatException("a rule takes 4 conditions on dwords, not "
                    + fields.dwords().size());
        }
        if (fields.skip() < 0 || fields.every() < 1 || fields.times() < 0 || fields.chance() < 1) {
            throw new FaultPlan.FormatException(
                    "skip, every, times and chance of a rule are not negative, and chance is above 0");
        }
        print(1, List.of(fields));
    }

    // ---- to the native form ---------------------------------------------------------------------------------------

    private static void fill(Slot slot, FaultRule.Fields rule) {
        slot.u32(Layouts.FaultRule.ENABLED, rule.enabled() ? 1 : 0);
        slot.u32(Layouts.FaultRule.QUEUE, ANY_QUEUE);
        trigger(slot, rule.trigger());
        rule.opcode().ifPresent(value -> {
            slot.match(OPCODE);
            slot.u32(Layouts.FaultRule.OPCODE, value);
        });
        rule.nsid().ifPresent(value -> {
            slot.match(NSID);
            slot.u32(Layouts.FaultRule.NSID, value);
        });
        rule.lbas().ifPresent(lbas -> {
            slot.match(LBA);
            slot.u64(Layouts.FaultRule.LBA_FIRST, lbas.first());
            slot.u64(Layouts.FaultRule.LBA_LAST, lbas.last());
        });
        slot.u32(Layouts.FaultRule.DWORD_COUNT, rule.dwords().size());
        for (int i = 0; i < rule.dwords().size(); i++) {
            FaultRule.Dword dword = rule.dwords().get(i);
            slot.u32(Layouts.FaultRule.DWORD_INDEX + 4 * i, dword.index());
            slot.u32(Layouts.FaultRule.DWORD_VALUE + 4 * i, dword.value());
            slot.u32(Layouts.FaultRule.DWORD_MASK + 4 * i, dword.mask());
        }
        slot.u64(Layouts.FaultRule.SKIP, rule.skip());
        slot.u64(Layouts.FaultRule.EVERY, rule.every());
        slot.u64(Layouts.FaultRule.TIMES, rule.times());
        slot.u32(Layouts.FaultRule.CHANCE_PPB, rule.chance() == FaultRule.ALWAYS ? 0 : rule.chance());
        rule.effects().forEach(fault -> effect(slot, fault));
    }

    private static void trigger(Slot slot, FaultTrigger trigger) {
        switch (trigger) {
            case FaultTrigger.Commands(int queue) -> {
                slot.u32(Layouts.FaultRule.TRIGGER, ON_COMMAND);
                slot.u32(
                        Layouts.FaultRule.QUEUE,
                        queue == FaultTrigger.Commands.ANY
                                ? ANY_QUEUE
                                : queue == FaultTrigger.Commands.IO ? IO_QUEUES : queue);
            }
            case FaultTrigger.Change change ->
                slot.u32(
                        Layouts.FaultRule.TRIGGER,
                        switch (change) {
                            case ENABLE -> ON_ENABLE;
                            case DISABLE -> ON_DISABLE;
                            case SHUTDOWN -> ON_SHUTDOWN;
                        });
            case FaultTrigger.RegisterRead(OptionalInt offset) -> {
                slot.u32(Layouts.FaultRule.TRIGGER, ON_REGISTER);
                offset.ifPresent(value -> {
                    slot.match(REGISTER);
                    slot.u32(Layouts.FaultRule.REGISTER_OFFSET, value);
                });
            }
            case FaultTrigger.Time(Duration after) -> {
                slot.u32(Layouts.FaultRule.TRIGGER, ON_TIME);
                slot.u64(Layouts.FaultRule.AFTER_NS, after.toNanos());
            }
        }
    }

    private static void effect(Slot slot, Fault fault) {
        switch (fault) {
            case Fault.Delay(Duration least, Duration most) -> {
                slot.effect(DELAY);
                slot.u64(Layouts.FaultRule.DELAY_MIN_NS, least.toNanos());
                slot.u64(Layouts.FaultRule.DELAY_MAX_NS, most.toNanos());
            }
            case Fault.Status status -> {
                slot.effect(STATUS);
                slot.u32(
                        Layouts.FaultRule.STATUS,
                        status.code()
                                | status.type() << 8
                                | (status.doNotRetry() ? DNR : 0)
                                | (status.more() ? MORE : 0));
                slot.u32(Layouts.FaultRule.EXECUTED, status.executed() ? 1 : 0);
            }
            case Fault.Corrupt(int bits, OptionalLong at) -> {
                slot.effect(CORRUPT);
                slot.u32(Layouts.FaultRule.CORRUPT_BITS, bits);
                slot.u32(Layouts.FaultRule.CORRUPT_AT, at.orElse(-1));
            }
            case Fault.WrongCid(OptionalInt cid) -> {
                slot.effect(CID);
                slot.u32(Layouts.FaultRule.CID, cid.orElse(-1));
            }
            case Fault.Duplicate(int copies) -> {
                slot.effect(DUPLICATE);
                slot.u32(Layouts.FaultRule.COPIES, copies);
            }
            case Fault.WrongSqid(int sqid) -> {
                slot.effect(SQID);
                slot.u32(Layouts.FaultRule.SQID, sqid);
            }
            case Fault.WrongSqHead(int head) -> {
                slot.effect(SQHD);
                slot.u32(Layouts.FaultRule.SQHD, head);
            }
            case Fault.Stall(Optional<Duration> time) -> hold(slot, STALL, time);
            case Fault.Hang(Optional<Duration> time) -> hold(slot, HANG, time);
            case Fault.Remove(Optional<Duration> time) -> hold(slot, REMOVE, time);
            case Fault.Event(int type, int information, int logPage) -> {
                slot.effect(EVENT);
                slot.u32(Layouts.FaultRule.EVENT, type | (long) information << 8 | (long) logPage << 16);
            }
            case Fault.Plain plain ->
                slot.effect(
                        switch (plain) {
                            case DROP -> DROP;
                            case WRONG_PHASE -> PHASE;
                            case NO_INTERRUPT -> NO_INTERRUPT;
                            case FATAL -> FATAL;
                            case RESET -> RESET;
                            case STUCK -> STUCK;
                            case DROP_PDU -> DROP_PDU;
                            case HEADER_DIGEST -> HEADER_DIGEST;
                            case DATA_DIGEST -> DATA_DIGEST;
                            case MALFORMED_PDU -> MALFORMED_PDU;
                            case DISCONNECT -> DISCONNECT;
                        });
        }
    }

    private static void hold(Slot slot, int effect, Optional<Duration> time) {
        slot.effect(effect);
        slot.u64(Layouts.FaultRule.HOLD_NS, time.map(Duration::toNanos).orElse(0L));
    }

    // ---- from the native form -------------------------------------------------------------------------------------

    static FaultRule rule(MemorySegment memory) {
        Slot slot = new Slot(memory);
        int matches = slot.u32(Layouts.FaultRule.MATCHES);
        List<FaultRule.Dword> dwords = new ArrayList<>();
        for (int i = 0; i < slot.u32(Layouts.FaultRule.DWORD_COUNT); i++) {
            dwords.add(new FaultRule.Dword(
                    slot.u32(Layouts.FaultRule.DWORD_INDEX + 4 * i),
                    slot.u32(Layouts.FaultRule.DWORD_VALUE + 4 * i),
                    slot.u32(Layouts.FaultRule.DWORD_MASK + 4 * i)));
        }
        int chance = slot.u32(Layouts.FaultRule.CHANCE_PPB);
        return new FaultRule(
                slot.u32(Layouts.FaultRule.ENABLED) != 0,
                trigger(slot),
                present(matches, OPCODE, slot.u32(Layouts.FaultRule.OPCODE)),
                present(matches, NSID, slot.u32(Layouts.FaultRule.NSID)),
                dwords,
                (matches & LBA) != 0
                        ? Optional.of(new FaultRule.Lbas(
                                slot.u64(Layouts.FaultRule.LBA_FIRST), slot.u64(Layouts.FaultRule.LBA_LAST)))
                        : Optional.empty(),
                slot.u64(Layouts.FaultRule.SKIP),
                slot.u64(Layouts.FaultRule.EVERY),
                slot.u64(Layouts.FaultRule.TIMES),
                chance == 0 ? FaultRule.ALWAYS : chance,
                effects(slot));
    }

    static long matched(MemorySegment memory) {
        return memory.get(ValueLayout.JAVA_LONG, Layouts.FaultRule.MATCHED);
    }

    static long hits(MemorySegment memory) {
        return memory.get(ValueLayout.JAVA_LONG, Layouts.FaultRule.HITS);
    }

    private static OptionalInt present(int matches, int bit, int value) {
        return (matches & bit) != 0 ? OptionalInt.of(value) : OptionalInt.empty();
    }

    private static FaultTrigger trigger(Slot slot) {
        return switch (slot.u32(Layouts.FaultRule.TRIGGER)) {
            case ON_ENABLE -> FaultTrigger.enable();
            case ON_DISABLE -> FaultTrigger.disable();
            case ON_SHUTDOWN -> FaultTrigger.shutdown();
            case ON_REGISTER ->
                new FaultTrigger.RegisterRead(present(
                        slot.u32(Layouts.FaultRule.MATCHES), REGISTER, slot.u32(Layouts.FaultRule.REGISTER_OFFSET)));
            case ON_TIME -> FaultTrigger.after(Duration.ofNanos(slot.u64(Layouts.FaultRule.AFTER_NS)));
            default ->
                switch (slot.u32(Layouts.FaultRule.QUEUE)) {
                    case ANY_QUEUE -> FaultTrigger.any();
                    case IO_QUEUES -> FaultTrigger.io();
                    default -> FaultTrigger.queue(slot.u32(Layouts.FaultRule.QUEUE));
                };
        };
    }

    private static List<Fault> effects(Slot slot) {
        List<Fault> effects = new ArrayList<>();
        for (int bit = DELAY; bit <= DISCONNECT; bit <<= 1) {
            if ((slot.u32(Layouts.FaultRule.EFFECTS) & bit) != 0) {
                effects.add(effect(slot, bit));
            }
        }
        return effects;
    }

    private static Fault effect(Slot slot, int bit) {
        return switch (bit) {
            case DELAY ->
                Fault.delay(
                        Duration.ofNanos(slot.u64(Layouts.FaultRule.DELAY_MIN_NS)),
                        Duration.ofNanos(slot.u64(Layouts.FaultRule.DELAY_MAX_NS)));
            case DROP -> Fault.Plain.DROP;
            case STATUS -> {
                int status = slot.u32(Layouts.FaultRule.STATUS);
                yield new Fault.Status(
                        status >> 8 & 7,
                        status & 0xff,
                        (status & DNR) != 0,
                        (status & MORE) != 0,
                        slot.u32(Layouts.FaultRule.EXECUTED) != 0);
            }
            case CORRUPT -> {
                int at = slot.u32(Layouts.FaultRule.CORRUPT_AT);
                yield new Fault.Corrupt(
                        slot.u32(Layouts.FaultRule.CORRUPT_BITS),
                        at == -1 ? OptionalLong.empty() : OptionalLong.of(Integer.toUnsignedLong(at)));
            }
            case CID -> {
                int cid = slot.u32(Layouts.FaultRule.CID);
                yield new Fault.WrongCid(cid == -1 ? OptionalInt.empty() : OptionalInt.of(cid));
            }
            case DUPLICATE -> new Fault.Duplicate(slot.u32(Layouts.FaultRule.COPIES));
            case PHASE -> Fault.Plain.WRONG_PHASE;
            case SQID -> new Fault.WrongSqid(slot.u32(Layouts.FaultRule.SQID));
            case SQHD -> new Fault.WrongSqHead(slot.u32(Layouts.FaultRule.SQHD));
            case NO_INTERRUPT -> Fault.Plain.NO_INTERRUPT;
            case FATAL -> Fault.Plain.FATAL;
            case STALL -> new Fault.Stall(held(slot));
            case HANG -> new Fault.Hang(held(slot));
            case REMOVE -> new Fault.Remove(held(slot));
            case RESET -> Fault.Plain.RESET;
            case STUCK -> Fault.Plain.STUCK;
            case DROP_PDU -> Fault.Plain.DROP_PDU;
            case HEADER_DIGEST -> Fault.Plain.HEADER_DIGEST;
            case DATA_DIGEST -> Fault.Plain.DATA_DIGEST;
            case MALFORMED_PDU -> Fault.Plain.MALFORMED_PDU;
            case DISCONNECT -> Fault.Plain.DISCONNECT;
            default -> {
                int event = slot.u32(Layouts.FaultRule.EVENT);
                yield new Fault.Event(event & 7, event >> 8 & 0xff, event >> 16 & 0xff);
            }
        };
    }

    private static Optional<Duration> held(Slot slot) {
        long nanos = slot.u64(Layouts.FaultRule.HOLD_NS);
        return nanos == 0 ? Optional.empty() : Optional.of(Duration.ofNanos(nanos));
    }
}
