package dev.doorbell.plugin;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.ServiceLoader;
import org.pf4j.DefaultPluginManager;
import org.pf4j.PluginManager;
import org.pf4j.PluginWrapper;

/**
 * Finds contributions: those on the class path, and those of add-ons (jar or zip) in a folder. An add-on that cannot be
 * loaded is left out and told in {@link #failures}; it never keeps the program from starting.
 */
public final class PluginHost implements AutoCloseable {
    private final PluginManager manager;
    private final Path folder;
    private final ClassLoader own;
    private final List<String> failures = new ArrayList<>();

    private PluginHost(PluginManager manager, Path folder, ClassLoader own) {
        this.manager = manager;
        this.folder = folder;
        this.own = own;
    }

    /** @param folder where add-ons lie, usually {@code ~/.doorbell/plugins}; made if missing */
    public static PluginHost load(Path folder) {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot create the folder for add-ons " + folder, e);
        }
        var host = new PluginHost(new DefaultPluginManager(folder), folder, PluginHost.class.getClassLoader());
        host.start();
        return host;
    }

    private void start() {
        try {
            manager.loadPlugins();
            manager.startPlugins();
        } catch (RuntimeException e) {
            failures.add("Add-ons in " + folder + ": " + e.getMessage());
        }
        manager.getPlugins().stream()
                .filter(p -> p.getFailedException() != null)
                .forEach(p -> failures.add("Add-on " + p.getPluginId() + ": "
                        + p.getFailedException().getMessage()));
    }

    /** All contributions of a type: the class path's first, then each started add-on's. */
    public <T> List<T> contributions(Class<T> type) {
        var found = new LinkedHashMap<Class<?>, T>();
        collect(type, own, found);
        for (PluginWrapper plugin : manager.getStartedPlugins()) {
            collect(type, plugin.getPluginClassLoader(), found);
            manager.getExtensions(type, plugin.getPluginId()).forEach(e -> found.putIfAbsent(e.getClass(), e));
        }
        return List.copyOf(found.values());
    }

    private <T> void collect(Class<T> type, ClassLoader loader, LinkedHashMap<Class<?>, T> found) {
        ServiceLoader.load(type, loader).stream().forEach(provider -> {
            try {
                found.computeIfAbsent(provider.type(), key -> provider.get());
            } catch (java.util.ServiceConfigurationError e) {
                failures.add(e.getMessage());
            }
        });
    }

    /** Why add-ons are missing, one sentence each. */
    public List<String> failures() {
        return List.copyOf(failures);
    }

    @Override
    public void close() {
        manager.stopPlugins();
        manager.unloadPlugins();
    }
}
