package dev.doorbell.app.shell;

import dev.doorbell.app.controls.Icons;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.Supplier;
import javafx.css.PseudoClass;
import javafx.scene.control.Label;
import javafx.scene.control.ListCell;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;

/** A line of the palette: icon, name with the matching part lit, detail, value. */
final class PaletteCell extends ListCell<PaletteRow> {
    private static final PseudoClass HEADING = PseudoClass.getPseudoClass("heading");

    private final Supplier<String> query;

    PaletteCell(Supplier<String> query, Consumer<PaletteEntry> run) {
        this.query = query;
        setOnMouseClicked(e -> {
            if (getItem() instanceof PaletteRow.Line line) {
                run.accept(line.entry());
            }
        });
    }

    @Override
    protected void updateItem(PaletteRow row, boolean empty) {
        super.updateItem(row, empty);
        setText(null);
        pseudoClassStateChanged(HEADING, !empty && row instanceof PaletteRow.Heading);
        if (empty || row == null) {
            setGraphic(null);
            return;
        }
        switch (row) {
            case PaletteRow.Heading heading -> {
                setGraphic(null);
                setText(heading.title());
            }
            case PaletteRow.Line line -> setGraphic(content(line.entry()));
        }
    }

    private HBox content(PaletteEntry entry) {
        var icon = Icons.of(entry.icon().isEmpty() ? "mdi2c-circle-small" : entry.icon());
        var name = lit(entry.name());
        name.setMinWidth(USE_PREF_SIZE);
        var detail = new Label(entry.detail());
        detail.getStyleClass().addAll("small", "muted");
        detail.setMinWidth(0);
        var gap = new Region();
        HBox.setHgrow(gap, Priority.ALWAYS);
        var side = new Label(entry.side());
        side.getStyleClass().addAll("mono", "muted");
        side.setMinWidth(USE_PREF_SIZE);
        var row = new HBox(icon, name, detail, gap, side);
        row.getStyleClass().add("palette-row");
        row.setOpacity(entry.enabled() ? 1 : 0.5);
        // Lets the detail give way instead of widening the list.
        row.prefWidthProperty().bind(widthProperty().subtract(24));
        row.setMaxWidth(USE_PREF_SIZE);
        return row;
    }

    private HBox lit(String name) {
        var wanted = query.get().toLowerCase(Locale.ROOT);
        int at = wanted.isEmpty() ? -1 : name.toLowerCase(Locale.ROOT).indexOf(wanted);
        var parts = new HBox();
        parts.getStyleClass().add("palette-name");
        if (at < 0) {
            parts.getChildren().add(new Label(name));
            return parts;
        }
        var match = new Label(name.substring(at, at + wanted.length()));
        match.getStyleClass().add("match");
        parts.getChildren()
                .addAll(new Label(name.substring(0, at)), match, new Label(name.substring(at + wanted.length())));
        parts.getChildren().forEach(n -> ((Label) n).setMinWidth(USE_PREF_SIZE));
        return parts;
    }
}
