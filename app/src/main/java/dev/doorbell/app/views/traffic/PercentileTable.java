package dev.doorbell.app.views.traffic;

import dev.doorbell.app.controls.Figures;
import dev.doorbell.driver.LatencyHistogram;
import dev.doorbell.plugin.Texts;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import javafx.geometry.HPos;
import javafx.scene.control.Label;
import javafx.scene.control.ScrollPane;
import javafx.scene.layout.ColumnConstraints;
import javafx.scene.layout.GridPane;

/** Latency figures of reads and of writes side by side. */
final class PercentileTable extends ScrollPane {
    /** A figure with its name. */
    record Figure(String name, ToDoubleFunction<LatencyHistogram> of) {
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

    private final String id;
    private final List<Label> reads = new ArrayList<>();
    private final List<Label> writes = new ArrayList<>();

    /** @param id with which those of its figures begin */
    PercentileTable(String id, Texts texts) {
        this.id = id;
        var grid = new GridPane();
        grid.getStyleClass().add("percentiles");
        for (int i = 0; i < 3; i++) {
            var column = new ColumnConstraints();
            column.setPercentWidth(100.0 / 3);
            column.setHalignment(i == 0 ? HPos.LEFT : HPos.RIGHT);
            grid.getColumnConstraints().add(column);
        }
        grid.addRow(0, head(texts.get("percentile")), head(texts.get("side.READ")), head(texts.get("side.WRITE")));
        grid.getChildren().subList(1, 3).forEach(n -> n.getStyleClass().add("figure"));
        for (int i = 0; i < FIGURES.size(); i++) {
            var name = new Label(FIGURES.get(i).name());
            name.getStyleClass().addAll("mono", "muted");
            reads.add(figure("-read-" + FIGURES.get(i).name()));
            writes.add(figure("-write-" + FIGURES.get(i).name()));
            grid.addRow(i + 1, name, reads.get(i), writes.get(i));
        }
        grid.getChildren().forEach(n -> ((Label) n).setMaxWidth(Double.MAX_VALUE));
        setContent(grid);
        setFitToWidth(true);
        setHbarPolicy(ScrollBarPolicy.NEVER);
        getStyleClass().add("percentiles-scroll");
    }

    private static Label head(String text) {
        var label = new Label(text);
        label.getStyleClass().addAll("muted", "small", "head");
        return label;
    }

    private Label figure(String name) {
        var label = new Label("–");
        label.setId(id + name);
        label.getStyleClass().addAll("mono", "figure");
        return label;
    }

    void show(Latencies latencies) {
        fill(reads, latencies.reads());
        fill(writes, latencies.writes());
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
}
