package dev.doorbell.app.model;

import dev.doorbell.plugin.Memento;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Settings in one properties file, written a second after the last change and when closed. Safe from any thread. */
public final class Settings implements Memento, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Settings.class);

    private final Path file;
    private final TreeMap<String, String> values = new TreeMap<>();
    private final ScheduledExecutorService writer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("settings").daemon().factory());
    private Optional<ScheduledFuture<?>> pending = Optional.empty();

    private Settings(Path file) {
        this.file = file;
    }

    /** Reads {@code folder/settings.properties}; a file that cannot be read counts as empty and is told in the log. */
    public static Settings load(Path folder) {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot create the settings folder " + folder, e);
        }
        var settings = new Settings(folder.resolve("settings.properties"));
        settings.read();
        return settings;
    }

    private void read() {
        if (!Files.exists(file)) {
            return;
        }
        try (var reader = Files.newBufferedReader(file)) {
            var read = new Properties();
            read.load(reader);
            read.forEach((k, v) -> values.put(k.toString(), v.toString()));
        } catch (IOException | IllegalArgumentException e) {
            LOG.warn("Settings in {} cannot be read; starting with none: {}", file, e.getMessage());
        }
    }

    @Override
    public synchronized Optional<String> get(String key) {
        return Optional.ofNullable(values.get(key));
    }

    @Override
    public synchronized void put(String key, String value) {
        var before = value.isEmpty() ? values.remove(key) : values.put(key, value);
        if (!value.equals(before == null ? "" : before) && !writer.isShutdown()) {
            pending.ifPresent(p -> p.cancel(false));
            pending = Optional.of(writer.schedule(this::write, 1, TimeUnit.SECONDS));
        }
    }

    @Override
    public Memento section(String name) {
        return new Section(this, name + ".");
    }

    private void write() {
        var text = new StringBuilder("# Doorbell's settings; edit while it is not running\n");
        synchronized (this) {
            values.forEach((k, v) -> text.append(escape(k, true))
                    .append('=')
                    .append(escape(v, false))
                    .append('\n'));
        }
        try {
            var fresh = file.resolveSibling(file.getFileName() + ".new");
            Files.writeString(fresh, text, StandardCharsets.UTF_8);
            Files.move(fresh, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            LOG.warn("Settings cannot be written to {}: {}", file, e.getMessage());
        }
    }

    private static String escape(String text, boolean key) {
        var out = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                case ' ', '=', ':', '#', '!' ->
                    out.append(key || i == 0 ? "\\" : "").append(c);
                default -> out.append(c);
            }
        }
        return out.toString();
    }

    /** Writes what is pending. */
    @Override
    public void close() {
        writer.shutdownNow();
        write();
    }

    private record Section(Memento whole, String prefix) implements Memento {
        @Override
        public Optional<String> get(String key) {
            return whole.get(prefix + key);
        }

        @Override
        public void put(String key, String value) {
            whole.put(prefix + key, value);
        }

        @Override
        public Memento section(String name) {
            return new Section(whole, prefix + name + ".");
        }
    }
}
