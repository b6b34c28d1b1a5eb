package dev.doorbell.app.views.traffic;

import dev.doorbell.app.controls.Figures;
import dev.doorbell.app.controls.Segmented;
import dev.doorbell.app.controls.chart.HistogramChart;
import dev.doorbell.app.controls.chart.TimeFrame;
import dev.doorbell.app.views.traffic.LatencyCourse.Side;
import dev.doorbell.app.views.traffic.PercentileTable.Figure;
import dev.doorbell.plugin.Memento;
import dev.doorbell.plugin.Texts;
import dev.doorbell.plugin.View;
import dev.doorbell.plugin.ViewContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javafx.collections.FXCollections;
import javafx.scene.Node;
import javafx.scene.control.ComboBox;
import javafx.scene.control.Label;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.BorderPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;

/** How latencies are spread: bars, percentile marks and a table, for reads, writes or both; of a run, or of the stretch of time in sight. */
final class HistogramView implements View {
    private static final int BEATS = 2;

    /** Which I/Os count. */
    private enum Extent {
        RUN,
        SHOWN,
        MINUTE,
        TEN
    }

    private static final List<Figure> MARKED =
            List.of(Figure.percentile(50), Figure.percentile(99), Figure.percentile(99.9), Figure.percentile(99.99));

    /** What a picture is made from; another one is only made when this differs. */
    private record Basis(Object sample, Extent extent, Optional<TimeFrame.Span> span) {}

    private final TrafficDesk desk;
    private final Texts texts;
    private final BorderPane root = new BorderPane();
    private final ComboBox<Extent> extent = new ComboBox<>(FXCollections.observableArrayList(Extent.values()));
    private final Segmented<Side> side;
    private final Label count = new Label();
    private final HistogramChart chart = new HistogramChart();
    private final PercentileTable table;
    private Basis basis = new Basis(Latencies.NONE, Extent.RUN, Optional.empty());
    private Latencies shown = Latencies.NONE;
    private int beat;

    HistogramView(ViewContext context) {
        desk = TrafficDesk.of(context.workbench());
        texts = desk.texts();
        side = new Segmented<>(List.of(Side.values()), s -> texts.get("side." + s)).quiet();
        table = new PercentileTable("histogram", texts);
        root.getStyleClass().addAll("view", "histogram-view");
        root.setTop(toolbar());
        chart.setPrefHeight(260);
        chart.setMinHeight(140);
        var both = new VBox(chart, table);
        VBox.setVgrow(chart, Priority.SOMETIMES);
        VBox.setVgrow(table, Priority.ALWAYS);
        root.setCenter(both);
        context.onPulse(this::beat);
        context.watch(desk.runs().current(), r -> update());
        context.watch(desk.runs().focus(), f -> update());
    }

    private HBox toolbar() {
        extent.setId("histogram-span");
        extent.getStyleClass().add("small");
        extent.setConverter(new Shown<>(e -> texts.get("span." + e)));
        extent.setValue(Extent.RUN);
        extent.setMinWidth(Region.USE_PREF_SIZE);
        extent.valueProperty().addListener(o -> update());
        side.setId("histogram-side");
        side.setMinWidth(Region.USE_PREF_SIZE);
        side.valueProperty().addListener(o -> draw());
        count.setId("histogram-count");
        count.getStyleClass().addAll("muted", "small");
        count.setMinWidth(Region.USE_PREF_SIZE);
        count.setTooltip(new Tooltip(texts.get("histogram.count.tip")));
        var gap = new Region();
        HBox.setHgrow(gap, Priority.ALWAYS);
        var toolbar = new HBox(extent, side, gap, count);
        toolbar.getStyleClass().add("view-toolbar");
        return toolbar;
    }

    private void beat() {
        if (beat++ % BEATS == 0) {
            update();
        }
    }

    private void update() {
        var run = desk.runs().current().get();
        var stat = desk.runs().focus().get().map(WorkerTrack::stat).or(() -> run.map(TrafficRun::sum));
        if (stat.isEmpty()) {
            become(new Basis(Latencies.NONE, extent.getValue(), Optional.empty()), Latencies.NONE);
            return;
        }
        var sample = stat.get().sample();
        var span = span(extent.getValue());
        var now = new Basis(sample, extent.getValue(), span);
        if (!now.equals(basis)) {
            become(
                    now,
                    span.map(s -> desk.course().latencies().between(s.from(), s.to()))
                            .orElseGet(() -> new Latencies(sample.reads(), sample.writes())));
        }
    }

    /** The stretch of time that counts; empty: the run. */
    private Optional<TimeFrame.Span> span(Extent chosen) {
        double end = desk.course().iops().lastTime();
        return switch (chosen) {
            case RUN -> Optional.empty();
            case SHOWN -> Optional.of(desk.frame().shown()).filter(s -> !Double.isNaN(s.to()));
            case MINUTE -> Optional.of(new TimeFrame.Span(end - 60, end));
            case TEN -> Optional.of(new TimeFrame.Span(end - 10, end));
        };
    }

    private void become(Basis now, Latencies latencies) {
        basis = now;
        shown = latencies;
        draw();
    }

    private void draw() {
        var histogram = shown.of(side.getValue());
        List<HistogramChart.Bucket> buckets = new ArrayList<>();
        histogram.forEachBucket((from, to, n) -> buckets.add(new HistogramChart.Bucket(from, to, n)));
        var marks = histogram.count() == 0
                ? List.<HistogramChart.Percentile>of()
                : MARKED.stream()
                        .map(f -> new HistogramChart.Percentile(f.name(), f.of().applyAsDouble(histogram)))
                        .toList();
        chart.show(buckets, marks);
        var who = desk.runs().focus().get().map(WorkerTrack::name);
        var ios = Figures.si(histogram.count());
        count.setText(who.map(w -> texts.get("histogram.worker", w, ios)).orElse(texts.get("histogram.count", ios)));
        table.show(shown);
    }

    @Override
    public Node node() {
        return root;
    }

    @Override
    public void save(Memento memento) {
        memento.put("extent", extent.getValue().name());
    }

    @Override
    public void restore(Memento memento) {
        var kept = memento.get("extent", "");
        for (Extent each : Extent.values()) {
            if (each.name().equals(kept)) {
                extent.setValue(each);
            }
        }
    }
}
