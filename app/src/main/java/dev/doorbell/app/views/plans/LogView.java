package dev.doorbell.app.views.plans;

import dev.doorbell.app.controls.EmptyState;
import dev.doorbell.app.controls.Icons;
import dev.doorbell.app.controls.SearchField;
import dev.doorbell.app.controls.Segmented;
import dev.doorbell.plugin.Texts;
import dev.doorbell.plugin.View;
import dev.doorbell.plugin.ViewContext;
import dev.doorbell.testplans.run.LogLine;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import javafx.beans.property.ReadOnlyObjectWrapper;
import javafx.collections.FXCollections;
import javafx.collections.ListChangeListener;
import javafx.collections.ObservableList;
import javafx.collections.transformation.FilteredList;
import javafx.css.PseudoClass;
import javafx.scene.Node;
import javafx.scene.control.TableCell;
import javafx.scene.control.TableColumn;
import javafx.scene.control.TableRow;
import javafx.scene.control.TableView;
import javafx.scene.control.ToggleButton;
import javafx.scene.layout.BorderPane;
import javafx.scene.layout.HBox;

/** What the run in sight has logged. */
final class LogView implements View {
    private static final PseudoClass BAD = PseudoClass.getPseudoClass("bad");
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("HH:mm:ss.SSS", Locale.ROOT).withZone(ZoneId.systemDefault());

    private final Texts texts;
    private final BorderPane root = new BorderPane();
    private final TableView<LogLine> table = new TableView<>();
    private final Segmented<LogLine.Level> level;
    private final ToggleButton follow = new ToggleButton();
    private final SearchField filter;
    private FilteredList<LogLine> lines = new FilteredList<>(FXCollections.observableArrayList());

    LogView(ViewContext context) {
        texts = context.texts(LogView.class);
        TestDesk desk = context.workbench().shared(TestDesk.class, TestDesk::new);
        level = new Segmented<>(List.of(LogLine.Level.values()), l -> texts.get("log." + l.name())).quiet();
        filter = SearchField.filter(texts.get("log.filter"));
        follow.setText(texts.get("log.follow"));
        follow.setGraphic(Icons.small("mdi2a-arrow-collapse-down"));
        follow.getStyleClass().add("small");
        follow.setSelected(true);
        HBox bar = new HBox(level, follow, filter);
        bar.getStyleClass().add("view-toolbar");
        root.setTop(bar);
        root.getStyleClass().add("run-log");
        table.setId("run-log");
        table.setPlaceholder(new EmptyState("mdi2t-text-box-outline", texts.get("log.empty")));
        table.setColumnResizePolicy(TableView.CONSTRAINED_RESIZE_POLICY_LAST_COLUMN);
        table.getColumns().add(narrow(column("time", 108, l -> TIME.format(l.time()), "mono")));
        table.getColumns()
                .add(narrow(
                        column("level", 64, l -> texts.get("level." + l.level().name()), "level")));
        table.getColumns().add(column("case", 440, LogLine::caseTitle, "muted"));
        table.getColumns().add(column("message", 600, LogLine::message, ""));
        table.setRowFactory(t -> new TableRow<>() {
            @Override
            protected void updateItem(LogLine line, boolean empty) {
                super.updateItem(line, empty);
                pseudoClassStateChanged(BAD, !empty && line != null && line.level() == LogLine.Level.ERROR);
            }
        });
        root.setCenter(table);
        level.valueProperty().addListener(o -> refilter());
        filter.input().textProperty().addListener(o -> refilter());
        context.watch(desk.current(), r -> show(r == null ? FXCollections.observableArrayList() : r.log()));
    }

    private TableColumn<LogLine, LogLine> column(
            String key, double width, Function<LogLine, String> text, String style) {
        TableColumn<LogLine, LogLine> column = new TableColumn<>(texts.get("log.column." + key));
        column.setId("log-" + key);
        column.setPrefWidth(width);
        column.setSortable(false);
        column.setCellValueFactory(f -> new ReadOnlyObjectWrapper<>(f.getValue()));
        column.setCellFactory(c -> new TableCell<>() {
            {
                if (!style.isEmpty()) {
                    getStyleClass().add(style);
                }
            }

            @Override
            protected void updateItem(LogLine line, boolean empty) {
                super.updateItem(line, empty);
                setText(empty || line == null ? null : text.apply(line));
                if (style.equals("level")) {
                    getStyleClass().removeAll("bad", "attention", "muted");
                    getStyleClass()
                            .add(
                                    empty || line == null
                                            ? "muted"
                                            : switch (line.level()) {
                                                case INFO -> "muted";
                                                case WARN -> "attention";
                                                case ERROR -> "bad";
                                            });
                }
            }
        });
        return column;
    }

    /** A column whose texts are all of one length. */
    private static TableColumn<LogLine, LogLine> narrow(TableColumn<LogLine, LogLine> column) {
        column.setMinWidth(column.getPrefWidth());
        column.setMaxWidth(column.getPrefWidth() * 1.5);
        return column;
    }

    private void show(ObservableList<LogLine> log) {
        lines = new FilteredList<>(log);
        table.setItems(lines);
        lines.addListener((ListChangeListener<LogLine>) c -> {
            if (follow.isSelected() && !lines.isEmpty()) {
                table.scrollTo(lines.size() - 1);
            }
        });
        refilter();
    }

    private void refilter() {
        String query = filter.query().toLowerCase(Locale.ROOT);
        LogLine.Level least = level.getValue();
        lines.setPredicate(l -> l.level().compareTo(least) >= 0
                && (query.isEmpty()
                        || l.message().toLowerCase(Locale.ROOT).contains(query)
                        || l.caseTitle().toLowerCase(Locale.ROOT).contains(query)));
    }

    @Override
    public Node node() {
        return root;
    }

    @Override
    public void find() {
        filter.startTyping();
    }
}
