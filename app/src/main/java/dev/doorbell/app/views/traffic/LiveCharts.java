package dev.doorbell.app.views.traffic;

import dev.doorbell.app.controls.Figures;
import dev.doorbell.app.controls.Segmented;
import dev.doorbell.app.controls.chart.CursorStrip;
import dev.doorbell.app.controls.chart.TimeChart;
import dev.doorbell.app.controls.chart.TimeFrame;
import dev.doorbell.app.controls.chart.TimeSeries;
import dev.doorbell.plugin.Texts;
import java.util.List;
import java.util.Locale;
import javafx.beans.property.BooleanProperty;
import javafx.scene.layout.Priority;
import javafx.scene.layout.VBox;

/** Three charts below each other with one time axis and one cursor, whose values stand in a strip above. */
final class LiveCharts extends VBox {
    private static final double LEFT_AXIS = 72;
    private static final double RIGHT_AXIS = 72;

    private final Runs runs;
    private final TimeFrame frame = new TimeFrame();
    private final TimeChart throughput;
    private final TimeChart latency;
    private final TimeChart temperature;
    private int marked;

    LiveCharts(TrafficDesk desk) {
        runs = desk.runs();
        Texts texts = desk.texts();
        var course = runs.course();
        throughput = new TimeChart(frame, texts.get("chart.throughput"), Figures::si, LiveCharts::perSecond)
                .add(TimeSeries.line(texts.get("chart.iops"), course.iops(), "series-1", Figures::si)
                        .withArea())
                .add(TimeSeries.line(
                                texts.get("chart.bandwidth"), course.bandwidth(), "series-2", LiveCharts::perSecond)
                        .onRight())
                .alignAxes(LEFT_AXIS, RIGHT_AXIS)
                .withoutTimeLabels();
        latency = new TimeChart(frame, texts.get("chart.latency"), Figures::nanos)
                .add(TimeSeries.line("max", course.max(), "series-muted", Figures::nanos))
                .add(TimeSeries.line("p99.9", course.p999(), "series-3", Figures::nanos))
                .add(TimeSeries.line("p99", course.p99(), "series-1b", Figures::nanos))
                .add(TimeSeries.line("p50", course.p50(), "series-1", Figures::nanos)
                        .withBandTo("p99"))
                .alignAxes(LEFT_AXIS, RIGHT_AXIS)
                .withoutTimeLabels();
        latency.logarithmicProperty().set(true);
        temperature = new TimeChart(frame, texts.get("chart.temperature"), LiveCharts::celsius)
                .add(TimeSeries.line(
                                texts.get("chart.composite"), course.temperature(), "series-4", LiveCharts::celsius)
                        .inSteps())
                .alignAxes(LEFT_AXIS, RIGHT_AXIS)
                .fitted();
        var scale = new Segmented<>(List.of(true, false), log -> texts.get(log ? "scale.log" : "scale.linear")).quiet();
        scale.setId("live-scale");
        scale.valueProperty().bindBidirectional(logarithmicObject());
        latency.legend().getChildren().add(scale);
        var strip = new CursorStrip(frame, List.of(throughput, latency, temperature));
        setId("live-charts");
        getStyleClass().add("live-charts");
        getChildren().addAll(strip, throughput, latency, temperature);
        throughput.setPrefHeight(210);
        latency.setPrefHeight(250);
        temperature.setPrefHeight(110);
        temperature.setMinHeight(88);
        VBox.setVgrow(throughput, Priority.SOMETIMES);
        VBox.setVgrow(latency, Priority.SOMETIMES);
    }

    private javafx.beans.property.Property<Boolean> logarithmicObject() {
        return latency.logarithmicProperty().asObject();
    }

    private static String perSecond(double bytes) {
        return Figures.bytes(bytes) + "/s";
    }

    private static String celsius(double degrees) {
        return String.format(Locale.ROOT, "%.0f °C", degrees);
    }

    TimeFrame frame() {
        return frame;
    }

    BooleanProperty logarithmic() {
        return latency.logarithmicProperty();
    }

    /** Draws up to now; after the end of a run the picture stands still by itself. */
    void advance(double now, boolean running) {
        double first = runs.course().iops().firstTime();
        if (!Double.isNaN(first)) {
            frame.since(first);
        }
        var marks = runs.marks();
        double end = running || marks.isEmpty() ? now : marks.getLast().seconds();
        frame.advance(end);
    }

    /** Shows the marks that are new. */
    void marks() {
        var marks = runs.marks();
        if (marks.size() < marked) {
            marked = 0;
        }
        for (; marked < marks.size(); marked++) {
            var mark = marks.get(marked);
            throughput.mark(mark.seconds(), mark.text());
            latency.mark(mark.seconds(), "");
            temperature.mark(mark.seconds(), "");
        }
    }
}
