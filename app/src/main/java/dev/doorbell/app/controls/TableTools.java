package dev.doorbell.app.controls;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;
import javafx.beans.binding.Bindings;
import javafx.collections.ObservableList;
import javafx.collections.transformation.FilteredList;
import javafx.collections.transformation.SortedList;
import javafx.scene.control.CheckMenuItem;
import javafx.scene.control.ContextMenu;
import javafx.scene.control.Menu;
import javafx.scene.control.MenuItem;
import javafx.scene.control.SeparatorMenuItem;
import javafx.scene.control.TableColumn;
import javafx.scene.control.TableView;
import javafx.scene.input.KeyCode;
import javafx.scene.input.KeyCodeCombination;
import javafx.scene.input.KeyCombination;
import javafx.scene.input.KeyEvent;

/**
 * What every table can do: sort, filter, choose columns, copy what is selected (or everything) as text, CSV or JSON. A
 * cell's text is its column's value as text, unless the column's user data is a function that knows better.
 */
public final class TableTools {
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    private TableTools() {}

    /** Gives a table the context menu and Ctrl+C. */
    public static <T> void equip(TableView<T> table) {
        Menu columns = new Menu(ControlTexts.of("table.columns"));
        ContextMenu menu = new ContextMenu(
                copying(table, "table.copyText", TableTools::text),
                copying(table, "table.copyCsv", Csv::text),
                copying(table, "table.copyJson", TableTools::json),
                new SeparatorMenuItem(),
                columns);
        menu.setOnShowing(e -> listColumns(table, columns));
        table.setContextMenu(menu);
        KeyCombination copy = new KeyCodeCombination(KeyCode.C, KeyCombination.SHORTCUT_DOWN);
        table.addEventHandler(KeyEvent.KEY_PRESSED, e -> {
            if (copy.match(e)) {
                HexMenu.copy(text(rows(table)));
                e.consume();
            }
        });
    }

    /** Shows items sorted by the table's headers, and of them those in which a cell contains what is typed. */
    public static <T> FilteredList<T> filtered(TableView<T> table, ObservableList<T> items, SearchField search) {
        FilteredList<T> filtered = new FilteredList<>(items);
        filtered.predicateProperty()
                .bind(Bindings.createObjectBinding(
                        () -> {
                            String query = search.query().toLowerCase(Locale.ROOT);
                            return item -> query.isEmpty() || contains(table, item, query);
                        },
                        search.input().textProperty()));
        SortedList<T> sorted = new SortedList<>(filtered);
        sorted.comparatorProperty().bind(table.comparatorProperty());
        table.setItems(sorted);
        return filtered;
    }

    /** The header and the selected rows, or all when none is selected; visible columns only. */
    public static <T> List<List<String>> rows(TableView<T> table) {
        List<TableColumn<T, ?>> columns = table.getVisibleLeafColumns();
        List<List<String>> rows = new ArrayList<>();
        rows.add(columns.stream().map(TableColumn::getText).toList());
        List<T> chosen = table.getSelectionModel().getSelectedItems();
        for (T item : chosen.isEmpty() ? table.getItems() : chosen) {
            rows.add(columns.stream().map(c -> cell(c, item)).toList());
        }
        return rows;
    }

    /** Rows as text, tabs between cells. */
    public static String text(List<List<String>> rows) {
        return rows.stream().skip(1).map(r -> String.join("\t", r)).collect(Collectors.joining("\n"));
    }

    /** Rows as a JSON array of objects, named by the header. */
    public static String json(List<List<String>> rows) {
        ArrayNode array = JSON.createArrayNode();
        for (List<String> row : rows.subList(1, rows.size())) {
            ObjectNode object = array.addObject();
            for (int i = 0; i < row.size(); i++) {
                object.put(rows.getFirst().get(i), row.get(i));
            }
        }
        try {
            return JSON.writeValueAsString(array) + "\n";
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static <T> boolean contains(TableView<T> table, T item, String query) {
        return table.getVisibleLeafColumns().stream()
                .anyMatch(c -> cell(c, item).toLowerCase(Locale.ROOT).contains(query));
    }

    private static <T> String cell(TableColumn<T, ?> column, T item) {
        Object value = column.getCellData(item);
        if (column.getUserData() instanceof Function<?, ?> text) {
            @SuppressWarnings("unchecked")
            Function<Object, Object> known = (Function<Object, Object>) text;
            return String.valueOf(known.apply(value));
        }
        return value == null ? "" : value.toString();
    }

    private static <T> MenuItem copying(TableView<T> table, String key, Function<List<List<String>>, String> form) {
        MenuItem item = new MenuItem(ControlTexts.of(key));
        item.setOnAction(e -> HexMenu.copy(form.apply(rows(table))));
        return item;
    }

    private static <T> void listColumns(TableView<T> table, Menu menu) {
        menu.getItems().clear();
        for (TableColumn<T, ?> column : table.getColumns()) {
            CheckMenuItem item = new CheckMenuItem(column.getText());
            item.setSelected(column.isVisible());
            item.setOnAction(e -> column.setVisible(item.isSelected()));
            menu.getItems().add(item);
        }
    }
}
