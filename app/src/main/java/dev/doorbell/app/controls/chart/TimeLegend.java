package dev.doorbell.app.controls.chart;

import dev.doorbell.app.controls.FittingRow;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.control.Label;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;

/** The line above a chart: its title, and for each curve a swatch, its name and its current value; a few of them when there are many. */
public final class TimeLegend extends HBox {
    /** How many curves have a place in a line. */
    static final int MOST = 6;

    private final String title;
    private final FittingRow entries = new FittingRow();
    private final Label rest = new Label();
    private final Label note = new Label();
    private final Map<TimeSeries, Label> values = new LinkedHashMap<>();
    private final List<Node> parts = new ArrayList<>();
    private int count;

    TimeLegend(String title) {
        this.title = title;
        getStyleClass().add("chart-legend-strip");
        setAlignment(Pos.CENTER_LEFT);
        Label name = new Label(title);
        name.getStyleClass().add("chart-title-label");
        name.setMinWidth(USE_PREF_SIZE);
        entries.getStyleClass().add("chart-legend-entries");
        rest.getStyleClass().add("muted");
        note.getStyleClass().add("muted");
        note.setManaged(false);
        note.setMinWidth(USE_PREF_SIZE);
        HBox.setHgrow(entries, Priority.ALWAYS);
        getChildren().addAll(name, entries);
    }

    String title() {
        return title;
    }

    void add(TimeSeries curve) {
        count++;
        if (count > MOST) {
            rest.setText("+" + (count - MOST));
            if (count == MOST + 1) {
                arrange();
            }
            return;
        }
        Label value = new Label("");
        value.getStyleClass().add("mono");
        values.put(curve, value);
        parts.add(entry(curve, value));
        arrange();
        update();
    }

    void clear() {
        count = 0;
        values.clear();
        parts.clear();
        arrange();
    }

    /** Where there is no room for all, the note leaves first, then the curves from the last one on. */
    private void arrange() {
        List<Node> all = new ArrayList<>(parts);
        if (count > MOST) {
            all.add(rest);
        }
        all.add(note);
        entries.show(all, all.reversed());
    }

    /** A remark after the curves; empty for none. */
    public void note(String text) {
        note.setText(text);
        note.setManaged(!text.isEmpty());
        note.setVisible(!text.isEmpty());
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
        entry.getStyleClass().add("cursor-entry");
        entry.setAlignment(Pos.CENTER_LEFT);
        return entry;
    }
}
