package dev.doorbell.app.views.console;

import dev.doorbell.app.controls.Icons;
import dev.doorbell.app.controls.SearchField;
import dev.doorbell.app.controls.Segmented;
import dev.doorbell.app.model.ConsoleLog;
import dev.doorbell.plugin.Memento;
import dev.doorbell.plugin.Texts;
import dev.doorbell.plugin.View;
import dev.doorbell.plugin.ViewContext;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;
import javafx.beans.property.SimpleStringProperty;
import javafx.collections.FXCollections;
import javafx.collections.ObservableList;
import javafx.collections.transformation.FilteredList;
import javafx.css.PseudoClass;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.ContextMenu;
import javafx.scene.control.Label;
import javafx.scene.control.MenuItem;
import javafx.scene.control.SelectionMode;
import javafx.scene.control.TableCell;
import javafx.scene.control.TableColumn;
import javafx.scene.control.TableRow;
import javafx.scene.control.TableView;
import javafx.scene.control.ToggleButton;
import javafx.scene.input.Clipboard;
import javafx.scene.input.ClipboardContent;
import javafx.scene.layout.BorderPane;
import javafx.scene.layout.HBox;

/** A table of log lines that grows at the pulse while it can be seen. */
final class ConsoleView implements View {
    private static final Texts TEXTS = Texts.of(ConsoleView.class);
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("HH:mm:ss.SSS").withZone(ZoneId.systemDefault());
    private static final int MOST = 5000;

    /** What the list is narrowed to. */
    private enum Show {
        ALL,
        WARNINGS,
        ERRORS
    }

    private final ConsoleLog log = ConsoleLog.shared();
    private final ObservableList<ConsoleLog.Line> lines = FXCollections.observableArrayList();
    private final FilteredList<ConsoleLog.Line> shown = new FilteredList<>(lines);
    private final TableView<ConsoleLog.Line> table = new TableView<>(shown);
    private final Segmented<Show> level = new Segmented<>(
                    List.of(Show.values()), s -> TEXTS.get("show." + s.name().toLowerCase(Locale.ROOT)))
            .quiet();
    private final ToggleButton follow = new ToggleButton(TEXTS.get("follow"), Icons.of("mdi2a-arrow-down"));
    private final SearchField filter = SearchField.filter(TEXTS.get("filter"));
    private final BorderPane node = new BorderPane();
    private long read;

    ConsoleView(ViewContext context) {
        follow.setSelected(true);
        follow.getStyleClass().addAll("tool-button", "small");
        var clear = new Button(TEXTS.get("clear"), Icons.of("mdi2n-notification-clear-all"));
        clear.getStyleClass().addAll("tool-button", "small");
        clear.setOnAction(e -> lines.clear());
        var tools = new HBox(level, follow, filter, clear);
        tools.getStyleClass().add("view-toolbar");
        columns();
        filter.setId("console-filter");
        table.setId("console-table");
        table.setPlaceholder(new Label(TEXTS.get("empty")));
        table.getSelectionModel().setSelectionMode(SelectionMode.MULTIPLE);
        var copy = new MenuItem(TEXTS.get("copy"), Icons.of("mdi2c-content-copy"));
        copy.setOnAction(e -> copy());
        table.setContextMenu(new ContextMenu(copy));
        node.setTop(tools);
        node.setCenter(table);
        level.valueProperty().addListener(o -> narrow());
        filter.input().textProperty().addListener(o -> narrow());
        context.onPulse(this::take);
    }

    private void columns() {
        column("time", 120, l -> TIME.format(l.at()));
        column("level", 64, l -> l.level().name().toLowerCase(Locale.ROOT));
        column("source", 152, ConsoleLog.Line::source);
        column("message", 1200, l -> l.text().lines().findFirst().orElse(""));
        table.setRowFactory(t -> new TableRow<>() {
            @Override
            protected void updateItem(ConsoleLog.Line line, boolean empty) {
                super.updateItem(line, empty);
                boolean full = !empty && line != null;
                pseudoClassStateChanged(
                        PseudoClass.getPseudoClass("bad"), full && line.level() == ConsoleLog.Level.ERROR);
                pseudoClassStateChanged(
                        PseudoClass.getPseudoClass("attention"), full && line.level() == ConsoleLog.Level.WARN);
            }
        });
    }

    private void column(String key, double width, Function<ConsoleLog.Line, String> text) {
        var column = new TableColumn<ConsoleLog.Line, String>(TEXTS.get("column." + key));
        column.setId("console-" + key);
        column.setPrefWidth(width);
        column.setCellValueFactory(c -> new SimpleStringProperty(text.apply(c.getValue())));
        boolean muted = !key.equals("message");
        boolean mono = key.equals("time");
        column.setCellFactory(c -> new TableCell<>() {
            {
                if (muted) {
                    getStyleClass().add("muted");
                }
                if (mono) {
                    getStyleClass().add("mono");
                }
            }

            @Override
            protected void updateItem(String item, boolean empty) {
                super.updateItem(item, empty);
                setText(empty ? null : item);
            }
        });
        table.getColumns().add(column);
    }

    private void take() {
        var fresh = log.since(read);
        if (fresh.isEmpty()) {
            return;
        }
        read = log.next();
        lines.addAll(fresh);
        if (lines.size() > MOST) {
            lines.remove(0, lines.size() - MOST);
        }
        if (follow.isSelected() && !shown.isEmpty()) {
            table.scrollTo(shown.size() - 1);
        }
    }

    private void narrow() {
        var wanted = filter.query().toLowerCase(Locale.ROOT);
        var least = switch (level.getValue()) {
            case ALL -> ConsoleLog.Level.TRACE;
            case WARNINGS -> ConsoleLog.Level.WARN;
            case ERRORS -> ConsoleLog.Level.ERROR;
        };
        shown.setPredicate(l -> l.level().compareTo(least) >= 0
                && (l.text() + " " + l.source()).toLowerCase(Locale.ROOT).contains(wanted));
    }

    private void copy() {
        var content = new ClipboardContent();
        content.putString(table.getSelectionModel().getSelectedItems().stream()
                .map(l -> TIME.format(l.at()) + "\t" + l.level() + "\t" + l.source() + "\t" + l.text())
                .collect(Collectors.joining("\n")));
        Clipboard.getSystemClipboard().setContent(content);
    }

    @Override
    public Node node() {
        return node;
    }

    @Override
    public void shown() {
        take();
    }

    @Override
    public void find() {
        filter.startTyping();
    }

    @Override
    public void save(Memento memento) {
        memento.put("follow", follow.isSelected());
        memento.put("show", level.getValue().name());
    }

    @Override
    public void restore(Memento memento) {
        follow.setSelected(memento.getBoolean("follow", true));
        memento.get("show").ifPresent(s -> level.valueProperty().set(Show.valueOf(s)));
    }
}
