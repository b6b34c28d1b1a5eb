package dev.doorbell.app.views.devices;

import dev.doorbell.app.controls.Icons;
import dev.doorbell.app.model.FxThread;
import dev.doorbell.driver.Binding;
import dev.doorbell.driver.DiscoveredDevice;
import dev.doorbell.driver.DoorbellException;
import dev.doorbell.driver.Elevation;
import dev.doorbell.plugin.Texts;
import dev.doorbell.plugin.Workbench;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import javafx.scene.control.Button;

/** Binds a function to vfio-pci or gives it back: shows what will be written, asks, and runs that as root. */
final class DeviceBinding {
    private static final Texts TEXTS = Texts.of(DeviceBinding.class);

    private final Workbench workbench;
    private final DeviceDetails details;
    private final Runnable rescan;

    /**
     * @param details where it asks and answers
     * @param rescan is called when something has changed
     */
    DeviceBinding(Workbench workbench, DeviceDetails details, Runnable rescan) {
        this.workbench = workbench;
        this.details = details;
        this.rescan = rescan;
    }

    void bind(DiscoveredDevice device) {
        ask(() -> new Binding().bind(device.place().function(), Elevation.callingUser()), "bind");
    }

    void unbind(DiscoveredDevice device) {
        ask(() -> new Binding().unbind(device.place().function()), "unbind");
    }

    private void ask(Callable<Binding.Plan> make, String what) {
        FxThread.hop(CompletableFuture.supplyAsync(() -> call(make))).whenComplete((plan, failure) -> {
            if (failure != null) {
                refuse(failure);
            } else if (plan.steps().isEmpty()) {
                workbench.say(plan.title());
                rescan.run();
            } else {
                question(plan, what);
            }
        });
    }

    private static <T> T call(Callable<T> make) {
        try {
            return make.call();
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private void question(Binding.Plan plan, String what) {
        var lines = plan.steps().stream().map(Binding.Step::command).collect(Collectors.joining("\n"));
        details.say(
                "attention",
                TEXTS.get("bind.question", plan.title()),
                lines,
                button(what + ".do", "mdi2c-check", "accent", "bind-do", () -> run(plan)),
                button("bind.cancel", "mdi2c-close", "outlined", "bind-cancel", rescan));
    }

    private void run(Binding.Plan plan) {
        var elevation = Elevation.available(false);
        if (elevation.isEmpty()) {
            refuse(Elevation.missing(plan));
            return;
        }
        details.say("muted", TEXTS.get("bind.running", plan.title()), "");
        workbench
                .jobs()
                .<Void>submit(plan.title(), monitor -> {
                    elevation.get().run(plan);
                    return null;
                })
                .result()
                .whenComplete((done, failure) -> {
                    if (failure == null) {
                        workbench.say(TEXTS.get("bind.done", plan.title()));
                        rescan.run();
                    } else {
                        refuse(failure);
                    }
                });
    }

    private void refuse(Throwable failure) {
        var cause = FxThread.cause(failure);
        var text = cause instanceof DoorbellException || cause.getMessage() != null
                ? cause.getMessage()
                : cause.getClass().getSimpleName();
        details.say("bad", text, "", button("bind.ok", "mdi2c-check", "outlined", "bind-ok", rescan));
    }

    static Button button(String key, String icon, String styleClass, String id, Runnable run) {
        var button = new Button(TEXTS.get(key), Icons.small(icon));
        button.setId(id);
        button.getStyleClass().addAll(styleClass, "small");
        button.setOnAction(e -> run.run());
        button.setMinWidth(Button.USE_PREF_SIZE);
        return button;
    }
}
