package dev.doorbell.app.views.faults;

import dev.doorbell.app.controls.Banner;
import dev.doorbell.app.controls.Chip;
import dev.doorbell.app.controls.EmptyState;
import dev.doorbell.app.controls.Figures;
import dev.doorbell.app.controls.Icons;
import dev.doorbell.app.controls.Tone;
import dev.doorbell.app.views.reading.Failures;
import dev.doorbell.driver.FaultPlan;
import dev.doorbell.driver.FaultRule;
import dev.doorbell.driver.Simulator;
import dev.doorbell.driver.Simulator.FaultState;
import dev.doorbell.plugin.DeviceSession;
import dev.doorbell.plugin.Texts;
import dev.doorbell.plugin.View;
import dev.doorbell.plugin.ViewContext;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import javafx.application.Platform;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.ContextMenu;
import javafx.scene.control.MenuButton;
import javafx.scene.control.MenuItem;
import javafx.scene.control.SeparatorMenuItem;
import javafx.scene.control.SplitPane;
import javafx.scene.control.ToggleButton;
import javafx.scene.control.Tooltip;
import javafx.scene.input.KeyCode;
import javafx.scene.input.KeyEvent;
import javafx.scene.layout.BorderPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;

/** The rules of a simulator's fault plan with live counts, a form for one of them, and a switch for all. */
final class FaultsView implements View {
    private static final double ROOM_FOR_BOTH = 900;
    private static final double FORM_WIDTH = 400;

    private final ViewContext context;
    private final Texts texts;
    private final BorderPane root = new BorderPane();
    private final SplitPane split = new SplitPane();
    private final VBox messages = new VBox();
    private final FaultTable table;
    private final RuleForm form;
    private final ToggleButton power = new ToggleButton();
    private final MenuButton presets;
    private final MenuButton more;
    private final Chip summary = new Chip("", Tone.NEUTRAL);
    private final HBox tools;
    /** One after the other, in the order in which the user did them. */
    private final ExecutorService changes =
            Executors.newSingleThreadExecutor(Thread.ofVirtual().factory());

    private int edited = -1;
    private boolean editing;
    private Optional<FaultState> shown = Optional.empty();

    FaultsView(ViewContext context) {
        this.context = context;
        texts = context.texts(FaultsView.class);
        table = new FaultTable(texts, (row, on) -> with(simulator -> simulator.switchRule(row.index(), on)));
        table.setPlaceholder(
                new EmptyState("mdi2b-bug-outline", texts.get("none")).action(texts.get("add"), this::add));
        form = new RuleForm(texts, this::take, this::leave);
        root.getStyleClass().add("faults-view");
        root.getStylesheets()
                .add(Objects.requireNonNull(FaultsView.class.getResource("faults.css"))
                        .toExternalForm());
        power.setId("faults-power");
        power.getStyleClass().add("small");
        power.setMinWidth(Region.USE_PREF_SIZE);
        power.setTooltip(new Tooltip(texts.get("power.tip")));
        power.setOnAction(e -> {
            boolean on = power.isSelected();
            with(simulator -> simulator.switchFaults(on));
        });
        Button add = button("faults-add", "mdi2p-plus", "add", this::add);
        presets = menu("faults-presets", "mdi2l-lightning-bolt-outline", "presets");
        fillPresets();
        more = menu("faults-more", "mdi2d-dots-horizontal", "more");
        fillMore();
        Region gap = new Region();
        HBox.setHgrow(gap, Priority.ALWAYS);
        summary.setId("faults-summary");
        summary.setMinWidth(0);
        tools = new HBox(power, add, presets, gap, summary, more);
        tools.getStyleClass().add("view-toolbar");
        split.getItems().add(table);
        root.setTop(new VBox(tools, messages));
        equipTable();
        root.widthProperty().addListener(o -> arrange());
        context.watch(context.device(), session -> {
            leave();
            messages.getChildren().clear();
        });
        context.watch(context.device().flatMap(DeviceSession::faults), this::show);
        context.watch(context.device().flatMap(DeviceSession::state), state -> show(plan()));
    }

    private Button button(String id, String icon, String key, Runnable run) {
        Button button = new Button(texts.get(key), Icons.small(icon));
        button.setId(id);
        button.getStyleClass().addAll("outlined", "small");
        button.setMinWidth(Region.USE_PREF_SIZE);
        button.setTooltip(new Tooltip(texts.get(key + ".tip")));
        button.setOnAction(e -> run.run());
        return button;
    }

    private MenuButton menu(String id, String icon, String key) {
        MenuButton button = new MenuButton(texts.get(key), Icons.small(icon));
        button.setId(id);
        button.getStyleClass().addAll("outlined", "small");
        button.setMinWidth(Region.USE_PREF_SIZE);
        button.setTooltip(new Tooltip(texts.get(key + ".tip")));
        return button;
    }

