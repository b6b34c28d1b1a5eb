package dev.doorbell.app.controls.chart;

import dev.doorbell.app.controls.Icons;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javafx.geometry.Pos;
import javafx.scene.control.Label;
import javafx.scene.layout.FlowPane;
import javafx.scene.layout.HBox;

/** The values under the cursor of several charts in one line, or two where there is no room, so that no box hides the curves. */
public final class CursorStrip extends FlowPane {
    /** Of the monospaced face at 11 pixels. */
    private static final double DIGIT = 6.6;

    private final TimeFrame frame;
    private final List<TimeChart> charts;
    private final Label time = new Label();
    private final List<TimeSeries> shown = new ArrayList<>();
    private final Map<TimeSeries, Label> labels = new HashMap<>();

    /** The strip of charts that share a frame; while there is no cursor it shows the last values. */
    public CursorStrip(TimeFrame frame, List<TimeChart> charts) {
        this.frame = frame;
        this.charts = List.copyOf(charts);
        getStyleClass().add("cursor-strip");
        setAlignment(Pos.CENTER_LEFT);
        time.getStyleClass().add("mono");
        time.setMinWidth(USE_PREF_SIZE);
        frame.cursorProperty().addListener(o -> update());
        frame.endProperty().addListener(o -> update());
        setMinWidth(0);
        setMinHeight(USE_PREF_SIZE);
        build();
        update();
    }

    /** Takes the curves that the charts have now. */
    private void build() {
        shown.clear();
        labels.clear();
        HBox clock = new HBox(8, Icons.of("mdi2c-crosshairs"), time);
        clock.setAlignment(Pos.CENTER_LEFT);
        getChildren().setAll(clock);
        for (TimeChart chart : charts) {
            for (TimeSeries curve : chart.series()) {
                shown.add(curve);
                if (chart.series().indexOf(curve) < TimeLegend.MOST) {
                    Label label = new Label();
                    label.getStyleClass().add("mono");
                    labels.put(curve, label);
                    getChildren().add(TimeLegend.entry(curve, label));
                }
            }
        }
    }

    private void update() {
        if (getScene() == null) {
            return;
        }
        if (!shown.equals(charts.stream().flatMap(c -> c.series().stream()).toList())) {
            build();
        }
        double cursor = frame.cursorProperty().get();
        double at = Double.isNaN(cursor) ? frame.endProperty().get() : cursor;
        time.setText(Double.isNaN(at) ? "" : TimeOverlay.clock(at));
        labels.forEach((curve, label) -> {
            double value = curve.trace().at(at);
            String text = Double.isNaN(value) ? "–" : curve.text().apply(value);
            if (!text.equals(label.getText())) {
                label.setText(text);
                // Figures that come and go must not push the others about.
                label.setMinWidth(Math.max(label.getMinWidth(), text.length() * DIGIT));
            }
        });
    }
}
