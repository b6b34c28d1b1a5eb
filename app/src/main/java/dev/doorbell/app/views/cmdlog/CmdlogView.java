package dev.doorbell.app.views.cmdlog;

import dev.doorbell.app.controls.Chip;
import dev.doorbell.app.controls.EmptyState;
import dev.doorbell.app.controls.Figures;
import dev.doorbell.app.controls.Icons;
import dev.doorbell.app.controls.SaveDialog;
import dev.doorbell.app.controls.SearchField;
import dev.doorbell.app.controls.Tone;
import dev.doorbell.plugin.DeviceSession;
import dev.doorbell.plugin.Memento;
import dev.doorbell.plugin.Problem;
import dev.doorbell.plugin.Texts;
import dev.doorbell.plugin.View;
import dev.doorbell.plugin.ViewContext;
import dev.doorbell.spec.Hit;
import dev.doorbell.spec.StatusCodes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import javafx.application.Platform;
import javafx.geometry.Orientation;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.ComboBox;
import javafx.scene.control.Label;
import javafx.scene.control.MenuButton;
import javafx.scene.control.MenuItem;
import javafx.scene.control.Separator;
import javafx.scene.control.SplitPane;
import javafx.scene.control.ToggleButton;
import javafx.scene.control.Tooltip;
import javafx.scene.input.Clipboard;
import javafx.scene.input.ClipboardContent;
import javafx.scene.input.KeyCode;
import javafx.scene.input.KeyCodeCombination;
import javafx.scene.input.KeyCombination;
import javafx.scene.layout.BorderPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;

/** Commands with their completions, live, filtered, and the selected one in detail. */
final class CmdlogView implements View {
    private static final KeyCombination COPY = new KeyCodeCombination(KeyCode.C, KeyCombination.SHORTCUT_DOWN);

    /** One queue, as Devices names it. */
    private static final Pattern QUEUE = Pattern.compile("q\\d+");

    /** Places of choices among {@link #queues}. */
    private static final int ADMIN = 1;

    private static final int ALL = 4;

    /** Which queues are shown. */
    private record Queues(String title, Predicate<CmdlogRow> filter, boolean workers) {
        @Override
        public String toString() {
            return title;
        }
    }

    private final ViewContext context;
    private final Texts texts;
    private final CmdlogModel model = new CmdlogModel();
    private final CmdlogTable table;
    private final CmdlogDetails details;
    private final BorderPane root = new BorderPane();
    private final SplitPane split = new SplitPane();
    private final ComboBox<Queues> queues = new ComboBox<>();
    private final ToggleButton follow = new ToggleButton();
    private final ToggleButton pause = new ToggleButton();
    private final SearchField filter;
    private final Label count = new Label();
    private final Chip failed;
    private final AtomicBoolean collecting = new AtomicBoolean();
    private Predicate<CmdlogRow> expression = row -> true;
    /** What is wrong with the filter; empty: nothing. */
    private String complaint = "";

    private volatile CmdlogCollector collector;

    CmdlogView(ViewContext context) {
        this.context = context;
        texts = context.texts(CmdlogView.class);
        table = new CmdlogTable(texts);
        details = new CmdlogDetails(texts, context.workbench().catalogue(), this::sendAgain);
        filter = SearchField.filter(texts.get("filter"));
        failed = new Chip("", Tone.BAD, "mdi2c-close-circle");
        collector = new CmdlogCollector(context.workbench().catalogue());
        root.getStyleClass().add("cmdlog-view");
        root.setTop(toolbar());
        table.setItems(model.shown());
        table.setPlaceholder(new EmptyState("mdi2f-format-list-bulleted", texts.get("nothing")));
        split.setOrientation(Orientation.HORIZONTAL);
        split.getItems().setAll(table);
        table.getSelectionModel().selectedItemProperty().addListener((o, was, row) -> select(row));
        table.setOnKeyPressed(e -> {
            if (COPY.match(e)) {
                copy(rows -> CmdlogExport.csv(rows));
                e.consume();
            } else if (e.getCode() == KeyCode.ESCAPE) {
                table.getSelectionModel().clearSelection();
            }
        });
        table.getSelectionModel().setSelectionMode(javafx.scene.control.SelectionMode.MULTIPLE);
        context.watch(context.device(), this::device);
        context.onPulse(this::collect);
    }

