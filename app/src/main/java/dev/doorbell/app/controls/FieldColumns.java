package dev.doorbell.app.controls;

import dev.doorbell.spec.Decoded;
import dev.doorbell.spec.FieldSpec;
import java.util.function.Function;
import java.util.function.Supplier;
import javafx.beans.property.ReadOnlyObjectWrapper;
import javafx.geometry.Pos;
import javafx.scene.control.Label;
import javafx.scene.control.Tooltip;
import javafx.scene.control.TreeTableCell;
import javafx.scene.control.TreeTableColumn;
import javafx.scene.control.TreeTableRow;
import javafx.scene.layout.HBox;

/** The columns, rows and cells of a field tree. */
final class FieldColumns {
    private FieldColumns() {}

    static TreeTableColumn<FieldRow, FieldRow> name(Function<Decoded, String> text) {
        return column("field-name", ControlTexts.of("field.name"), 220, 80, () -> new NameCell(text));
    }

    static TreeTableColumn<FieldRow, FieldRow> where(String title, Function<Decoded, String> text) {
        TreeTableColumn<FieldRow, FieldRow> column = column("field-where", title, 72, 68, () -> new WhereCell(text));
        column.getStyleClass().add("right");
        return column;
    }

    static TreeTableColumn<FieldRow, FieldRow> value() {
        return column("field-value", ControlTexts.of("field.value"), 168, 100, ValueCell::new);
    }

    static TreeTableColumn<FieldRow, FieldRow> meaning() {
        return column("field-meaning", ControlTexts.of("field.meaning"), 190, 60, MeaningCell::new);
    }

    private static TreeTableColumn<FieldRow, FieldRow> column(
            String id, String title, double width, double least, Supplier<FieldCell> cell) {
        TreeTableColumn<FieldRow, FieldRow> column = new TreeTableColumn<>(title);
        column.setId(id);
        column.setCellValueFactory(f -> new ReadOnlyObjectWrapper<>(f.getValue().getValue()));
        column.setCellFactory(c -> cell.get());
        column.setPrefWidth(width);
        column.setMinWidth(least);
        column.setSortable(false);
        column.setReorderable(false);
        return column;
    }

    /** A row that is tinted when its field changed. */
    static final class Row extends TreeTableRow<FieldRow> {
        @Override
        protected void updateItem(FieldRow row, boolean empty) {
            super.updateItem(row, empty);
            boolean filled = !empty && row != null;
            pseudoClassStateChanged(Pseudo.CHANGED, filled && row.changed());
            pseudoClassStateChanged(
                    Pseudo.RESERVED, filled && row.field().spec().reserved());
        }
    }

    /** What all cells share: they show nothing for an empty row. */
    private abstract static class FieldCell extends TreeTableCell<FieldRow, FieldRow> {
        @Override
        protected final void updateItem(FieldRow row, boolean empty) {
            super.updateItem(row, empty);
            if (empty || row == null) {
                setText(null);
                setGraphic(null);
                setTooltip(null);
            } else {
                show(row);
            }
        }

        abstract void show(FieldRow row);
    }

    private static final class NameCell extends FieldCell {
        private final Function<Decoded, String> text;

        NameCell(Function<Decoded, String> text) {
            this.text = text;
        }

        @Override
        void show(FieldRow row) {
            Decoded field = row.field();
            setText(text.apply(field));
            setTooltip(new Tooltip(tip(field)));
        }

        private static String tip(Decoded field) {
            String text = field.spec().text();
            return field.path() + "  " + field.title() + (text.isBlank() ? "" : "\n" + text);
        }
    }

    private static final class WhereCell extends FieldCell {
        private final Function<Decoded, String> where;

        WhereCell(Function<Decoded, String> where) {
            this.where = where;
            getStyleClass().addAll("mono", "where");
            setAlignment(Pos.CENTER_RIGHT);
        }

        @Override
        void show(FieldRow row) {
            setText(where.apply(row.field()));
        }
    }

    private static final class ValueCell extends FieldCell {
        ValueCell() {
            getStyleClass().addAll("mono", "value");
        }

        @Override
        void show(FieldRow row) {
            setText(row.isContainer() ? "" : row.field().value());
            pseudoClassStateChanged(Pseudo.CHANGED, row.changed());
        }
    }

    private static final class MeaningCell extends FieldCell {
        @Override
        void show(FieldRow row) {
            if (!row.changed()) {
                setGraphic(null);
                String words = row.field().meaning();
                setText(words.isBlank() && row.isContainer() ? row.field().title() : words);
                return;
            }
            HBox box = new HBox(4, Icons.small("mdi2d-delta"));
            box.getStyleClass().add("was");
            box.setAlignment(Pos.CENTER_LEFT);
            String meaning = row.field().meaning();
            if (!meaning.isBlank() && saysMore(row)) {
                Label now = new Label(meaning);
                now.setMinWidth(0);
                box.getChildren().add(now);
            }
            if (!row.isContainer()) {
                row.before().ifPresent(b -> was(box, b));
            }
            setText(null);
            setGraphic(box);
        }

        /** Whether the meaning is more than what the value, the bits below or the type say already. */
        private static boolean saysMore(FieldRow row) {
            FieldSpec.Type type = row.field().spec().type();
            return row.children().isEmpty() && type != FieldSpec.Type.ASCII && type != FieldSpec.Type.BYTES;
        }

        private static void was(HBox box, Decoded before) {
            Label word = new Label(ControlTexts.of("field.was"));
            word.getStyleClass().add("muted");
            word.setMinWidth(USE_PREF_SIZE);
            Label value = new Label(before.value());
            value.getStyleClass().addAll("mono", before.isBits() ? "muted" : "was-value");
            value.setMinWidth(0);
            box.getChildren().addAll(word, value);
        }
    }
}