    private static MenuItem item(String text, String icon, Runnable run) {
        MenuItem item = new MenuItem(text, Icons.of(icon));
        item.setOnAction(e -> run.run());
        return item;
    }

    private void fillPresets() {
        for (List<FaultPresets.Preset> group : FaultPresets.groups()) {
            if (!presets.getItems().isEmpty()) {
                presets.getItems().add(new SeparatorMenuItem());
            }
            for (FaultPresets.Preset preset : group) {
                MenuItem item = item(
                        texts.get("preset." + preset.key()),
                        "mdi2l-lightning-bolt-outline",
                        () -> change(rules -> rules.add(FaultRule.parse(preset.rule()))));
                item.setId("preset-" + preset.key());
                presets.getItems().add(item);
            }
        }
    }

    private void fillMore() {
        more.getItems()
                .addAll(
                        item(texts.get("import"), "mdi2f-file-import-outline", this::importFile),
                        item(
                                texts.get("export"),
                                "mdi2f-file-export-outline",
                                () -> current()
                                        .ifPresent(plan -> FaultFiles.write(context.workbench(), texts, root, plan))),
                        item(
                                texts.get("copy"),
                                "mdi2c-content-copy",
                                () -> current().ifPresent(FaultFiles::copy)),
                        new SeparatorMenuItem(),
                        item(texts.get("clear"), "mdi2d-delete-outline", () -> change(List::clear)));
    }

    private void equipTable() {
        ContextMenu menu = table.getContextMenu();
        menu.getItems()
                .addAll(
                        0,
                        List.of(
                                item(texts.get("rule.edit"), "mdi2p-pencil-outline", this::edit),
                                item(texts.get("rule.duplicate"), "mdi2c-content-duplicate", this::duplicate),
                                item(texts.get("rule.up"), "mdi2a-arrow-up", () -> move(-1)),
                                item(texts.get("rule.down"), "mdi2a-arrow-down", () -> move(1)),
                                item(texts.get("rule.remove"), "mdi2d-delete-outline", this::remove),
                                new SeparatorMenuItem()));
        table.setOnMouseClicked(e -> {
            if (e.getClickCount() == 2) {
                edit();
            }
        });
        table.addEventFilter(KeyEvent.KEY_PRESSED, e -> {
            boolean known = true;
            if (e.getCode() == KeyCode.ENTER) {
                edit();
            } else if (e.getCode() == KeyCode.SPACE) {
                chosen().ifPresent(row -> {
                    boolean on = !row.rule().enabled();
                    with(simulator -> simulator.switchRule(row.index(), on));
                });
            } else if (e.getCode() == KeyCode.DELETE) {
                remove();
            } else if (e.getCode() == KeyCode.INSERT) {
                add();
            } else if (e.isAltDown() && (e.getCode() == KeyCode.UP || e.getCode() == KeyCode.DOWN)) {
                move(e.getCode() == KeyCode.UP ? -1 : 1);
            } else {
                known = false;
            }
            if (known) {
                e.consume();
            }
        });
    }

    // ---- what is shown
    // -----------------------------------------------------------------------------------------------

    private Optional<DeviceSession> session() {
        return Optional.ofNullable(context.device().getValue());
    }

    private Optional<FaultState> plan() {
        return session().flatMap(session -> session.faults().getValue());
    }

    private Optional<FaultPlan> current() {
        return plan().map(FaultState::plan);
    }

    private Optional<FaultRow> chosen() {
        return Optional.ofNullable(table.getSelectionModel().getSelectedItem());
    }

    private void show(Object ignored) {
        shown = plan();
        tools.setDisable(shown.isEmpty());
        if (shown.isEmpty()) {
            power.setSelected(false);
            sayPower(false);
            summary.setVisible(false);
            root.setCenter(empty());
            return;
        }
        FaultState state = shown.get();
        if (root.getCenter() != split) {
            root.setCenter(split);
        }
        power.setSelected(state.on());
        sayPower(state.on());
        power.setDisable(state.rules().isEmpty());
        table.show(state.rules());
        table.setOpacity(state.on() ? 1 : 0.6);
        summary.setVisible(!state.rules().isEmpty());
        long active = state.rules().stream().filter(r -> r.rule().enabled()).count();
        summary.say(
                texts.get("summary", active, state.rules().size(), Figures.count(state.hits())),
                state.isActive() ? Tone.ATTENTION : Tone.NEUTRAL);
    }

    private void sayPower(boolean on) {
        power.setText(texts.get(on ? "power.on" : "power.off"));
        power.setGraphic(Icons.small(on ? "mdi2t-toggle-switch" : "mdi2t-toggle-switch-off-outline"));
    }