    private HBox toolbar() {
        queues.getItems()
                .setAll(
                        new Queues(texts.get("queues.hand"), row -> !row.worker(), false),
                        new Queues(texts.get("queues.admin"), CmdlogRow::admin, false),
                        new Queues(texts.get("queues.io"), row -> !row.admin() && !row.worker(), false),
                        new Queues(texts.get("queues.worker"), CmdlogRow::worker, true),
                        new Queues(texts.get("queues.all"), row -> true, true));
        queues.getSelectionModel().select(0);
        queues.setId("cmdlog-queues");
        queues.setMinWidth(Region.USE_PREF_SIZE);
        queues.valueProperty().addListener(o -> refilter());
        toggle(follow, "follow", "mdi2a-arrow-collapse-down");
        follow.setSelected(true);
        follow.selectedProperty().addListener((o, was, is) -> scroll());
        toggle(pause, "pause", "mdi2p-pause");
        pause.selectedProperty().addListener((o, was, is) -> {
            model.paused().set(is);
            if (!is) {
                model.showAll();
                scroll();
            }
            counts();
        });
        filter.setId("cmdlog-filter");
        filter.setPrefWidth(280);
        filter.input().textProperty().addListener(o -> parse());
        count.getStyleClass().addAll("muted", "small");
        count.setId("cmdlog-count");
        count.setMinWidth(0);
        failed.setVisible(false);
        failed.managedProperty().bind(failed.visibleProperty());
        failed.setMinWidth(Region.USE_PREF_SIZE);
        Button clear = icon("clear", "mdi2d-delete-sweep-outline");
        clear.setOnAction(e -> model.clear());
        Region gap = new Region();
        HBox.setHgrow(gap, Priority.ALWAYS);
        HBox bar = new HBox(
                queues,
                follow,
                pause,
                new Separator(Orientation.VERTICAL),
                filter,
                count,
                gap,
                failed,
                columns(),
                clear,
                export());
        bar.getStyleClass().add("view-toolbar");
        bar.setAlignment(Pos.CENTER_LEFT);
        return bar;
    }

    private void toggle(ToggleButton button, String key, String icon) {
        button.setText(texts.get(key));
        button.setGraphic(Icons.small(icon));
        button.setTooltip(new Tooltip(texts.get(key + ".tip")));
        button.setMinWidth(Region.USE_PREF_SIZE);
        button.setId("cmdlog-" + key);
        button.getStyleClass().add("small");
    }

    private Button icon(String key, String icon) {
        Button button = new Button(null, Icons.small(icon));
        button.getStyleClass().addAll("small", "flat", "button-icon");
        button.setTooltip(new Tooltip(texts.get(key)));
        button.setAccessibleText(texts.get(key));
        return button;
    }

    private MenuButton columns() {
        MenuButton button = menu("columns", "mdi2v-view-column-outline");
        for (var column : table.getColumns()) {
            var item = new javafx.scene.control.CheckMenuItem(texts.get("column." + column.getId() + ".name"));
            item.selectedProperty().bindBidirectional(column.visibleProperty());
            button.getItems().add(item);
        }
        return button;
    }

    private MenuButton export() {
        MenuButton button = menu("export", "mdi2e-export-variant");
        button.setId("cmdlog-export");
        button.getItems()
                .setAll(
                        item("export.copy.csv", () -> copy(CmdlogExport::csv)),
                        item("export.copy.json", () -> copy(CmdlogExport::json)),
                        item("export.csv", () -> save("csv", CmdlogExport::csv)),
                        item("export.json", () -> save("json", CmdlogExport::json)));
        return button;
    }

    private MenuButton menu(String key, String icon) {
        MenuButton button = new MenuButton(null, Icons.small(icon));
        button.getStyleClass().addAll("small", "flat", "no-arrow", "button-icon");
        button.setTooltip(new Tooltip(texts.get(key)));
        button.setAccessibleText(texts.get(key));
        return button;
    }

    private MenuItem item(String key, Runnable run) {
        MenuItem item = new MenuItem(texts.get(key));
        item.setOnAction(e -> run.run());
        return item;
    }

    private void device(DeviceSession session) {
        collector = new CmdlogCollector(context.workbench().catalogue());
        model.clear();
        if (session == null) {
            root.setCenter(new EmptyState("mdi2f-format-list-bulleted", texts.get("empty"))
                    .action(texts.get("empty.action"), () -> context.workbench().open("sim:")));
        } else {
            root.setCenter(split);
        }
        counts();
    }

    /** Reads the logs beside the JavaFX thread, one reading at a time. */
    private void collect() {
        DeviceSession session = context.device().getValue();
        if (session == null || !open(session) || !collecting.compareAndSet(false, true)) {
            return;
        }
        CmdlogCollector reader = collector;
        boolean workers = queues.getValue().workers();
        Thread.ofVirtual().name("cmdlog").start(() -> {
            try {
                CmdlogCollector.News news = reader.collect(session.controller(), workers);
                if (!news.isEmpty()) {
                    Platform.runLater(() -> show(reader, news));
                }
            } catch (RuntimeException e) {
                // The device was closed meanwhile; its session says so.
            } finally {
                collecting.set(false);
            }
        });
    }

    private static boolean open(DeviceSession session) {
        return switch (session.state().getValue()) {
            case OPENING, CLOSED, LOST -> false;
            case READY, DISABLED, FATAL -> true;
        };
    }

    private void show(CmdlogCollector from, CmdlogCollector.News news) {
        if (from != collector) {
            return;
        }
        model.add(news);
        counts();
        table.scaleTo(model.shown().stream()
                .skip(Math.max(0, model.shown().size() - 200))
                .mapToLong(r -> r.entry().latencyNanos())
                .max()
                .orElse(1));
        if (!news.sent().isEmpty()) {
            scroll();
        }
    }

