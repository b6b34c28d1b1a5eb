package dev.doorbell.app.views.traffic;

import dev.doorbell.app.controls.Banner;
import dev.doorbell.app.controls.Chip;
import dev.doorbell.app.controls.EmptyState;
import dev.doorbell.app.controls.FittingRow;
import dev.doorbell.app.controls.Icons;
import dev.doorbell.app.controls.Segmented;
import dev.doorbell.app.controls.Tone;
import dev.doorbell.plugin.Memento;
import dev.doorbell.plugin.Texts;
import dev.doorbell.plugin.View;
import dev.doorbell.plugin.ViewContext;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import javafx.collections.ListChangeListener;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.MenuButton;
import javafx.scene.control.MenuItem;
import javafx.scene.control.ToggleButton;
import javafx.scene.control.Tooltip;
import javafx.scene.input.KeyEvent;
import javafx.scene.layout.BorderPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.StackPane;
import javafx.scene.layout.VBox;

/** The course of throughput, latency and temperature, as it happens. */
final class LiveView implements View {
    private final ViewContext context;
    private final TrafficDesk desk;
    private final Texts texts;
    private final BorderPane root = new BorderPane();
    private final LiveCharts charts;
    private final Chip state = new Chip("", Tone.NEUTRAL);
    private final ToggleButton pause;
    private final Button stop;
    private final Segmented<Double> window;
    private final MenuButton export;
    private final WhoBox who;
    private final Button back;
    private final VBox notice = new VBox();
    private final StackPane stage = new StackPane();
    private final EmptyState empty;
    private boolean drawnEnd;

    LiveView(ViewContext context) {
        this.context = context;
        desk = TrafficDesk.of(context.workbench());
        texts = desk.texts();
        charts = new LiveCharts(desk);
        pause = new ToggleButton(texts.get("pause"), Icons.small("mdi2p-pause"));
        stop = new Button(texts.get("stop"), Icons.small("mdi2s-stop"));
        window = new Segmented<>(
                        List.of(10.0, 60.0, 600.0, Double.POSITIVE_INFINITY), w -> texts.get("window." + seconds(w)))
                .quiet();
        export = new MenuButton(null, Icons.of("mdi2e-export-variant"));
        who = new WhoBox(desk);
        back = new Button(texts.get("live"), Icons.small("mdi2f-fast-forward"));
        empty = new EmptyState("mdi2c-chart-line", texts.get("live.empty")).action(texts.get("start"), desk::start);
        empty.setId("live-empty");
        root.getStyleClass().addAll("view", "live-view");
        root.setTop(new VBox(toolbar(), notice));
        stage.getChildren().addAll(charts, empty);
        root.setCenter(stage);
        root.addEventFilter(KeyEvent.KEY_PRESSED, e -> {
            if (WorkloadView.START.match(e)) {
                desk.start();
                e.consume();
            }
        });
        context.watch(desk.runs().current(), this::follow);
        context.watch(desk.runs().focus(), f -> who());
        context.watch(
                desk.facts(),
                f -> charts.warning(f.map(DeviceFacts::warningCelsius).orElse(Double.NaN)));
        context.watch(desk.refusal(), this::refuse);
        context.onPulse(this::beat);
        desk.runs().marks().addListener((ListChangeListener<Mark>) c -> charts.marks());
        charts.marks();
    }

    private static String seconds(double window) {
        return Double.isInfinite(window) ? "all" : Long.toString((long) window);
    }

