package dev.doorbell.app.views.problems;

import dev.doorbell.app.controls.EmptyState;
import dev.doorbell.app.controls.Icons;
import dev.doorbell.plugin.Problem;
import dev.doorbell.plugin.Texts;
import dev.doorbell.plugin.View;
import dev.doorbell.plugin.ViewContext;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import javafx.beans.property.SimpleObjectProperty;
import javafx.beans.property.SimpleStringProperty;
import javafx.collections.ObservableList;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.ContextMenu;
import javafx.scene.control.MenuItem;
import javafx.scene.control.SelectionMode;
import javafx.scene.control.SplitPane;
import javafx.scene.control.TableCell;
import javafx.scene.control.TableColumn;
import javafx.scene.control.TableView;
import javafx.scene.control.TextArea;
import javafx.scene.control.Tooltip;
import javafx.scene.input.Clipboard;
import javafx.scene.input.ClipboardContent;
import javafx.scene.layout.StackPane;

/** A table of problems, newest first, with the details of the selected one below. */
final class ProblemsView implements View {
    private static final Texts TEXTS = Texts.of(ProblemsView.class);
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("HH:mm:ss").withZone(ZoneId.systemDefault());

    private final ViewContext context;
    private final ObservableList<Problem> problems;
    private final TableView<Problem> table;
    private final TextArea details = new TextArea();
    private final SplitPane split;
    private final StackPane node = new StackPane();

    ProblemsView(ViewContext context) {
        this.context = context;
        problems = context.workbench().problems().all();
        table = new TableView<>(problems);
        table.setId("problems-table");
        table.getSelectionModel().setSelectionMode(SelectionMode.MULTIPLE);
        columns();
        var copy = new MenuItem(TEXTS.get("copy"), Icons.of("mdi2c-content-copy"));
        copy.setOnAction(e -> copy());
        var remove = new MenuItem(TEXTS.get("remove"), Icons.of("mdi2c-close"));
        remove.setOnAction(e -> List.copyOf(table.getSelectionModel().getSelectedItems())
                .forEach(context.workbench().problems()::remove));
        table.setContextMenu(new ContextMenu(copy, remove));
        table.setOnMouseClicked(e -> {
            if (e.getClickCount() == 2) {
                selected()
                        .flatMap(Problem::viewId)
                        .ifPresent(context.workbench().navigation()::open);
            }
        });
        details.setEditable(false);
        details.getStyleClass().addAll("mono", "edge-to-edge");
        split = new SplitPane(table);
        table.getSelectionModel().selectedItemProperty().addListener((o, was, is) -> explain());
        var empty = new EmptyState("mdi2c-check-circle-outline", TEXTS.get("empty"));
        empty.visibleProperty().bind(javafx.beans.binding.Bindings.isEmpty(problems));
        node.getChildren().addAll(split, empty);
    }

    private void columns() {
        var icon = new TableColumn<Problem, Problem.Severity>("");
        icon.setPrefWidth(32);
        icon.setResizable(false);
        icon.setCellValueFactory(c -> new SimpleObjectProperty<>(c.getValue().severity()));
        icon.setCellFactory(c -> new TableCell<>() {
            @Override
            protected void updateItem(Problem.Severity severity, boolean empty) {
                super.updateItem(severity, empty);
                setGraphic(empty || severity == null ? null : icon(severity));
            }
        });
        table.getColumns().add(icon);
        column("time", 80, p -> TIME.format(p.at()), "mono", "muted");
        column("source", 112, Problem::source, "muted");
        column("summary", 1100, Problem::summary);
    }

    private static Node icon(Problem.Severity severity) {
        var icon = Icons.small(
                switch (severity) {
                    case ERROR -> "mdi2c-close-circle";
                    case WARNING -> "mdi2a-alert-outline";
                    case INFO -> "mdi2i-information-outline";
                });
        icon.getStyleClass()
                .add(
                        switch (severity) {
                            case ERROR -> "bad";
                            case WARNING -> "attention";
                            case INFO -> "accent-text";
                        });
        return icon;
    }

    private void column(
            String key, double width, java.util.function.Function<Problem, String> text, String... styleClasses) {
        var column = new TableColumn<Problem, String>(TEXTS.get("column." + key));
        column.setPrefWidth(width);
        column.setCellValueFactory(c -> new SimpleStringProperty(text.apply(c.getValue())));
        column.getStyleClass().addAll(styleClasses);
        table.getColumns().add(column);
    }

    private Optional<Problem> selected() {
        return Optional.ofNullable(table.getSelectionModel().getSelectedItem());
    }

    private void explain() {
        var text = selected()
                .map(p -> p.details().isEmpty() ? "" : p.summary() + "\n\n" + p.details())
                .orElse("");
        details.setText(text);
        if (text.isEmpty()) {
            split.getItems().remove(details);
        } else if (!split.getItems().contains(details)) {
            split.getItems().add(details);
            split.setDividerPositions(0.6);
        }
    }

    private void copy() {
        var content = new ClipboardContent();
        content.putString(table.getSelectionModel().getSelectedItems().stream()
                .map(p -> p.at() + " " + p.severity() + " " + p.source() + "\n" + p.summary() + "\n" + p.details())
                .collect(Collectors.joining("\n\n")));
        Clipboard.getSystemClipboard().setContent(content);
    }

    @Override
    public Node node() {
        return node;
    }

    @Override
    public List<Node> tabActions() {
        var clear = new Button("", Icons.of("mdi2n-notification-clear-all"));
        clear.getStyleClass().add("icon-button");
        clear.setTooltip(new Tooltip(TEXTS.get("clear")));
        clear.setOnAction(e -> context.workbench().problems().clear());
        return List.of(clear);
    }
}
