package dev.doorbell.app.views.reading;

import dev.doorbell.plugin.DeviceSession.DeviceTask;
import dev.doorbell.spec.Decoded;
import java.util.List;
import java.util.function.Function;

/**
 * Something of a device that can be read and decoded.
 *
 * @param key where the readings are kept in the session's history
 * @param path what the Inspector says before the field: {@code ["Identify", "Controller"]}
 * @param read gets the bytes, on the session's thread
 * @param decode turns bytes into fields, on the JavaFX thread
 */
public record Source(String key, List<String> path, DeviceTask<byte[]> read, Function<byte[], Decoded> decode) {
    public Source {
        path = List.copyOf(path);
    }

    /** A file name without its extension: {@code identify-1-0}. */
    public String fileName() {
        return key.replace('/', '-');
    }
}