    private HBox toolbar() {
        state.setId("live-state");
        state.setMinWidth(Region.USE_PREF_SIZE);
        pause.setId("live-pause");
        pause.getStyleClass().addAll("tool-button", "small");
        pause.setTooltip(new Tooltip(texts.get("pause.tip")));
        pause.selectedProperty().bindBidirectional(desk.frame().pausedProperty());
        back.setId("live-back");
        back.getStyleClass().addAll("small", "accent-text");
        back.setTooltip(new Tooltip(texts.get("live.tip")));
        back.setMinWidth(Region.USE_PREF_SIZE);
        back.setOnAction(e -> desk.frame().live());
        back.visibleProperty().bind(desk.frame().pausedProperty());
        back.managedProperty().bind(back.visibleProperty());
        who.setId("live-who");
        who.chosen().addListener(o -> who());
        stop.setId("live-stop");
        stop.getStyleClass().addAll("outlined", "small", "danger-text");
        stop.setOnAction(e -> desk.runs().stop(texts.get("end.stopped")));
        stop.setMinWidth(Region.USE_PREF_SIZE);
        window.setId("live-window");
        window.setMinWidth(Region.USE_PREF_SIZE);
        pause.setMinWidth(Region.USE_PREF_SIZE);
        window.valueProperty().set(60.0);
        window.valueProperty().addListener((o, was, is) -> {
            desk.frame().windowProperty().set(is);
            charts.advance(desk.runs().now(), desk.runs().isRunning());
        });
        desk.frame()
                .windowProperty()
                .addListener((o, was, is) -> window.valueProperty().set(is.doubleValue()));
        var gap = new Region();
        HBox.setHgrow(gap, Priority.ALWAYS);
        export.setId("live-export");
        export.getStyleClass().add("icon-button");
        export.setTooltip(new Tooltip(texts.get("export")));
        var png = new MenuItem(texts.get("export.png"), Icons.small("mdi2c-camera-outline"));
        png.setOnAction(e -> TrafficExport.picture(context.workbench(), texts, charts));
        var svg = new MenuItem(texts.get("export.svg"), Icons.small("mdi2v-vector-line"));
        svg.setOnAction(e -> TrafficExport.drawing(context.workbench(), texts, charts));
        var csv = new MenuItem(texts.get("export.csv"), Icons.small("mdi2f-file-delimited-outline"));
        csv.setOnAction(e -> TrafficExport.course(
                context.workbench(),
                texts,
                charts,
                desk.runs().courses(),
                desk.frame().shown()));
        export.getItems().setAll(png, svg, csv);
        var separator = new Region();
        separator.getStyleClass().add("toolbar-separator");
        var toolbar = new FittingRow(state, pause, back, stop, separator, window, gap, who, export)
                .optional(separator, back, who);
        toolbar.getStyleClass().add("view-toolbar");
        return toolbar;
    }

    private void follow(Optional<TrafficRun> run) {
        boolean any = run.isPresent() || !desk.runs().marks().isEmpty();
        empty.setVisible(!any);
        charts.setVisible(any);
        drawnEnd = false;
        run.ifPresent(r -> context.watch(r.state(), s -> {
            drawnEnd = false;
            show(r);
        }));
        if (run.isEmpty()) {
            stop.setDisable(true);
            state.say(texts.get("state.idle"), Tone.NEUTRAL);
        }
    }

    /** Draws who was chosen. */
    private void who() {
        who.update();
        charts.show(who.chosen().get() == WhoBox.EACH, desk.course());
    }

    private void refuse(String reason) {
        notice.getChildren().clear();
        if (!reason.isEmpty()) {
            notice.getChildren().add(Banner.error(texts.get("refused"), reason));
        }
    }

    private void beat() {
        var run = desk.runs().current().get();
        if (run.isEmpty()) {
            return;
        }
        boolean over = run.get().isOver();
        who();
        if (!over || !drawnEnd) {
            charts.advance(desk.runs().now(), !over);
            drawnEnd = over;
            show(run.get());
        }
    }

    private void show(TrafficRun run) {
        var now = run.state().get();
        stop.setDisable(now.over() || now == TrafficRun.State.STOPPING);
        var time = clock(run.elapsed());
        state.say(
                texts.get("state." + now, time, run.outcome()),
                switch (now) {
                    case RUNNING -> Tone.GOOD;
                    case STARTING -> Tone.ACCENT;
                    case STOPPING -> Tone.ATTENTION;
                    case ENDED -> Tone.NEUTRAL;
                    case FAILED -> Tone.BAD;
                });
    }

    static String clock(Duration time) {
        long s = time.toSeconds();
        return s < 3600
                ? "%02d:%02d".formatted(s / 60, s % 60)
                : "%d:%02d:%02d".formatted(s / 3600, s / 60 % 60, s % 60);
    }

    /** A stretch of time: {@code 12.5 s}, {@code 03:20}. */
    static String length(double seconds) {
        return seconds < 120
                ? String.format(Locale.ROOT, seconds < 10 ? "%.1f s" : "%.0f s", seconds)
                : clock(Duration.ofSeconds(Math.round(seconds)));
    }

    @Override
    public Node node() {
        return root;
    }

    @Override
    public void shown() {
        drawnEnd = false;
    }

    @Override
    public void save(Memento memento) {
        memento.put("window", seconds(desk.frame().windowProperty().get()));
        memento.put("log", charts.logarithmic().get());
    }

    @Override
    public void restore(Memento memento) {
        var kept = memento.get("window", "60");
        window.valueProperty().set(kept.equals("all") ? Double.POSITIVE_INFINITY : memento.getInt("window", 60));
        charts.logarithmic().set(memento.getBoolean("log", true));
    }
}
