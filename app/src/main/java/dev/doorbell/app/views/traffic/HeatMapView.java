package dev.doorbell.app.views.traffic;

import dev.doorbell.app.controls.Figures;
import dev.doorbell.app.controls.Segmented;
import dev.doorbell.app.controls.chart.HeatMapChart;
import dev.doorbell.app.controls.chart.TimeFrame;
import dev.doorbell.app.views.traffic.LatencyCourse.Side;
import dev.doorbell.plugin.Texts;
import dev.doorbell.plugin.View;
import dev.doorbell.plugin.ViewContext;
import java.util.List;
import javafx.scene.Node;
import javafx.scene.control.Label;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.BorderPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;

/** Which latencies occurred when, over the same stretch of time as the live charts, and their figures. */
final class HeatMapView implements View {
    private static final int BEATS = 2;

    private final TrafficDesk desk;
    private final BorderPane root = new BorderPane();
    private final Segmented<Side> side;
    private final Label span = new Label();
    private final Label count = new Label();
    private final HeatMapChart chart;
    private final PercentileTable table;
    private TimeFrame.Span drawn = new TimeFrame.Span(0, 0);
    private int beat;

    HeatMapView(ViewContext context) {
        desk = TrafficDesk.of(context.workbench());
        Texts texts = desk.texts();
        side = new Segmented<>(List.of(Side.values()), s -> texts.get("side." + s)).quiet();
        chart = new HeatMapChart(
                desk.frame(), new HeatSource(() -> desk.course().latencies(), side::getValue));
        table = new PercentileTable("heat-map", texts);
        side.setId("heat-map-side");
        side.setMinWidth(Region.USE_PREF_SIZE);
        side.valueProperty().addListener(o -> redraw());
        span.setId("heat-map-span");
        span.getStyleClass().addAll("muted", "small");
        span.setMinWidth(0);
        span.setTooltip(new Tooltip(texts.get("heatmap.span.tip")));
        count.setId("heat-map-count");
        count.getStyleClass().addAll("muted", "small");
        count.setMinWidth(Region.USE_PREF_SIZE);
        count.setTooltip(new Tooltip(texts.get("histogram.count.tip")));
        var gap = new Region();
        HBox.setHgrow(gap, Priority.ALWAYS);
        var toolbar = new HBox(side, span, gap, count);
        toolbar.getStyleClass().add("view-toolbar");
        root.getStyleClass().addAll("view", "histogram-view", "heat-map-view");
        root.setTop(toolbar);
        chart.setId("heat-map");
        chart.setPrefHeight(300);
        chart.setMinHeight(160);
        var both = new VBox(chart, table);
        VBox.setVgrow(chart, Priority.SOMETIMES);
        VBox.setVgrow(table, Priority.ALWAYS);
        root.setCenter(both);
        context.onPulse(this::beat);
        context.watch(desk.runs().current(), r -> redraw());
        context.watch(desk.runs().focus(), f -> redraw());
    }

    private void beat() {
        var now = desk.frame().shown();
        if (beat++ % BEATS == 0 && !Double.isNaN(now.to()) && !now.equals(drawn)) {
            figures(now);
        }
    }

    private void redraw() {
        chart.update();
        var now = desk.frame().shown();
        if (!Double.isNaN(now.to())) {
            figures(now);
        }
    }

    private void figures(TimeFrame.Span now) {
        drawn = now;
        var latencies = desk.course().latencies().between(now.from(), now.to());
        table.show(latencies);
        var who = desk.runs().focus().get().map(WorkerTrack::name);
        var ios = Figures.si(latencies.of(side.getValue()).count());
        count.setText(who.map(w -> desk.texts().get("histogram.worker", w, ios))
                .orElse(desk.texts().get("histogram.count", ios)));
        span.setText(desk.texts().get("heatmap.span", LiveView.length(now.seconds())));
    }

    @Override
    public Node node() {
        return root;
    }

    @Override
    public void shown() {
        redraw();
    }
}
