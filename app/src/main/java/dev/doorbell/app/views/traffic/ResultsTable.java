package dev.doorbell.app.views.traffic;

import dev.doorbell.app.controls.Sparkline;
import dev.doorbell.app.views.traffic.ResultRow.Column;
import dev.doorbell.plugin.Texts;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import javafx.beans.property.ReadOnlyObjectWrapper;
import javafx.beans.value.ChangeListener;
import javafx.css.PseudoClass;
import javafx.scene.control.ContentDisplay;
import javafx.scene.control.Label;
import javafx.scene.control.TableCell;
import javafx.scene.control.TableColumn;
import javafx.scene.control.TableRow;
import javafx.scene.control.TableView;
import javafx.scene.input.Clipboard;
import javafx.scene.input.ClipboardContent;
import javafx.scene.input.KeyCode;
import javafx.scene.input.KeyCodeCombination;
import javafx.scene.input.KeyCombination;

/** A line a worker, and one for all of them; older runs have one line each. Cells change one by one. */
final class ResultsTable extends TableView<ResultRow> {
    private static final PseudoClass SUM = PseudoClass.getPseudoClass("sum");
    private static final PseudoClass BAD = PseudoClass.getPseudoClass("bad");
    private static final KeyCombination COPY = new KeyCodeCombination(KeyCode.C, KeyCombination.SHORTCUT_DOWN);

    private final Texts texts;

    ResultsTable(Texts texts) {
        this.texts = texts;
        setId("results-table");
        getStyleClass().addAll("lined", "results-table");
        setTableMenuButtonVisible(true);
        setColumnResizePolicy(CONSTRAINED_RESIZE_POLICY_LAST_COLUMN);
        for (var column : Column.values()) {
            getColumns().add(text(column));
            if (column == Column.IOPS) {
                getColumns().add(spark());
            }
        }
        setPlaceholder(new Label(texts.get("results.empty")));
        setRowFactory(table -> new TableRow<>() {
            @Override
            protected void updateItem(ResultRow row, boolean empty) {
                super.updateItem(row, empty);
                pseudoClassStateChanged(SUM, !empty && row != null && row.isSum());
            }
        });
        setOnKeyPressed(e -> {
            if (COPY.match(e)) {
                copy();
                e.consume();
            }
        });
    }

    private TableColumn<ResultRow, String> text(Column column) {
        var made = new TableColumn<ResultRow, String>(texts.get("column." + column));
        made.setId("results-" + column);
        made.setPrefWidth(column == Column.STATE ? 140 : column.width() + 8);
        made.setMinWidth(column.width());
        made.setSortable(false);
        made.setCellValueFactory(f -> f.getValue().cell(column));
        if (column.figure()) {
            made.getStyleClass().add("align-right");
        }
        made.setCellFactory(c -> new Cell(column));
        return made;
    }

    private TableColumn<ResultRow, ResultRow> spark() {
        var made = new TableColumn<ResultRow, ResultRow>(texts.get("column.SPARK"));
        made.setPrefWidth(120);
        made.setMinWidth(60);
        made.setSortable(false);
        made.setCellValueFactory(f -> new ReadOnlyObjectWrapper<>(f.getValue()));
        made.setCellFactory(c -> new SparkCell());
        return made;
    }

    private void copy() {
        var lines = new ArrayList<List<String>>();
        for (var row : getSelectionModel().getSelectedItems()) {
            lines.add(cells(row));
        }
        var content = new ClipboardContent();
        content.putString(lines.stream().map(l -> String.join("\t", l)).collect(Collectors.joining("\n")));
        Clipboard.getSystemClipboard().setContent(content);
    }

    static List<String> cells(ResultRow row) {
        return Arrays.stream(Column.values()).map(c -> row.cell(c).get()).toList();
    }

    private static final class Cell extends TableCell<ResultRow, String> {
        private final Column column;

        Cell(Column column) {
            this.column = column;
            if (column.figure() || column == Column.QPAIR) {
                getStyleClass().add("mono");
            }
            if (column == Column.CPU || column == Column.QPAIR) {
                getStyleClass().add("muted");
            }
        }

        @Override
        protected void updateItem(String text, boolean empty) {
            super.updateItem(text, empty);
            setText(empty ? "" : text);
            var row = getTableRow() == null ? null : getTableRow().getItem();
            boolean bad =
                    !empty && row != null && (column == Column.ERRORS || column == Column.STATE) && row.hasErrors();
            pseudoClassStateChanged(BAD, bad);
        }
    }

    /** The course of the last minute as a thin line, from zero to its own largest value. */
    private static final class SparkCell extends TableCell<ResultRow, ResultRow> {
        private final Sparkline line = new Sparkline();
        private final ChangeListener<Number> moved = (o, was, is) -> draw();
        private ResultRow row;

        SparkCell() {
            setContentDisplay(ContentDisplay.GRAPHIC_ONLY);
        }

        @Override
        protected void updateItem(ResultRow item, boolean empty) {
            super.updateItem(item, empty);
            if (row != item) {
                if (row != null) {
                    row.points().removeListener(moved);
                }
                row = item;
                if (row != null) {
                    row.points().addListener(moved);
                }
            }
            setGraphic(empty || item == null ? null : line);
            draw();
        }

        private void draw() {
            line.show(row == null ? new double[0] : row.spark());
        }
    }
}
