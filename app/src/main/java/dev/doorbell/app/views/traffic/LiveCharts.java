package dev.doorbell.app.views.traffic;

import dev.doorbell.app.controls.Figures;
import dev.doorbell.app.controls.Segmented;
import dev.doorbell.app.controls.chart.CursorStrip;
import dev.doorbell.app.controls.chart.Svg;
import dev.doorbell.app.controls.chart.TimeChart;
import dev.doorbell.app.controls.chart.TimeFrame;
import dev.doorbell.app.controls.chart.TimeSeries;
import dev.doorbell.app.controls.chart.Trace;
import dev.doorbell.plugin.Texts;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import javafx.beans.property.BooleanProperty;
import javafx.scene.input.KeyEvent;
import javafx.scene.layout.Priority;
import javafx.scene.layout.VBox;

/** Three charts below each other with one time axis and one cursor, whose values stand in a strip above. */
final class LiveCharts extends VBox {
    private static final double LEFT_AXIS = 72;
    private static final double RIGHT_AXIS = 72;
    private static final double ZOOM = 1.5;
    private static final int COLOURS = 8;

    /** Which latency of each worker is drawn. */
    private enum Rank {
        P50(Course::p50),
        P99(Course::p99),
        P999(Course::p999),
        MAX(Course::max);

        private final Function<Course, Trace> trace;

        Rank(Function<Course, Trace> trace) {
            this.trace = trace;
        }
    }

    private final TrafficDesk desk;
    private final Runs runs;
    private final Texts texts;
    private final TimeFrame frame;
    private final TimeChart throughput;
    private final TimeChart latency;
    private final TimeChart temperature;
    private final Segmented<Rank> rank;
    private boolean each;
    private int workers;
    private Course drawn;
    private int marked;

    LiveCharts(TrafficDesk desk) {
        this.desk = desk;
        runs = desk.runs();
        texts = desk.texts();
        frame = desk.frame();
        drawn = runs.course();
        throughput = new TimeChart(frame, texts.get("chart.throughput"), Figures::si, LiveCharts::mebi)
                .withoutTimeLabels()
                .rightInMebibytes();
        latency = new TimeChart(frame, texts.get("chart.latency"), Figures::nanos)
                .withoutTimeLabels()
                .withNames();
        latency.logarithmicProperty().set(true);
        temperature = new TimeChart(frame, texts.get("chart.temperature"), LiveCharts::celsius).fitted();
        rank = new Segmented<>(List.of(Rank.values()), r -> texts.get("rank." + r)).quiet();
        rank.setId("live-rank");
        rank.valueProperty().set(Rank.P99);
        rank.valueProperty().addListener(o -> draw());
        draw();
        List.of(throughput, latency, temperature).forEach(c -> c.alignAxes(LEFT_AXIS, RIGHT_AXIS));
        var scale = new Segmented<>(List.of(true, false), log -> texts.get(log ? "scale.log" : "scale.linear")).quiet();
        scale.setId("live-scale");
        scale.valueProperty()
                .addListener((o, was, is) -> latency.logarithmicProperty().set(Boolean.TRUE.equals(is)));
        latency.logarithmicProperty()
                .addListener((o, was, is) -> scale.valueProperty().set(is));
        for (var choice : List.of(rank, scale)) {
            choice.setMinWidth(USE_PREF_SIZE);
            latency.legend().getChildren().add(choice);
        }
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
        setFocusTraversable(true);
        setOnMousePressed(e -> requestFocus());
        setOnKeyPressed(this::key);
    }

    private void key(KeyEvent e) {
        var shown = frame.shown();
        double cursor = frame.cursorProperty().get();
        double about = Double.isNaN(cursor) ? (shown.from() + shown.to()) / 2 : cursor;
        switch (e.getCode()) {
            case PLUS, ADD, EQUALS -> frame.zoom(1 / ZOOM, about);
            case MINUS, SUBTRACT -> frame.zoom(ZOOM, about);
            case LEFT -> frame.pan(-shown.seconds() / 10);
            case RIGHT -> frame.pan(shown.seconds() / 10);
            case END, ESCAPE -> frame.live();
            case SPACE -> frame.pausedProperty().set(!frame.pausedProperty().get());
            default -> {
                return;
            }
        }
        e.consume();
    }

    /** Draws each worker by itself, or {@code course}. */
    void show(boolean eachWorker, Course course) {
        int now = runs.courses().each().size();
        if (eachWorker != each || drawn != course || each && workers != now) {
            each = eachWorker;
            drawn = course;
            draw();
        }
    }

    private void draw() {
        rank.setVisible(each);
        rank.setManaged(each);
        if (each) {
            eachWorker();
        } else {
            together();
        }
        temperature.replace(List.of(TimeSeries.line(
                        texts.get("chart.composite"), runs.course().temperature(), "series-4", LiveCharts::celsius)
                .inSteps()));
    }

    private void together() {
        throughput.replace(List.of(
                TimeSeries.line(texts.get("chart.iops"), drawn.iops(), "series-1", Figures::si)
                        .withArea(),
                TimeSeries.line(texts.get("chart.bandwidth"), drawn.bandwidth(), "series-2", LiveCharts::perSecond)
                        .onRight()));
        latency.replace(List.of(
                TimeSeries.line("p50", drawn.p50(), "series-1", Figures::nanos).withBandTo("p99"),
                TimeSeries.line("p99", drawn.p99(), "series-1b", Figures::nanos),
                TimeSeries.line("p99.9", drawn.p999(), "series-3", Figures::nanos),
                TimeSeries.line("max", drawn.max(), "series-muted", Figures::nanos)
                        .wide(1)));
    }

    private void eachWorker() {
        List<TimeSeries> iops = new ArrayList<>();
        List<TimeSeries> latencies = new ArrayList<>();
        var courses = List.copyOf(runs.courses().each());
        workers = courses.size();
        for (int i = 0; i < workers; i++) {
            String name = "w" + (i + 1);
            String colour = "series-" + (i % COLOURS + 1);
            var course = courses.get(i);
            iops.add(TimeSeries.line(name, course.iops(), colour, Figures::si));
            latencies.add(TimeSeries.line(name, rank.getValue().trace.apply(course), colour, Figures::nanos));
        }
        throughput.replace(iops);
        latency.replace(latencies);
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

    BooleanProperty logarithmic() {
        return latency.logarithmicProperty();
    }

    /** From top to bottom. */
    List<TimeChart> charts() {
        return List.of(throughput, latency, temperature);
    }

    /** Marks the temperature from which the device warns; not a number when it does not say. */
    void warning(double degrees) {
        temperature.limit(degrees);
        temperature.legend().note(Double.isNaN(degrees) ? "" : texts.get("chart.warning", celsius(degrees)));
    }

    /** What the charts show, as an SVG file. */
    String svg() {
        double height = charts().stream().mapToDouble(TimeChart::getHeight).sum();
        var svg = new Svg(getWidth(), height, throughput.ground());
        double top = 0;
        for (TimeChart chart : charts()) {
            chart.draw(svg, top, getWidth());
            top += chart.getHeight();
        }
        return svg.toString();
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
            charts().forEach(TimeChart::clear);
            drawn = desk.course();
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
