package dev.doorbell.app.shell;

import dev.doorbell.driver.DoorbellException;
import dev.doorbell.plugin.Action;
import dev.doorbell.plugin.DeviceEvent;
import dev.doorbell.plugin.DeviceSession;
import dev.doorbell.plugin.Perspective;
import dev.doorbell.plugin.Texts;
import dev.doorbell.plugin.View;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import javafx.beans.binding.Bindings;
import javafx.beans.binding.BooleanBinding;
import javafx.beans.value.ObservableValue;
import javafx.stage.Stage;

/** The shell's own actions. */
final class StandardActions {
    private static final Texts TEXTS = Texts.of(StandardActions.class);

    private final Bench bench;
    private final Stage stage;
    private final Runnable search;

    private StandardActions(Bench bench, Stage stage, Runnable search) {
        this.bench = bench;
        this.stage = stage;
        this.search = search;
    }

    static void register(Bench bench, Stage stage, Runnable search) {
        var actions = new StandardActions(bench, stage, search);
        actions.file();
        actions.device();
        actions.work();
        actions.view();
        actions.window();
        actions.help();
    }

    private void add(Action action) {
        bench.actions().add(action);
    }

    private static Action action(String id, Runnable handler) {
        return Action.of(id, TEXTS.get("action." + id), handler);
    }

    private static BooleanBinding is(ObservableValue<Boolean> value) {
        return Bindings.createBooleanBinding(() -> Boolean.TRUE.equals(value.getValue()), value);
    }

    private BooleanBinding deviceOpen() {
        return bench.device().isNotNull();
    }

    private BooleanBinding exists(String viewId) {
        boolean there = bench.views().kind(viewId).isPresent();
        return Bindings.createBooleanBinding(() -> there);
    }

    private void onDevice(Consumer<DeviceSession> work) {
        Optional.ofNullable(bench.device().get()).ifPresent(work);
    }

    private void file() {
        add(action("file.exit", stage::close)
                .icon("mdi2e-exit-to-app")
                .menu("file", 900)
                .shortcut("Shortcut+Q"));
    }

    private void device() {
        add(action("device.open.sim", () -> bench.open("sim:").exceptionally(e -> null))
                .icon("mdi2m-memory")
                .menu("device", 100)
                .keywords("simulated ssd sim"));
        add(action("device.add", () -> bench.places().open("devices", "add"))
                .icon("mdi2p-plus")
                .menu("device", 110)
                .keywords("open address pcie tcp qemu vfio")
                .enabledWhen(exists("devices")));
        add(action("device.close", () -> onDevice(d -> bench.close(d).exceptionally(e -> null)))
                .icon("mdi2c-close")
                .menu("device", 120)
                .enabledWhen(deviceOpen()));
        add(action("device.shield", () -> onDevice(d -> d.shield().set(!d.shielded())))
                .icon("mdi2s-shield-outline")
                .menu("device", 200)
                .keywords("write protect allow")
                .enabledWhen(deviceOpen()));
        add(action("device.reset", () -> onDevice(this::reset))
                .icon("mdi2r-restart")
                .menu("device", 210)
                .keywords("controller CC.EN")
                .enabledWhen(deviceOpen()));
        add(action("device.rescan", () -> bench.places().open("devices", "rescan"))
                .icon("mdi2m-magnify-scan")
                .menu("device", 300)
                .keywords("discover find")
                .enabledWhen(exists("devices")));
    }

    private void reset(DeviceSession device) {
        if (device.shielded()) {
            bench.say(TEXTS.get("shield.refuses", device.name()));
            return;
        }
        bench.jobs().<Boolean>submit(device, TEXTS.get("job.reset", device.name()), (controller, monitor) -> {
            try {
                controller.reset();
            } catch (DoorbellException e) {
                device.fire(new DeviceEvent.Reset());
                throw e;
            }
            device.fire(new DeviceEvent.Reset());
            return true;
        });
    }

