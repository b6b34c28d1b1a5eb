package dev.doorbell.app.views.traffic;

import dev.doorbell.app.controls.Figures;
import dev.doorbell.app.controls.Segmented;
import dev.doorbell.app.controls.chart.HistogramChart;
import dev.doorbell.driver.IoWorker.Sample;
import dev.doorbell.driver.LatencyHistogram;
import dev.doorbell.plugin.Texts;
import dev.doorbell.plugin.View;
import dev.doorbell.plugin.ViewContext;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import javafx.collections.FXCollections;
import javafx.geometry.HPos;
import javafx.scene.Node;
import javafx.scene.control.ComboBox;
import javafx.scene.control.Label;
import javafx.scene.control.ScrollPane;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.BorderPane;
import javafx.scene.layout.ColumnConstraints;
import javafx.scene.layout.GridPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;
import javafx.util.StringConverter;

/** How latencies are spread: bars, percentile marks and a table, for reads, writes or both. */
final class HistogramView implements View {
    private static final int BEATS = 2;
    private static final int WHOLE = 0;

    /** Which I/Os count. */
    private enum Side {
        BOTH,
        READ,
        WRITE
    }

    private record Figure(String name, ToDoubleFunction<LatencyHistogram> of) {
        static Figure percentile(double p) {
            return new Figure(
                    "p" + (p == Math.rint(p) ? Long.toString((long) p) : Double.toString(p)),
                    h -> h.percentileNanos(p));
        }
    }

    private static final List<Figure> FIGURES = List.of(
            new Figure("min", LatencyHistogram::minNanos),
            new Figure("mean", LatencyHistogram::meanNanos),
            Figure.percentile(50),
            Figure.percentile(90),
            Figure.percentile(99),
            Figure.percentile(99.9),
            Figure.percentile(99.99),
            Figure.percentile(99.999),
            new Figure("max", LatencyHistogram::maxNanos));
    private static final List<Figure> MARKED =
            List.of(Figure.percentile(50), Figure.percentile(99), Figure.percentile(99.9), Figure.percentile(99.99));

    private final TrafficDesk desk;
    private final Texts texts;
    private final BorderPane root = new BorderPane();
    private final ComboBox<Integer> span = new ComboBox<>(FXCollections.observableArrayList(WHOLE, 60, 10));
    private final Segmented<Side> side;
    private final Label count = new Label();
    private final HistogramChart chart = new HistogramChart();
    private final List<Label> reads = new ArrayList<>();
    private final List<Label> writes = new ArrayList<>();
    private Sample shown = Totals.NOTHING;
    private int beat;

    HistogramView(ViewContext context) {
        desk = TrafficDesk.of(context.workbench());
        texts = desk.texts();
        side = new Segmented<>(List.of(Side.values()), s -> texts.get("side." + s)).quiet();
        root.getStyleClass().addAll("view", "histogram-view");
        root.setTop(toolbar());
        var table = new ScrollPane(table());
        table.setFitToWidth(true);
        table.setHbarPolicy(ScrollPane.ScrollBarPolicy.NEVER);
        table.getStyleClass().add("percentiles-scroll");
        chart.setPrefHeight(260);
        chart.setMinHeight(140);
        var both = new VBox(chart, table);
        VBox.setVgrow(chart, Priority.SOMETIMES);
        VBox.setVgrow(table, Priority.ALWAYS);
        root.setCenter(both);
        context.onPulse(this::beat);
        context.watch(desk.runs().current(), r -> update());
        context.watch(desk.runs().focus(), f -> {
            span.setDisable(f.isPresent());
            update();
        });
    }

    private HBox toolbar() {
        span.setId("histogram-span");
        span.getStyleClass().add("small");
        span.setConverter(new StringConverter<>() {
            @Override
            public String toString(Integer seconds) {
                return seconds == null ? "" : texts.get("span." + seconds);
            }

            @Override
            public Integer fromString(String text) {
                throw new UnsupportedOperationException("chosen, not typed");
            }
        });
        span.setValue(WHOLE);
        span.valueProperty().addListener(o -> update());
        side.setId("histogram-side");
        side.setMinWidth(Region.USE_PREF_SIZE);
        span.setMinWidth(Region.USE_PREF_SIZE);
        side.valueProperty().addListener(o -> draw());
        count.setId("histogram-count");
        count.getStyleClass().addAll("muted", "small");
        count.setMinWidth(Region.USE_PREF_SIZE);
        count.setTooltip(new Tooltip(texts.get("histogram.count.tip")));
        var gap = new Region();
        HBox.setHgrow(gap, Priority.ALWAYS);
        var toolbar = new HBox(span, side, gap, count);
        toolbar.getStyleClass().add("view-toolbar");
        return toolbar;
    }

    private GridPane table() {
        var grid = new GridPane();
        grid.getStyleClass().add("percentiles");
        for (int i = 0; i < 3; i++) {
            var column = new ColumnConstraints();
            column.setPercentWidth(100.0 / 3);
            column.setHalignment(i == 0 ? HPos.LEFT : HPos.RIGHT);
            grid.getColumnConstraints().add(column);
        }
        grid.addRow(0, head("percentile"), head("side.READ"), head("side.WRITE"));
        grid.getChildren().subList(1, 3).forEach(n -> n.getStyleClass().add("figure"));
        for (int i = 0; i < FIGURES.size(); i++) {
            var name = new Label(FIGURES.get(i).name());
            name.getStyleClass().addAll("mono", "muted");
            reads.add(figure("histogram-read-" + FIGURES.get(i).name()));
            writes.add(figure("histogram-write-" + FIGURES.get(i).name()));
            grid.addRow(i + 1, name, reads.get(i), writes.get(i));
        }
        grid.getChildren().forEach(n -> ((Label) n).setMaxWidth(Double.MAX_VALUE));
        return grid;
    }

    private Label head(String key) {
        var label = new Label(texts.get(key));
        label.getStyleClass().addAll("muted", "small", "head");
        return label;
    }

    private static Label figure(String id) {
        var label = new Label("–");
        label.setId(id);
        label.getStyleClass().addAll("mono", "figure");
        return label;
    }

    private void beat() {
        if (beat++ % BEATS == 0) {
            update();
        }
    }

    private void update() {
        var run = desk.runs().current().get();
        var focus = desk.runs().focus().get();
        int seconds = span.getValue();
        var sample = focus.map(w -> w.stat().sample())
                .or(() -> run.map(r -> seconds == WHOLE ? r.sum().sample() : r.recent(seconds)))
                .orElse(Totals.NOTHING);
        if (sample != shown) {
            shown = sample;
            draw();
        }
    }

    private void draw() {
        var histogram = switch (side.valueProperty().get()) {
            case BOTH -> shown.all();
            case READ -> shown.reads();
            case WRITE -> shown.writes();
        };
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
        fill(reads, shown.reads());
        fill(writes, shown.writes());
    }

    private static void fill(List<Label> labels, LatencyHistogram histogram) {
        for (int i = 0; i < labels.size(); i++) {
            labels.get(i)
                    .setText(
                            histogram.count() == 0
                                    ? "–"
                                    : Figures.nanos(FIGURES.get(i).of().applyAsDouble(histogram)));
        }
    }

    @Override
    public Node node() {
        return root;
    }
}
