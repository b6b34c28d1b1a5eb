package dev.doorbell.app.controls;

import dev.doorbell.spec.Decoded;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import javafx.beans.property.BooleanProperty;
import javafx.beans.property.ReadOnlyIntegerProperty;
import javafx.beans.property.ReadOnlyIntegerWrapper;
import javafx.beans.property.SimpleBooleanProperty;
import javafx.beans.property.SimpleStringProperty;
import javafx.beans.property.StringProperty;
import javafx.scene.control.SelectionMode;
import javafx.scene.control.TreeItem;
import javafx.scene.control.TreeTableColumn;
import javafx.scene.control.TreeTableView;
import javafx.scene.input.KeyCode;
import javafx.scene.input.KeyCodeCombination;
import javafx.scene.input.KeyCombination;

/**
 * Decoded data as a tree with columns: field, bytes, value, meaning. Fields that differ from an earlier reading are
 * tinted and say what they were. It can be filtered in place; what was expanded and selected stays so over refreshes.
 */
public final class FieldTree extends TreeTableView<FieldRow> {
    private static final double WIDE = 600;
    private static final double TIGHT = 450;
    private static final double SCROLL_BAR = 12;
    /** Of its width; a column gives way a little and no more while the view is resized. */
    private static final double LEAST = 0.97;

    /** Data of no more parts than this shows them opened. */
    private static final int FEW_PARTS = 24;

    private final StringProperty filter = new SimpleStringProperty(this, "filter", "");
    private final BooleanProperty nonZeroOnly = new SimpleBooleanProperty(this, "nonZeroOnly", false);
    private final ReadOnlyIntegerWrapper changes = new ReadOnlyIntegerWrapper(this, "changes", 0);
    private final Map<String, Boolean> expanded = new HashMap<>();
    private final TreeTableColumn<FieldRow, FieldRow> name;
    private FieldRow root = null;
    private FieldWidths widths = FieldWidths.NONE;
    private Consumer<FieldRow> onChoose = row -> {};
    private boolean rebuilding;
    private boolean titles;

    /** A tree whose second column says where a field is by byte numbers. */
    public FieldTree() {
        this(ControlTexts.of("field.bytes"), FieldText::bytes);
    }

    /** A tree with a second column of one's own, such as register offsets. */
    public FieldTree(String whereTitle, Function<Decoded, String> where) {
        getStyleClass().addAll("field-tree", "lined");
        setShowRoot(false);
        getSelectionModel().setSelectionMode(SelectionMode.MULTIPLE);
        setColumnResizePolicy(CONSTRAINED_RESIZE_POLICY_LAST_COLUMN);
        name = FieldColumns.name(this::nameOf);
        getColumns().add(name);
        getColumns().add(FieldColumns.where(whereTitle, where));
        getColumns().add(FieldColumns.value());
        getColumns().add(FieldColumns.meaning());
        setRowFactory(tree -> new FieldColumns.Row());
        setPlaceholder(new EmptyState("mdi2f-filter-remove-outline", ControlTexts.of("field.none")));
        filter.addListener(o -> rebuild());
        nonZeroOnly.addListener(o -> rebuild());
        getSelectionModel().selectedItemProperty().addListener((o, was, is) -> chosen(is));
        widthProperty().addListener(o -> fitColumns());
        name.widthProperty().addListener(o -> refresh());
        setOnKeyPressed(e -> {
            if (new KeyCodeCombination(KeyCode.C, KeyCombination.SHORTCUT_DOWN).match(e)) {
                HexMenu.copy(FieldText.text(selectedFields()));
                e.consume();
            }
        });
        setContextMenu(new FieldMenu(this));
        fitColumns();
    }

    /** Names whole fields by their titles, for structures whose short names nobody knows by heart. */
    public FieldTree byTitle() {
        titles = true;
        return this;
    }

    /** Shows decoded data, and what changed since an earlier reading of it. */
    public void show(Decoded now, Optional<Decoded> earlier) {
        root = FieldRow.pair(now, earlier);
        widths = FieldWidths.of(now, titles);
        fitColumns();
        changes.set(root.changes());
        rebuild();
    }

    /** What fields must contain to be shown. */
    public StringProperty filterProperty() {
        return filter;
    }

    /** Whether fields without a set bit are left out; false at first. */
    public BooleanProperty nonZeroOnlyProperty() {
        return nonZeroOnly;
    }

    /** How many values differ from the earlier reading, filtered out or not. */
    public ReadOnlyIntegerProperty changesProperty() {
        return changes.getReadOnlyProperty();
    }

    /** Told when the user, or {@link #choose}, selects a field. */
    public void setOnChoose(Consumer<FieldRow> chosen) {
        onChoose = chosen;
    }

    /** The selected row. */
    public Optional<FieldRow> chosen() {
        return Optional.ofNullable(getSelectionModel().getSelectedItem()).map(TreeItem::getValue);
    }

