package dev.doorbell.testplans.plan;

import java.util.Optional;

/** The names that a {@link Value} may use: parameters, saved values and facts of the device. */
@FunctionalInterface
public interface Scope {
    /** A scope without names, for values that are plain text or numbers. */
    Scope EMPTY = name -> Optional.empty();

    /** The text that the name stands for, or empty when it stands for nothing here. */
    Optional<String> lookup(String name);

    /** Names of this scope first, then those of the outer one. */
    default Scope within(Scope outer) {
        return name -> lookup(name).or(() -> outer.lookup(name));
    }
}
