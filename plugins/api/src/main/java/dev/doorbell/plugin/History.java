package dev.doorbell.plugin;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The bytes that views read from one device, newest last, so that any view can say what a field was before. Keys are
 * free; the shared ones are {@code registers}, {@code pci}, {@code identify/<cns>/<nsid>}, {@code log/<lid>/<nsid>} and
 * {@code feature/<fid>/<nsid>}, numbers in decimal. Safe from any thread.
 */
public interface History {
    /** Keeps a reading and returns the one before it. Also tells the listeners {@link DeviceEvent.Refreshed}. */
    Optional<Reading> add(String key, byte[] bytes);

    /** The newest reading. */
    Optional<Reading> latest(String key);

    /** The one before the newest. */
    Optional<Reading> before(String key);

    /** All that are kept, oldest first, at most 32 a key. */
    List<Reading> all(String key);

    /**
     * Bytes at one moment.
     *
     * @param bytes not to be changed
     */
    record Reading(String key, Instant at, byte[] bytes) {}
}
