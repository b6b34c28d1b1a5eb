package dev.doorbell.testplans.run;

import java.util.OptionalLong;
import java.util.Set;

/**
 * How to run a plan.
 *
 * @param seed for pseudo-random data; absent: the plan's, or a new one
 * @param include full ids of cases or ids of groups; empty: all
 * @param stopOnFailure ends the run after the first bad case; the rest is skipped
 */
public record RunOptions(OptionalLong seed, Set<String> include, boolean stopOnFailure) {
    public RunOptions {
        include = Set.copyOf(include);
    }

    /** All cases, the plan's seed, and on after failures. */
    public static RunOptions defaults() {
        return new RunOptions(OptionalLong.empty(), Set.of(), false);
    }

    public RunOptions seed(long value) {
        return new RunOptions(OptionalLong.of(value), include, stopOnFailure);
    }

    public RunOptions include(Set<String> ids) {
        return new RunOptions(seed, ids, stopOnFailure);
    }

    public RunOptions stopOnFailure(boolean stop) {
        return new RunOptions(seed, include, stop);
    }
}