    private void scroll() {
        if (follow.isSelected() && !pause.isSelected() && !model.shown().isEmpty()) {
            table.scrollTo(model.shown().size() - 1);
        }
    }

    private void parse() {
        try {
            expression = CmdlogFilter.parse(filter.input().getText());
            complaint = "";
            Tone.NEUTRAL.applyTo(filter);
            filter.input().setTooltip(new Tooltip(texts.get("filter.tip")));
            refilter();
        } catch (CmdlogFilter.SyntaxException e) {
            Tone.ATTENTION.applyTo(filter);
            filter.input().setTooltip(new Tooltip(e.getMessage()));
            complaint = e.getMessage();
            counts();
        }
    }

    private void refilter() {
        model.filter(queues.getValue().filter().and(expression));
        counts();
        scroll();
    }

    private void counts() {
        (complaint.isEmpty() ? Tone.NEUTRAL : Tone.ATTENTION).applyTo(count);
        count.setMinWidth(complaint.isEmpty() ? Region.USE_PREF_SIZE : 0);
        count.setText(
                complaint.isEmpty()
                        ? texts.get(
                                queues.getValue().workers() ? "count" : "count.hidden",
                                Figures.count(model.shown().size()),
                                Figures.count(model.total().get()))
                        : complaint);
        failed.setVisible(model.failed().get() > 0);
        failed.setText(texts.get("failed", Figures.count(model.failed().get())));
    }

    private void select(CmdlogRow row) {
        if (row == null) {
            split.getItems().remove(details);
            return;
        }
        details.show(row);
        if (!split.getItems().contains(details)) {
            split.getItems().add(details);
            split.setDividerPositions(Math.max(0.5, 1 - 420 / Math.max(800, split.getWidth())));
            SplitPane.setResizableWithParent(details, false);
        }
        follow.setSelected(false);
    }

    private void sendAgain(CmdlogRow row) {
        context.workbench()
                .navigation()
                .open(
                        "command",
                        new dev.doorbell.plugin.RawCommand(
                                row.admin(), row.entry().sqe()));
    }

    /** The selected rows, or all that are shown. */
    private List<CmdlogRow> chosen() {
        List<CmdlogRow> selected = List.copyOf(table.getSelectionModel().getSelectedItems());
        return selected.size() > 1 ? selected : List.copyOf(model.shown());
    }

    private void copy(Function<List<CmdlogRow>, String> form) {
        ClipboardContent content = new ClipboardContent();
        List<CmdlogRow> rows = chosen();
        content.putString(form.apply(rows));
        Clipboard.getSystemClipboard().setContent(content);
        context.workbench().say(texts.get("copied", Figures.count(rows.size())));
    }

    private void save(String extension, Function<List<CmdlogRow>, String> form) {
        context.workbench()
                .shared(SaveDialog.class, w -> new SaveDialog())
                .ask(root.getScene().getWindow(), texts.get("export"), "cmdlog." + extension)
                .ifPresent(file -> save(file, form));
    }

    private void save(Path file, Function<List<CmdlogRow>, String> form) {
        List<CmdlogRow> rows = chosen();
        context.workbench().jobs().submit(texts.get("saving", file.getFileName()), monitor -> {
            try {
                Files.writeString(file, form.apply(rows));
            } catch (IOException e) {
                context.workbench()
                        .problems()
                        .show(Problem.error("cmdlog", texts.get("save.failed", file, e.getMessage()), e));
            }
            return file;
        });
    }

    @Override
    public Node node() {
        return root;
    }

    @Override
    public void find() {
        filter.startTyping();
    }

    @Override
    public void open(Object argument) {
        switch (argument) {
            case Hit hit
            when hit.owner() instanceof StatusCodes.Status status -> only(ALL, "status == " + status.code());
            case String text when text.equals("admin") -> only(ADMIN, "");
            case String text when QUEUE.matcher(text).matches() -> only(ALL, "q == " + text.substring(1));
            case String text -> filter.input().setText(text);
            default -> {}
        }
    }

    private void only(int which, String expression) {
        queues.getSelectionModel().select(which);
        filter.input().setText(expression);
    }

    @Override
    public Object place() {
        return filter.input().getText();
    }

    @Override
    public void save(Memento memento) {
        memento.put("filter", filter.input().getText());
        memento.put("queues", queues.getSelectionModel().getSelectedIndex());
        for (var column : table.getColumns()) {
            memento.section("column").put(column.getId(), table.isWanted(column));
        }
    }

    @Override
    public void restore(Memento memento) {
        queues.getSelectionModel()
                .select(Math.clamp(
                        memento.getInt("queues", 0), 0, queues.getItems().size() - 1));
        filter.input().setText(memento.get("filter", ""));
        for (var column : table.getColumns()) {
            column.setVisible(memento.section("column").getBoolean(column.getId(), true));
        }
    }
}
