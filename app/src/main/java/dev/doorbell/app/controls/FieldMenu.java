package dev.doorbell.app.controls;

import dev.doorbell.spec.Decoded;
import java.util.List;
import java.util.function.Function;
import javafx.scene.control.CheckMenuItem;
import javafx.scene.control.ContextMenu;
import javafx.scene.control.Menu;
import javafx.scene.control.MenuItem;
import javafx.scene.control.SeparatorMenuItem;
import javafx.scene.control.TreeItem;
import javafx.scene.control.TreeTableColumn;

/** What a right click on a field tree offers: copying in three forms, opening and closing, columns. */
final class FieldMenu extends ContextMenu {
    private final FieldTree tree;
    private final Menu columns = new Menu(ControlTexts.of("table.columns"));

    FieldMenu(FieldTree tree) {
        this.tree = tree;
        getItems()
                .addAll(
                        copying("table.copyText", FieldText::text),
                        copying("table.copyCsv", FieldText::csv),
                        copying("table.copyJson", FieldText::json),
                        new SeparatorMenuItem(),
                        item("field.expandAll", () -> expand(tree.getRoot(), true)),
                        item("field.collapseAll", () -> expand(tree.getRoot(), false)),
                        new SeparatorMenuItem(),
                        columns);
        setOnShowing(e -> listColumns());
    }

    private void listColumns() {
        columns.getItems().clear();
        for (TreeTableColumn<FieldRow, ?> column :
                tree.getColumns().subList(1, tree.getColumns().size())) {
            CheckMenuItem item = new CheckMenuItem(column.getText());
            item.setSelected(column.isVisible());
            item.setOnAction(e -> column.setVisible(item.isSelected()));
            columns.getItems().add(item);
        }
    }

    private MenuItem copying(String key, Function<List<Decoded>, String> form) {
        return item(key, () -> HexMenu.copy(form.apply(tree.selectedFields())));
    }

    private static MenuItem item(String key, Runnable run) {
        MenuItem item = new MenuItem(ControlTexts.of(key));
        item.setOnAction(e -> run.run());
        return item;
    }

    private static void expand(TreeItem<FieldRow> from, boolean open) {
        if (from != null) {
            for (TreeItem<FieldRow> child : from.getChildren()) {
                expand(child, open);
                child.setExpanded(open && !child.isLeaf());
            }
        }
    }
}