    /** The selected fields, or all that are in sight when there is no selection. */
    public List<Decoded> selectedFields() {
        List<Decoded> fields = getSelectionModel().getSelectedItems().stream()
                .filter(item -> item != null)
                .map(item -> item.getValue().field())
                .toList();
        return fields.isEmpty() && root != null ? FieldText.flat(root.field()) : fields;
    }

    /** Selects the field at a path, opening what it stands in; false when it is not there or filtered out. */
    public boolean choose(String path) {
        Optional<TreeItem<FieldRow>> item = find(getRoot(), path);
        item.ifPresent(this::select);
        return item.isPresent();
    }

    /** Selects the innermost shown field that covers a byte. */
    public boolean chooseAt(int offset) {
        if (root == null) {
            return false;
        }
        List<Decoded> covering = root.field().at(offset);
        for (Decoded field : covering.reversed()) {
            if (choose(field.path())) {
                return true;
            }
        }
        return false;
    }

    /** A title where there is room for it, else the short name; the tooltip has both. */
    private String nameOf(Decoded field) {
        boolean wanted = (field.isBits() || titles && !widths.shortNames(name.getWidth()))
                && !field.title().isBlank();
        return wanted && widths.fits(field, name.getWidth()) ? field.title() : field.name();
    }

    private void select(TreeItem<FieldRow> item) {
        for (TreeItem<FieldRow> up = item.getParent(); up != null; up = up.getParent()) {
            up.setExpanded(true);
        }
        getSelectionModel().clearSelection();
        int index = getRow(item);
        getSelectionModel().select(index);
        scrollIntoSight(index);
    }

    private void scrollIntoSight(int index) {
        boolean shown = lookupAll(".tree-table-row-cell").stream()
                .filter(n -> n instanceof FieldColumns.Row)
                .anyMatch(n -> n.isVisible()
                        && ((FieldColumns.Row) n).getIndex() == index
                        && n.getBoundsInParent().getMaxY()
                                <= n.getParent().getLayoutBounds().getHeight()
                        && n.getBoundsInParent().getMaxY() < getHeight() - 32);
        if (!shown) {
            scrollTo(Math.max(0, index - 3));
        }
    }

    private void rebuild() {
        if (root == null) {
            return;
        }
        String chosen = chosen().map(r -> r.field().path()).orElse("");
        rebuilding = true;
        FieldFilter rule = new FieldFilter(filter.get(), nonZeroOnly.get());
        TreeItem<FieldRow> top = new TreeItem<>(root);
        for (FieldRow row : rule.apply(root)) {
            top.getChildren().add(item(row, rule.isSearching()));
        }
        top.setExpanded(true);
        setRoot(top);
        if (!chosen.isEmpty()) {
            find(top, chosen).ifPresent(i -> getSelectionModel().select(getRow(i)));
        }
        rebuilding = false;
    }

    private TreeItem<FieldRow> item(FieldRow row, boolean searching) {
        TreeItem<FieldRow> item = new TreeItem<>(row);
        for (FieldRow child : row.children()) {
            item.getChildren().add(item(child, searching));
        }
        String path = row.field().path();
        boolean part =
                !path.contains(".") && row.isContainer() && root.children().size() <= FEW_PARTS;
        boolean holdsChange = row.children().stream().anyMatch(FieldRow::changed);
        item.setExpanded(searching || expanded.getOrDefault(path, part || holdsChange));
        item.expandedProperty().addListener((o, was, is) -> {
            if (!rebuilding && filter.get().isBlank()) {
                expanded.put(path, is);
            }
        });
        return item;
    }

    private Optional<TreeItem<FieldRow>> find(TreeItem<FieldRow> from, String path) {
        if (from == null) {
            return Optional.empty();
        }
        for (TreeItem<FieldRow> child : from.getChildren()) {
            if (child.getValue().field().path().equalsIgnoreCase(path)) {
                return Optional.of(child);
            }
            Optional<TreeItem<FieldRow>> below = find(child, path);
            if (below.isPresent()) {
                return below;
            }
        }
        return Optional.empty();
    }

    private void chosen(TreeItem<FieldRow> item) {
        if (item != null && !rebuilding) {
            onChoose.accept(item.getValue());
        }
    }

    /** Names, places and values get what they need, within bounds; what they mean gets the rest. */
    private void fitColumns() {
        double width = getWidth() > 0 ? getWidth() : WIDE;
        boolean tight = width < TIGHT;
        double most = tight ? 104 : width < WIDE ? 148 : titles ? 264 : 220;
        double[] wanted = {
            Math.clamp(widths.names(), tight ? 88 : 104, most),
            tight ? 70 : 74,
            Math.clamp(widths.values(), 84, tight ? 108 : width < WIDE ? 168 : 188)
        };
        double rest = width - SCROLL_BAR;
        for (int i = 0; i < wanted.length; i++) {
            getColumns().get(i).setMinWidth(Math.floor(wanted[i] * LEAST));
            getColumns().get(i).setPrefWidth(wanted[i]);
            rest -= wanted[i];
        }
        getColumns().getLast().setPrefWidth(Math.max(60, rest));
    }
}
