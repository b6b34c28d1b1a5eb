package dev.doorbell.app.model;

import dev.doorbell.plugin.History;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Keeps the last readings of each key. */
final class ReadingHistory implements History {
    private static final int MOST = 32;

    private final Map<String, ArrayList<Reading>> readings = new HashMap<>();
    private final Consumer<String> onAdded;

    ReadingHistory(Consumer<String> onAdded) {
        this.onAdded = onAdded;
    }

    @Override
    public Optional<Reading> add(String key, byte[] bytes) {
        Optional<Reading> before;
        synchronized (this) {
            var list = readings.computeIfAbsent(key, k -> new ArrayList<>());
            before = list.isEmpty() ? Optional.empty() : Optional.of(list.getLast());
            list.add(new Reading(key, Instant.now(), bytes.clone()));
            if (list.size() > MOST) {
                list.removeFirst();
            }
        }
        onAdded.accept(key);
        return before;
    }

    @Override
    public synchronized Optional<Reading> latest(String key) {
        return nth(key, 1);
    }

    @Override
    public synchronized Optional<Reading> before(String key) {
        return nth(key, 2);
    }

    private Optional<Reading> nth(String key, int fromEnd) {
        var list = readings.getOrDefault(key, new ArrayList<>());
        return list.size() < fromEnd ? Optional.empty() : Optional.of(list.get(list.size() - fromEnd));
    }

    @Override
    public synchronized List<Reading> all(String key) {
        return List.copyOf(readings.getOrDefault(key, new ArrayList<>()));
    }
}
