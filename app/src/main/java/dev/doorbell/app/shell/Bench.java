package dev.doorbell.app.shell;

import dev.doorbell.app.model.ActionRegistry;
import dev.doorbell.app.model.JobService;
import dev.doorbell.app.model.ProblemList;
import dev.doorbell.app.model.PulseClock;
import dev.doorbell.app.model.Sessions;
import dev.doorbell.app.model.Settings;
import dev.doorbell.plugin.ActionContribution;
import dev.doorbell.plugin.Actions;
import dev.doorbell.plugin.CatalogueContribution;
import dev.doorbell.plugin.DeviceSession;
import dev.doorbell.plugin.Memento;
import dev.doorbell.plugin.Navigation;
import dev.doorbell.plugin.PluginHost;
import dev.doorbell.plugin.Problem;
import dev.doorbell.plugin.Pulse;
import dev.doorbell.plugin.Selection;
import dev.doorbell.plugin.ViewContribution;
import dev.doorbell.plugin.Workbench;
import dev.doorbell.spec.Catalogue;
import java.io.InputStream;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import javafx.beans.property.ObjectProperty;
import javafx.beans.property.SimpleObjectProperty;
import javafx.beans.property.SimpleStringProperty;
import javafx.beans.property.StringProperty;
import javafx.beans.value.ObservableValue;
import javafx.collections.ObservableList;

/** What views and actions call the workbench: the services, put together. The window comes on top of it. */
final class Bench implements Workbench, AutoCloseable {
    private final Options options;
    private final Settings settings;
    private final ProblemList problems = new ProblemList();
    private final JobService jobs = new JobService(problems);
    private final Sessions sessions;
    private final PulseClock pulse = new PulseClock(problems);
    private final ActionRegistry actions = new ActionRegistry();
    private final ObjectProperty<Selection> selection = new SimpleObjectProperty<>();
    private final StringProperty remark = new SimpleStringProperty("");
    private final Map<Class<?>, Object> shared = new HashMap<>();
    private final PluginHost plugins;
    private final CompletableFuture<Catalogue> catalogue;
    private final Theme theme;
    private final Views views;
    private final Places places;

    Bench(Options options) {
        this.options = options;
        settings = Settings.load(options.home());
        sessions = new Sessions(jobs, problems, settings);
        plugins = PluginHost.load(options.home().resolve("plugins"));
        // Reading the files takes longer than showing the window.
        catalogue = CompletableFuture.supplyAsync(() -> catalogue(plugins));
        var look = settings.section("theme");
        theme = new Theme(look, options.dark().orElse(look.getBoolean("dark", true)));
        views = new Views(this, plugins.contributions(ViewContribution.class));
        places = new Places(this, views, theme);
        plugins.contributions(ActionContribution.class)
                .forEach(c -> c.actions(this).forEach(actions::add));
        plugins.failures().forEach(text -> problems.add(Problem.warning("", text)));
    }

    private Catalogue catalogue(PluginHost host) {
        var result = Catalogue.standard();
        for (var contribution : host.contributions(CatalogueContribution.class)) {
            try {
                result = result.plus(contribution.files().toArray(InputStream[]::new));
            } catch (RuntimeException e) {
                problems.add(Problem.error("", "An add-on's catalogue is left out: " + e.getMessage(), e));
            }
        }
        return result;
    }

    Options options() {
        return options;
    }

    Theme theme() {
        return theme;
    }

    Views views() {
        return views;
    }

    Places places() {
        return places;
    }

    /** The latest remark, for the window to show. */
    StringProperty remark() {
        return remark;
    }

    @Override
    public ObjectProperty<DeviceSession> device() {
        return sessions.current();
    }

    @Override
    public ObservableList<DeviceSession> sessions() {
        return sessions.all();
    }

    @Override
    public CompletableFuture<DeviceSession> open(String address) {
        return sessions.open(address);
    }

    @Override
    public CompletableFuture<Void> close(DeviceSession session) {
        return sessions.close(session);
    }

    @Override
    public Catalogue catalogue() {
        return catalogue.join();
    }

    @Override
    public ObjectProperty<Selection> selection() {
        return selection;
    }

    @Override
    public JobService jobs() {
        return jobs;
    }

    @Override
    public ProblemList problems() {
        return problems;
    }

    @Override
    public Actions actions() {
        return actions;
    }

    @Override
    public Navigation navigation() {
        return places;
    }

    @Override
    public Memento settings() {
        return settings;
    }

    @Override
    public ObservableValue<Boolean> dark() {
        return theme.dark();
    }

    @Override
    public Pulse pulse() {
        return pulse;
    }

    @Override
    public void say(String message) {
        // The same remark twice is news twice.
        remark.set("");
        remark.set(message);
    }

    @Override
    public <T> T shared(Class<T> type, Function<Workbench, T> make) {
        // Not computeIfAbsent: making one may ask for another.
        Object known = shared.get(type);
        if (known == null) {
            known = make.apply(this);
            shared.put(type, known);
        }
        return type.cast(known);
    }

    /** Saves and disposes of the views; the slow rest is {@link #closeDevices}. */
    @Override
    public void close() {
        List.copyOf(views.open()).forEach(open -> {
            open.save();
            open.dispose();
        });
        pulse.close();
        settings.close();
        plugins.close();
    }

    /** Cancels jobs and closes all devices; not on the JavaFX thread. */
    void closeDevices() {
        jobs.close();
        sessions.closeAll();
    }
}
