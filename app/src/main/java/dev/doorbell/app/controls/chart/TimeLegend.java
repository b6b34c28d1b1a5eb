package dev.doorbell.app.controls.chart;

import java.util.LinkedHashMap;
import java.util.Map;
import javafx.geometry.Pos;
import javafx.scene.control.Label;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;

/** The line above a chart: its title, and for each curve a swatch, its name and its current value. */
public final class TimeLegend extends HBox {
    private final HBox entries = new HBox();
    private final Map<TimeSeries, Label> values = new LinkedHashMap<>();

    TimeLegend(String title) {
        getStyleClass().add("chart-legend-strip");
        setAlignment(Pos.CENTER_LEFT);
        Label name = new Label(title);
        name.getStyleClass().add("chart-title-label");
        name.setMinWidth(USE_PREF_SIZE);
        entries.getStyleClass().add("chart-legend-entries");
        entries.setAlignment(Pos.CENTER_LEFT);
        Region gap = new Region();
        HBox.setHgrow(gap, Priority.ALWAYS);
        entries.setMinWidth(0);
        getChildren().addAll(name, entries, gap);
    }

    void add(TimeSeries curve) {
        Label value = new Label("");
        value.getStyleClass().add("mono");
        values.put(curve, value);
        entries.getChildren().add(entry(curve, value));
        update();
    }

    void clear() {
        values.clear();
        entries.getChildren().clear();
    }

    void update() {
        values.forEach((curve, label) -> {
            double last = curve.trace().last();
            label.setText(Double.isNaN(last) ? "" : curve.text().apply(last));
        });
    }

    /** A swatch, a name and a value, as this line and the cursor's strip have them. */
    static HBox entry(TimeSeries curve, Label value) {
        Region swatch = new Region();
        swatch.getStyleClass().addAll("swatch", curve.colour());
        Label name = new Label(curve.name());
        name.getStyleClass().add("muted");
        name.setMinWidth(USE_PREF_SIZE);
        value.setMinWidth(USE_PREF_SIZE);
        HBox entry = new HBox(6, swatch, name, value);
        entry.setAlignment(Pos.CENTER_LEFT);
        return entry;
    }
}
