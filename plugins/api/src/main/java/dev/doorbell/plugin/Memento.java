package dev.doorbell.plugin;

import java.util.Optional;

/** Named values that survive the program's end. Written to disk some moments after a change, and at the end. */
public interface Memento {
    Optional<String> get(String key);

    /** An empty value removes the key. */
    void put(String key, String value);

    /** The values below {@code name + "."}, as a view of its own. */
    Memento section(String name);

    default int getInt(String key, int otherwise) {
        try {
            return get(key).map(Integer::parseInt).orElse(otherwise);
        } catch (NumberFormatException e) {
            return otherwise;
        }
    }

    default double getDouble(String key, double otherwise) {
        try {
            return get(key).map(Double::parseDouble).orElse(otherwise);
        } catch (NumberFormatException e) {
            return otherwise;
        }
    }

    default boolean getBoolean(String key, boolean otherwise) {
        return get(key).map(Boolean::parseBoolean).orElse(otherwise);
    }

    default String get(String key, String otherwise) {
        return get(key).orElse(otherwise);
    }

    default void put(String key, int value) {
        put(key, Integer.toString(value));
    }

    default void put(String key, double value) {
        put(key, Double.toString(value));
    }

    default void put(String key, boolean value) {
        put(key, Boolean.toString(value));
    }
}
