package dev.doorbell.app.shell;

import dev.doorbell.app.controls.Figures;
import dev.doorbell.app.controls.Icons;
import dev.doorbell.driver.Simulator;
import dev.doorbell.plugin.DeviceSession;
import dev.doorbell.plugin.Job;
import dev.doorbell.plugin.Texts;
import dev.doorbell.plugin.Vitals;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import javafx.beans.binding.Bindings;
import javafx.beans.value.ObservableValue;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.ProgressBar;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;

/** The bottom line: how the device is, what runs, and the theme. */
final class StatusStrip extends HBox {
    private static final Texts TEXTS = Texts.of(StatusStrip.class);

    private final Bench bench;

    StatusStrip(Bench bench) {
        this.bench = bench;
        getStyleClass().add("status-strip");
        var gap = new Region();
        HBox.setHgrow(gap, Priority.ALWAYS);
        getChildren().addAll(state(), faults(), temperature());
        getChildren()
                .addAll(
                        figure("status-iops", "status.iops.tip", v -> Figures.si(v.iops()) + " IOPS"),
                        figure(
                                "status-bandwidth",
                                "status.bandwidth.tip",
                                v -> Figures.bytes(v.bytesPerSecond()) + "/s"),
                        figure(
                                "status-outstanding",
                                "status.outstanding.tip",
                                v -> TEXTS.get("status.outstanding", v.outstanding())));
        getChildren().addAll(gap, job(), theme());
    }

    private Node state() {
        var label = new Label("", new StateDot(bench.device()));
        label.setId("status-state");
        label.setMinWidth(USE_PREF_SIZE);
        ObservableValue<DeviceSession.State> state = bench.device().flatMap(DeviceSession::state);
        // A mapped value tells of changes only as long as somebody asks it, so these ask the mapped values themselves.
        label.textProperty()
                .bind(Bindings.createStringBinding(
                        () -> state.getValue() == null || bench.device().get() == null
                                ? TEXTS.get("status.none")
                                : bench.device().get().name() + " "
                                        + TEXTS.get("state."
                                                + state.getValue().name().toLowerCase(Locale.ROOT)),
                        bench.device(),
                        state));
        return label;
    }

    /** Says that the device misbehaves on order, lest somebody takes it for a finding. */
    private Node faults() {
        ObservableValue<Optional<Simulator.FaultState>> plan = bench.device().flatMap(DeviceSession::faults);
        var button = new Button("", Icons.small("mdi2b-bug"));
        button.setId("status-faults");
        button.getStyleClass().addAll("status-button", "attention");
        button.setMinWidth(USE_PREF_SIZE);
        button.setTooltip(new Tooltip(TEXTS.get("status.faults.tip")));
        button.setOnAction(e -> bench.navigation().open("faults"));
        button.textProperty()
                .bind(plan.map(p -> p.map(state -> TEXTS.get("status.faults", Figures.count(state.hits())))
                                .orElse(""))
                        .orElse(""));
        button.visibleProperty()
                .bind(plan.map(p -> p.map(Simulator.FaultState::isActive).orElse(false))
                        .orElse(false));
        button.managedProperty().bind(button.visibleProperty());
        return button;
    }

    private ObservableValue<Vitals> vitals() {
        return bench.device().flatMap(DeviceSession::vitals);
    }

    private Node temperature() {
        var label = new Label("", Icons.small("mdi2t-thermometer"));
        label.setId("status-temperature");
        label.getStyleClass().add("mono");
        label.setMinWidth(USE_PREF_SIZE);
        label.textProperty()
                .bind(vitals().map(v -> v.temperatureCelsius().isPresent()
                                ? v.temperatureCelsius().getAsInt() + " °C"
                                : "")
                        .orElse(""));
        label.visibleProperty().bind(label.textProperty().isNotEmpty());
        label.managedProperty().bind(label.visibleProperty());
        label.setTooltip(new Tooltip(TEXTS.get("status.temperature.tip")));
        return label;
    }

    private Node figure(String id, String tip, java.util.function.Function<Vitals, String> text) {
        var label = new Label();
        label.setId(id);
        label.getStyleClass().add("mono");
        label.setMinWidth(USE_PREF_SIZE);
        label.textProperty().bind(vitals().map(text).orElse(""));
        label.visibleProperty().bind(bench.device().isNotNull());
        label.managedProperty().bind(label.visibleProperty());
        label.setTooltip(new Tooltip(TEXTS.get(tip)));
        return label;
    }

    private Node job() {
        var job = bench.jobs().foremost();
        var bar = new ProgressBar();
        bar.progressProperty().bind(job.flatMap(Job::progress).orElse(0.0).map(Double::doubleValue));
        var amount = new Label();
        amount.getStyleClass().add("mono");
        amount.setMinWidth(USE_PREF_SIZE);
        ObservableValue<Double> progress = job.flatMap(Job::progress);
        amount.textProperty()
                .bind(Bindings.createStringBinding(() -> amount(job.getValue(), progress.getValue()), job, progress));
        var name = new Label("", Icons.small("mdi2c-cog-outline"));
        name.setMinWidth(0);
        name.textProperty()
                .bind(Bindings.createStringBinding(
                        () -> job.getValue() == null
                                ? TEXTS.get("status.nojobs")
                                : bench.jobs().running().getValue() > 1
                                        ? TEXTS.get(
                                                "status.morejobs",
                                                job.getValue().name(),
                                                bench.jobs().running().getValue() - 1)
                                        : job.getValue().name(),
                        job,
                        bench.jobs().running()));
        ObservableValue<Boolean> busy = job.map(j -> true).orElse(false);
        for (var node : new Node[] {bar, amount}) {
            node.visibleProperty().bind(busy);
            node.managedProperty().bind(busy);
        }
        var row = new HBox(name, bar, amount);
        row.getStyleClass().add("row");
        var button = new Button("", row);
        button.setId("status-job");
        button.getStyleClass().add("status-button");
        button.setOnAction(e -> bench.actions().run("run.jobs"));
        button.setTooltip(new Tooltip(TEXTS.get("status.jobs.tip")));
        return button;
    }

    private static String amount(Job<?> job, Double progress) {
        if (job == null || progress == null || progress < 0) {
            return "";
        }
        var percent = Math.round(progress * 100) + " %";
        return job.left()
                .map(left -> percent + " " + TEXTS.get("status.left", clock(left)))
                .orElse(percent);
    }

    static String clock(Duration time) {
        return time.toHours() > 0
                ? String.format(Locale.ROOT, "%d:%02d:%02d", time.toHours(), time.toMinutesPart(), time.toSecondsPart())
                : String.format(Locale.ROOT, "%02d:%02d", time.toMinutes(), time.toSecondsPart());
    }

    private Node theme() {
        var button = new Button();
        button.setId("theme");
        button.getStyleClass().add("status-button");
        button.setMinWidth(USE_PREF_SIZE);
        bench.theme().dark().subscribe(dark -> {
            button.setText(TEXTS.get(dark ? "theme.dark" : "theme.light"));
            button.setGraphic(Icons.small(dark ? "mdi2w-weather-night" : "mdi2w-white-balance-sunny"));
        });
        button.setTooltip(new Tooltip(TEXTS.get("theme.tip")));
        button.setOnAction(e -> bench.actions().run("window.theme"));
        return button;
    }
}
