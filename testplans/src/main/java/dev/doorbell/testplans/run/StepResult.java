package dev.doorbell.testplans.run;

import java.util.Optional;

/**
 * A step that was run.
 *
 * @param path its number, {@code 3}, or {@code 3.2} inside a group, {@code 3[7].2} in the eighth repetition
 * @param title what it did
 * @param expected what should have come, in words; empty: success only
 * @param got what came, in words
 * @param finding what is wrong, in one sentence; empty when nothing is
 * @param difference where data differs, when data was compared
 * @param source {@code file:line} in the plan
 */
public record StepResult(
        String path,
        String title,
        State state,
        String expected,
        String got,
        String finding,
        long durationNanos,
        Optional<Difference> difference,
        String source) {}
