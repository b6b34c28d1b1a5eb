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
    private static final double RIGHT_AXIS = 88;

    private final Runs runs;
    private final Texts texts;
    private final TimeFrame frame = new TimeFrame();
    private final TimeChart throughput;
    private final TimeChart latency;
    private final TimeChart temperature;
    private int marked;

    LiveCharts(TrafficDesk desk) {
        runs = desk.runs();
        texts = desk.texts();
        throughput = new TimeChart(frame, texts.get("chart.throughput"), Figures::si, LiveCharts::mebi)
                .withoutTimeLabels()
                .rightInMebibytes();
        latency = new TimeChart(frame, texts.get("chart.latency"), Figures::nanos).withoutTimeLabels();
        latency.logarithmicProperty().set(true);
        temperature = new TimeChart(frame, texts.get("chart.temperature"), LiveCharts::celsius).fitted();
        draw();
        List.of(throughput, latency, temperature).forEach(c -> c.alignAxes(LEFT_AXIS, RIGHT_AXIS));
        var scale = new Segmented<>(List.of(true, false), log -> texts.get(log ? "scale.log" : "scale.linear")).quiet();
        scale.setId("live-scale");
        scale.setMinWidth(USE_PREF_SIZE);
        scale.valueProperty()
                .addListener((o, was, is) -> latency.logarithmicProperty().set(Boolean.TRUE.equals(is)));
        latency.logarithmicProperty()
                .addListener((o, was, is) -> scale.valueProperty().set(is));
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

    private void draw() {
        var course = runs.course();
        throughput
                .add(TimeSeries.line(texts.get("chart.iops"), course.iops(), "series-1", Figures::si)
                        .withArea())
                .add(TimeSeries.line(
                                texts.get("chart.bandwidth"), course.bandwidth(), "series-2", LiveCharts::perSecond)
                        .onRight());
        latency.add(TimeSeries.line("p50", course.p50(), "series-1", Figures::nanos)
                        .withBandTo("p99"))
                .add(TimeSeries.line("p99", course.p99(), "series-1b", Figures::nanos))
                .add(TimeSeries.line("p99.9", course.p999(), "series-3", Figures::nanos))
                .add(TimeSeries.line("max", course.max(), "series-muted", Figures::nanos));
        temperature.add(
                TimeSeries.line(texts.get("chart.composite"), course.temperature(), "series-4", LiveCharts::celsius)
                        .inSteps());
    }

    private static String mebi(double mebibytes) {
        return Figures.bytes(mebibytes * (1 << 20));
    }

    private static String perSecond(double mebibytes) {
        return Figures.bytes(Math.rint(mebibytes * (1 << 20))) + "/s";
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
            List.of(throughput, latency, temperature).forEach(TimeChart::clear);
            draw();
        }
        for (; marked < marks.size(); marked++) {
            var mark = marks.get(marked);
            throughput.mark(mark.seconds(), mark.text());
            latency.mark(mark.seconds(), "");
            temperature.mark(mark.seconds(), "");
        }
    }
}
