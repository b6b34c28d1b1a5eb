package dev.doorbell.driver;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A fault plan of a simulated SSD: rules in order. Of those that match a command, the first that applies decides. The text form is the
 * one of the device address option {@code faults=}, and is described in {@code docs/simulator.md}.
 *
 * @param seed of the random choices: the same seed and the same commands, the same faults
 * @param rules at most 64
 */
public record FaultPlan(long seed, List<FaultRule> rules) {
    /** The text is no fault plan, or a rule makes no sense. The message names the rule and the word. */
    public static final class FormatException extends DoorbellException {
        FormatException(String message) {
            super(message);
        }
    }

    /** Most rules in a plan. */
    public static final int MAX_RULES = 64;

    private static final FaultPlan NONE = new FaultPlan(1, List.of());

    public FaultPlan {
        rules = List.copyOf(rules);
        if (rules.size() > MAX_RULES) {
            throw new FormatException("faults: " + rules.size() + " rules; a plan has at most " + MAX_RULES);
        }
    }

    /** No faults. */
    public static FaultPlan none() {
        return NONE;
    }

    /** These rules, with seed 1. */
    public static FaultPlan of(FaultRule... rules) {
        return new FaultPlan(1, Arrays.asList(rules));
    }

    /**
     * Reads the text form.
     *
     * @throws FormatException if it has an error; the message names the rule and the word
     */
    public static FaultPlan parse(String text) {
        return FaultRules.parse(text);
    }

    /** The same rules with another seed. */
    public FaultPlan withSeed(long seed) {
        return new FaultPlan(seed, rules);
    }

    /** With one rule more, behind the others. */
    public FaultPlan with(FaultRule rule) {
        List<FaultRule> more = new ArrayList<>(rules);
        more.add(rule);
        return new FaultPlan(seed, more);
    }

    /** Whether there are no rules. */
    public boolean isEmpty() {
        return rules.isEmpty();
    }

    /** The text form, one rule a line; {@link #parse} reads it back. */
    public String text() {
        return FaultRules.print(seed, rules.stream().map(FaultRule::fields).toList());
    }

    @Override
    public String toString() {
        return text();
    }
}
