package dev.doorbell.app.controls.chart;

import dev.doorbell.app.controls.Icons;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javafx.geometry.Pos;
import javafx.scene.control.Label;
import javafx.scene.layout.FlowPane;
import javafx.scene.layout.HBox;

/** The values under the cursor of several charts in one line, or two where there is no room, so that no box hides the curves. */
public final class CursorStrip extends FlowPane {
    private static final DateTimeFormatter CLOCK = DateTimeFormatter.ofPattern("HH:mm:ss.S");
    /** Of the monospaced face at 12 pixels. */
    private static final double DIGIT = 7.2;

    private final TimeFrame frame;
    private final List<TimeChart> charts;
    private final Label time = new Label();
    private final Map<TimeSeries, Integer> widest = new HashMap<>();

    /** The strip of charts that share a frame; while there is no cursor it shows the last values. */
    public CursorStrip(TimeFrame frame, List<TimeChart> charts) {
        this.frame = frame;
        this.charts = List.copyOf(charts);
        getStyleClass().add("cursor-strip");
        setAlignment(Pos.CENTER_LEFT);
        time.getStyleClass().add("mono");
        frame.cursorProperty().addListener(o -> update());
        frame.endProperty().addListener(o -> update());
        setMinWidth(0);
        setMinHeight(USE_PREF_SIZE);
        update();
    }

    private void update() {
        if (getScene() == null && !getChildren().isEmpty()) {
            return;
        }
        double cursor = frame.cursorProperty().get();
        double at = Double.isNaN(cursor) ? frame.endProperty().get() : cursor;
        time.setText(
                Double.isNaN(at)
                        ? ""
                        : CLOCK.format(Instant.ofEpochMilli((long) (at * 1000)).atZone(ZoneId.systemDefault())));
        time.setMinWidth(USE_PREF_SIZE);
        HBox clock = new HBox(8, Icons.of("mdi2c-crosshairs"), time);
        clock.setAlignment(Pos.CENTER_LEFT);
        getChildren().setAll(clock);
        for (TimeChart chart : charts) {
            for (TimeSeries curve : chart.series()) {
                double value = curve.trace().at(at);
                Label label = new Label(Double.isNaN(value) ? "–" : curve.text().apply(value));
                label.getStyleClass().add("mono");
                getChildren().add(TimeLegend.entry(curve, label));
                widest.merge(curve, label.getText().length(), Math::max);
                // Figures that come and go must not push the others about.
                label.setMinWidth(widest.get(curve) * DIGIT);
            }
        }
    }
}