    private Node empty() {
        Optional<DeviceSession> session = session();
        if (session.isPresent() && session.get().address().scheme().equals("sim")) {
            return new EmptyState(
                    "mdi2b-bug-outline", texts.get("opening", session.get().name()));
        }
        String why = session.map(s -> texts.get("noSimulator", s.name())).orElseGet(() -> texts.get("noDevice"));
        return new EmptyState("mdi2b-bug-outline", why)
                .action(texts.get("openSim"), () -> context.workbench().open("sim:"));
    }

    // ---- what the user does
    // ------------------------------------------------------------------------------------------

    /**
     * Tells the simulator something. It takes microseconds, but waits for the simulated device, so it is not for this thread; nor for
     * the session's, where a command may be waiting for the very fault that is to be taken away.
     */
    private void with(Consumer<Simulator> task) {
        session()
                .ifPresent(session -> changes.execute(() -> {
                    Optional<Throwable> failure = Optional.empty();
                    try {
                        session.controller().device().simulator().ifPresent(task);
                    } catch (RuntimeException e) {
                        failure = Optional.of(e);
                    }
                    Optional<Throwable> outcome = failure;
                    Platform.runLater(() -> told(outcome));
                }));
    }

    private void told(Optional<Throwable> failure) {
        messages.getChildren().clear();
        failure.ifPresent(this::fail);
        if (failure.isPresent()) {
            show(shown);
        }
    }

    private void fail(Throwable failure) {
        messages.getChildren()
                .setAll(Banner.error(texts.get("failed"), Failures.message(failure))
                        .dismiss(texts.get("ok"), messages.getChildren()::clear));
    }

    /** Changes the rules as they are when it is done, not as they were last seen. */
    private void change(Consumer<List<FaultRule>> change) {
        with(simulator -> {
            FaultState now = simulator.faults();
            List<FaultRule> rules = new ArrayList<>(now.plan().rules());
            change.accept(rules);
            simulator.faults(new FaultPlan(now.seed(), rules));
        });
    }

    private void add() {
        if (plan().isPresent()) {
            open(-1, texts.get("form.new"), RuleDraft.FRESH);
        }
    }

    private void edit() {
        chosen().ifPresent(row -> open(row.index(), texts.get("form.edit", row.index() + 1), RuleDraft.of(row.rule())));
    }

    private void open(int index, String title, RuleDraft draft) {
        edited = index;
        editing = true;
        arrange();
        form.edit(title, draft);
    }

    private void leave() {
        if (editing) {
            editing = false;
            arrange();
            table.requestFocus();
        }
    }

    /** Table and form side by side; where there is no room for both, the form stands in for the table. */
    private void arrange() {
        double width = root.getWidth();
        List<Node> wanted = !editing ? List.of(table) : width < ROOM_FOR_BOTH ? List.of(form) : List.of(table, form);
        if (!split.getItems().equals(wanted)) {
            split.getItems().setAll(wanted);
            SplitPane.setResizableWithParent(form, wanted.size() == 1);
            split.setDividerPositions(1 - FORM_WIDTH / Math.max(width, ROOM_FOR_BOTH));
        }
    }

    private void take(FaultRule rule) {
        int at = edited;
        change(rules -> {
            if (at >= 0 && at < rules.size()) {
                rules.set(at, rule);
            } else {
                rules.add(rule);
            }
        });
        leave();
    }

    private void duplicate() {
        chosen().ifPresent(row -> change(rules -> {
            if (row.index() < rules.size()) {
                rules.add(row.index() + 1, rules.get(row.index()));
            }
        }));
    }

    private void move(int by) {
        chosen().ifPresent(row -> {
            int to = row.index() + by;
            if (to >= 0 && to < table.getItems().size()) {
                change(rules -> {
                    if (Math.max(to, row.index()) < rules.size()) {
                        rules.add(to, rules.remove(row.index()));
                    }
                });
                table.getSelectionModel().select(to);
            }
        });
    }

    private void remove() {
        chosen().ifPresent(row -> {
            leave();
            change(rules -> {
                if (row.index() < rules.size()) {
                    rules.remove(row.index());
                }
            });
        });
    }

    private void importFile() {
        FaultFiles.chooseInput(texts, root).ifPresent(this::importFrom);
    }

    private void importFrom(Path file) {
        try {
            FaultPlan plan = FaultFiles.read(texts, file);
            with(simulator -> simulator.faults(plan));
        } catch (IOException | FaultPlan.FormatException e) {
            fail(e);
        }
    }

    @Override
    public Node node() {
        return root;
    }

    @Override
    public void dispose() {
        changes.shutdown();
    }

    /** A file is imported, a rule's text opens the form. */
    @Override
    public void open(Object argument) {
        switch (argument) {
            case Path file -> importFrom(file);
            case FaultRule rule when plan().isPresent() -> open(-1, texts.get("form.new"), RuleDraft.of(rule));
            default -> {}
        }
    }
}