    private void work() {
        add(action("command.open", () -> bench.places().open("command"))
                .icon("mdi2s-send")
                .menu("command", 100)
                .enabledWhen(deviceOpen().and(exists("command"))));
        add(action("command.log", () -> bench.places().open("cmdlog"))
                .icon("mdi2f-format-list-bulleted")
                .menu("command", 110)
                .enabledWhen(exists("cmdlog")));
        add(action("run.workers", () -> bench.places().open("workload"))
                .icon("mdi2p-play-outline")
                .menu("run", 100)
                .keywords("workload traffic io")
                .enabledWhen(deviceOpen().and(exists("workload"))));
        add(action("run.plan", () -> bench.places().open("plans"))
                .icon("mdi2p-playlist-check")
                .menu("run", 110)
                .keywords("test")
                .enabledWhen(exists("plans")));
        add(action("run.jobs", () -> bench.places().open("jobs"))
                .icon("mdi2p-progress-clock")
                .menu("run", 200));
    }

    private void view() {
        add(action("view.refresh", () -> bench.places().refreshable().ifPresent(View::refresh))
                .icon("mdi2r-refresh")
                .menu("view", 100)
                .shortcut("F5")
                .enabledWhen(deviceOpen()));
        add(action("view.find", () -> bench.places().find())
                .icon("mdi2f-filter-variant")
                .menu("view", 110)
                .shortcut("Shortcut+F"));
        add(action("view.back", bench.places()::back)
                .icon("mdi2a-arrow-left")
                .menu("view", 200)
                .shortcut("Alt+Left")
                .enabledWhen(is(bench.places().canGoBack())));
        add(action("view.forward", bench.places()::forward)
                .icon("mdi2a-arrow-right")
                .menu("view", 210)
                .shortcut("Alt+Right")
                .enabledWhen(is(bench.places().canGoForward())));
        int order = 300;
        for (var kind : bench.views().kinds()) {
            add(Action.of(
                            "view.open." + kind.id(),
                            kind.title(),
                            () -> bench.places().open(kind.id()))
                    .icon(kind.icon())
                    .keywords(kind.keywords())
                    .menu("view", order++));
        }
        for (int n = 1; n <= 9; n++) {
            int index = n - 1;
            add(Action.of(
                            "view.nth." + n,
                            TEXTS.get("action.view.nth", n),
                            () -> bench.places().openNth(index))
                    .shortcut("Shortcut+" + n));
        }
    }

    private void window() {
        int order = 100;
        for (var perspective : Perspective.values()) {
            var name = perspective.name().toLowerCase(Locale.ROOT);
            add(action("window." + name, () -> bench.places().show(perspective))
                    .icon(perspective.icon())
                    .menu("window", order++)
                    .keywords("perspective layout")
                    .shortcut("Alt+" + (perspective.ordinal() + 1)));
        }
        add(action("window.reset", bench.places()::reset)
                .icon("mdi2b-backup-restore")
                .menu("window", 150)
                .keywords("layout default"));
        add(action("window.detach", bench.places()::detachActive)
                .icon("mdi2o-open-in-new")
                .menu("window", 200)
                .keywords("undock float"));
        add(action("window.close", bench.places()::closeActive)
                .icon("mdi2c-close")
                .menu("window", 210)
                .shortcut("Shortcut+W"));
        add(action("window.theme", () -> bench.theme().toggle())
                .icon("mdi2t-theme-light-dark")
                .menu("window", 300)
                .keywords("dark light"));
    }

    private void help() {
        add(action("help.search", search)
                .icon("mdi2m-magnify")
                .menu("help", 100)
                .shortcut("Shortcut+Shift+P"));
        add(action("help.welcome", () -> bench.places().open("welcome"))
                .icon("mdi2b-bell-ring-outline")
                .menu("help", 110)
                .enabledWhen(exists("welcome")));
    }
}
