package dev.doorbell.driver;

import dev.doorbell.driver.ffi.Library;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/** What only a simulated device can do: misbehave on order. Usable by any thread, while the device is in use. */
public final class Simulator {
    /**
     * A rule with its counters.
     *
     * @param rule as it is now, switched on or off
     * @param matched commands or events that met its conditions, of those that no earlier rule took
     * @param hits of these, those it was applied to
     */
    public record RuleState(FaultRule rule, long matched, long hits) {}

    /**
     * The plan in the simulator.
     *
     * @param seed of its random choices
     * @param on false: the whole plan is switched off
     * @param rules in order
     */
    public record FaultState(long seed, boolean on, List<RuleState> rules) {
        public FaultState {
            rules = List.copyOf(rules);
        }

        /** The plan, with the rules' switches as they are now. */
        public FaultPlan plan() {
            return new FaultPlan(seed, rules.stream().map(RuleState::rule).toList());
        }

        /** Whether something may go wrong: the plan is on, and so is a rule. */
        public boolean isActive() {
            return on && rules.stream().anyMatch(state -> state.rule().enabled());
        }

        /** Hits of all rules. */
        public long hits() {
            return rules.stream().mapToLong(RuleState::hits).sum();
        }
    }

    private static final int WHOLE_PLAN = -1;

    private final Device device;

    Simulator(Device device) {
        this.device = device;
    }

    /**
     * Puts a plan in force in place of the one before; {@link FaultPlan#none()} clears. Counters start at 0. What the earlier plan holds
     * (a stall, a hang, a removal, a change of CSTS that is stuck) ends.
     */
    public void faults(FaultPlan plan) {
        String text = plan.text();
        call((library, h) -> Rc.check(library.bell_sim_faults_set(h, text)));
    }

    /** The plan and its counters. */
    public FaultState faults() {
        long h = device.handle().acquire();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment seed = arena.allocate(ValueLayout.JAVA_LONG);
            MemorySegment on = arena.allocate(ValueLayout.JAVA_INT);
            MemorySegment rules = FaultRules.allocate(arena, FaultPlan.MAX_RULES);
            int count = Rc.check(Library.get()
                    .bell_sim_faults_get(h, seed.address(), on.address(), rules.address(), FaultPlan.MAX_RULES));
            List<RuleState> states = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                MemorySegment slot = FaultRules.slot(rules, i);
                states.add(new RuleState(FaultRules.rule(slot), FaultRules.matched(slot), FaultRules.hits(slot)));
            }
            return new FaultState(seed.get(ValueLayout.JAVA_LONG, 0), on.get(ValueLayout.JAVA_INT, 0) != 0, states);
        } finally {
            device.handle().release();
        }
    }

    /** Takes the plan away. */
    public void clearFaults() {
        faults(FaultPlan.none());
    }

    /** Switches the whole plan on or off. Counters stay; what its rules hold ends; rules on time start anew. */
    public void switchFaults(boolean on) {
        call((library, h) -> Rc.check(library.bell_sim_faults_switch(h, WHOLE_PLAN, on ? 1 : 0)));
    }

    /**
     * Switches a rule on or off, as {@link #switchFaults} does for all.
     *
     * @param index of the rule, from 0
     */
    public void switchRule(int index, boolean on) {
        if (index < 0) {
            throw new IllegalArgumentException("rule " + index + "; rules are numbered from 0");
        }
        call((library, h) -> Rc.check(library.bell_sim_faults_switch(h, index, on ? 1 : 0)));
    }

    private interface Call {
        void on(Library library, long handle);
    }

    private void call(Call call) {
        long h = device.handle().acquire();
        try {
            call.on(Library.get(), h);
        } finally {
            device.handle().release();
        }
    }
}
