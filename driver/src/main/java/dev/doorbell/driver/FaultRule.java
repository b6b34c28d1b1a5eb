package dev.doorbell.driver;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * One rule of a {@link FaultPlan}: when this happens, then do that.
 *
 * <pre>{@code
 * FaultRule.on(io()).opcode(0x02).lba(1000, 1999).every(3).then(status(2, 0x81).dnr())
 * }</pre>
 *
 * A rule that makes no sense cannot be made: {@link FaultPlan.FormatException} says why.
 *
 * @param enabled false: it is part of the plan, but switched off
 * @param trigger what it waits for
 * @param opcode of the command, 0 .. 255; empty: any
 * @param nsid of the command; empty: any
 * @param dwords further conditions on the SQE, at most 4, all of which must hold
 * @param lbas the command touches one of these blocks; empty: whatever it touches
 * @param skip of what matches, the first so many are left alone
 * @param every of the rest each so-manieth is hit, 1: all
 * @param times at most so many are hit; 0: no limit
 * @param chance probability of a hit, in 1e-9; 1 000 000 000: always
 * @param effects what goes wrong, at least one
 */
public record FaultRule(
        boolean enabled,
        FaultTrigger trigger,
        OptionalInt opcode,
        OptionalInt nsid,
        List<Dword> dwords,
        Optional<Lbas> lbas,
        long skip,
        long every,
        long times,
        int chance,
        List<Fault> effects) {
    /** {@link #chance} of a rule that always hits. */
    public static final int ALWAYS = 1_000_000_000;

    /**
     * A condition on a dword of the SQE: {@code (dword & mask) == value}.
     *
     * @param index 0 .. 15
     * @param value bits outside the mask are 0
     * @param mask bits that count
     */
    public record Dword(int index, int value, int mask) {}

    /**
     * Logical blocks.
     *
     * @param first first block
     * @param last last block, included
     */
    public record Lbas(long first, long last) {}

    public FaultRule {
        dwords = List.copyOf(dwords);
        effects = List.copyOf(effects);
        every = Math.max(1, every);
        FaultRules.check(new Fields(enabled, trigger, opcode, nsid, dwords, lbas, skip, every, times, chance, effects));
    }

    /** The components of a rule that is not yet checked. */
    record Fields(
            boolean enabled,
            FaultTrigger trigger,
            OptionalInt opcode,
            OptionalInt nsid,
            List<Dword> dwords,
            Optional<Lbas> lbas,
            long skip,
            long every,
            long times,
            int chance,
            List<Fault> effects) {}

    Fields fields() {
        return new Fields(enabled, trigger, opcode, nsid, dwords, lbas, skip, every, times, chance, effects);
    }

    /** Begins a rule. */
    public static Builder on(FaultTrigger trigger) {
        return new Builder(trigger);
    }

    /**
     * Reads one rule in the plan's text form.
     *
     * @throws FaultPlan.FormatException if the text is not exactly one rule
     */
    public static FaultRule parse(String text) {
        List<FaultRule> rules = FaultPlan.parse(text).rules();
        if (rules.size() != 1) {
            throw new FaultPlan.FormatException("\"" + text + "\" is " + rules.size()
                    + " rules; one is needed, such as io opcode=read then delay=5ms");
        }
        return rules.getFirst();
    }

    /** The same rule switched on or off. */
    public FaultRule withEnabled(boolean on) {
        return new FaultRule(on, trigger, opcode, nsid, dwords, lbas, skip, every, times, chance, effects);
    }

    /** The text form; {@link #parse} reads it back. */
    public String text() {
        return FaultRules.print(1, List.of(fields()));
    }

    @Override
    public String toString() {
        return text();
    }

    /** A rule whose effects are not yet said. */
    public static final class Builder {
        private final FaultTrigger trigger;
        private OptionalInt opcode = OptionalInt.empty();
        private OptionalInt nsid = OptionalInt.empty();
        private final List<Dword> dwords = new ArrayList<>();
        private Optional<Lbas> lbas = Optional.empty();
        private long skip;
        private long every = 1;
        private long times;
        private int chance = ALWAYS;

        private Builder(FaultTrigger trigger) {
            this.trigger = trigger;
        }

        /** Commands with this opcode, 0 .. 255. */
        public Builder opcode(int value) {
            opcode = OptionalInt.of(value);
            return this;
        }

        /** Commands on this namespace. */
        public Builder nsid(int value) {
            nsid = OptionalInt.of(value);
            return this;
        }

        /** Commands whose dword 0 .. 15 has this value. */
        public Builder dword(int index, int value) {
            return dword(index, value, -1);
        }

        /** Commands whose dword 0 .. 15 has this value in the bits of the mask. */
        public Builder dword(int index, int value, int mask) {
            dwords.add(new Dword(index, value, mask));
            return this;
        }

        /** I/O commands that touch a block of {@code first .. last}. */
        public Builder lba(long first, long last) {
            lbas = Optional.of(new Lbas(first, last));
            return this;
        }

        /** Leaves the first so many alone. */
        public Builder skip(long count) {
            skip = count;
            return this;
        }

        /** Hits each so-manieth. */
        public Builder every(long count) {
            every = count;
            return this;
        }

        /** Hits at most so many. */
        public Builder times(long count) {
            times = count;
            return this;
        }

        /** Hits with this probability, above 0 up to 100 percent. */
        public Builder chance(double percent) {
            chance = (int) Math.round(percent * (ALWAYS / 100.0));
            return this;
        }

        /**
         * What is to happen.
         *
         * @throws FaultPlan.FormatException if conditions and effects do not go together
         */
        public FaultRule then(Fault... effects) {
            return new FaultRule(
                    true, trigger, opcode, nsid, dwords, lbas, skip, every, times, chance, Arrays.asList(effects));
        }
    }
}
