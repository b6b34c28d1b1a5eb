package dev.doorbell.app.views.plans;

import dev.doorbell.app.controls.EmptyState;
import dev.doorbell.app.controls.Icons;
import dev.doorbell.app.controls.SearchField;
import dev.doorbell.app.controls.StatusIcon;
import dev.doorbell.plugin.Texts;
import dev.doorbell.plugin.View;
import dev.doorbell.plugin.ViewContext;
import dev.doorbell.testplans.plan.Plan;
import dev.doorbell.testplans.plan.PlanCase;
import dev.doorbell.testplans.run.RunResult;
import dev.doorbell.testplans.run.State;
import java.io.File;
import java.nio.file.Path;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import javafx.css.PseudoClass;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.ContextMenu;
import javafx.scene.control.Label;
import javafx.scene.control.MenuItem;
import javafx.scene.control.Tooltip;
import javafx.scene.control.TreeCell;
import javafx.scene.control.TreeItem;
import javafx.scene.control.TreeView;
import javafx.scene.input.KeyCode;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;
import javafx.stage.FileChooser;

/** The saved plans with their cases, and the runs of this session. */
final class PlansView implements View {
    private static final PseudoClass GROUP = PseudoClass.getPseudoClass("group");
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("HH:mm", Locale.ROOT).withZone(ZoneId.systemDefault());

    private sealed interface Item {
        record Heading(String text) implements Item {}

        record OfPlan(PlanEntry entry) implements Item {}

        record OfGroup(Plan plan, Plan.CaseGroup group) implements Item {}

        record OfCase(Plan plan, PlanCase single) implements Item {}

        record OfRun(TestRun run) implements Item {}
    }

    private final ViewContext context;
    private final Texts texts;
    private final TestDesk desk;
    private final VBox root = new VBox();
    private final SearchField filter;
    private final TreeView<Item> tree = new TreeView<>();
    private final TreeItem<Item> top = new TreeItem<>();
    private final Set<String> expanded = new HashSet<>();
    private final Button run = new Button(null, Icons.small("mdi2p-play-outline"));

    PlansView(ViewContext context) {
        this.context = context;
        texts = context.texts(PlansView.class);
        desk = context.workbench().shared(TestDesk.class, TestDesk::new);
        filter = SearchField.filter(texts.get("plans.filter"));
        HBox.setHgrow(filter, Priority.ALWAYS);
        filter.setMaxWidth(Double.MAX_VALUE);
        run.getStyleClass().addAll("outlined", "small");
        run.setId("plans-run");
        run.setTooltip(new Tooltip(texts.get("plans.run")));
        run.setAccessibleText(texts.get("plans.run"));
        run.setOnAction(e -> runSelected());
        Button add = new Button(null, Icons.small("mdi2p-plus"));
        add.getStyleClass().addAll("outlined", "small");
        add.setTooltip(new Tooltip(texts.get("plans.add")));
        add.setAccessibleText(texts.get("plans.add"));
        add.setOnAction(e -> choose());
        HBox bar = new HBox(filter, run, add);
        bar.getStyleClass().add("view-toolbar");
        VBox.setVgrow(tree, Priority.ALWAYS);
        root.getStyleClass().add("plans-view");
        root.getChildren().setAll(bar, tree);
        tree.setId("plans-tree");
        tree.setShowRoot(false);
        tree.setRoot(top);
        tree.setCellFactory(t -> new Cell());
        tree.setOnKeyPressed(e -> {
            if (e.getCode() == KeyCode.ENTER) {
                runSelected();
            }
        });
        tree.setOnMouseClicked(e -> {
            if (e.getClickCount() == 2) {
                runSelected();
            }
        });
        tree.getSelectionModel().selectedItemProperty().addListener((o, was, is) -> selected(is));
        filter.input().textProperty().addListener(o -> fill());
        desk.plans().subscribe(this::fill);
        desk.runs().subscribe(this::fill);
        context.watch(desk.current(), r -> {
            if (r != null) {
                r.result().addListener((o, was, is) -> tree.refresh());
            }
        });
        context.watch(desk.job(), j -> run.setDisable(j != null));
        fill();
    }

    private void fill() {
        String query = filter.query().toLowerCase(Locale.ROOT);
        top.getChildren().clear();
        heading(
                "plans.bundled",
                desk.plans().stream().filter(p -> p.file().isEmpty()).toList(),
                query);
        heading(
                "plans.mine",
                desk.plans().stream().filter(p -> p.file().isPresent()).toList(),
                query);
        if (!desk.runs().isEmpty() && query.isEmpty()) {
            top.getChildren().add(new TreeItem<>(new Item.Heading(texts.get("plans.runs"))));
            desk.runs().forEach(r -> top.getChildren().add(new TreeItem<>(new Item.OfRun(r))));
        }
    }

    private void heading(String key, List<PlanEntry> entries, String query) {
        List<TreeItem<Item>> items =
                entries.stream().flatMap(e -> plan(e, query).stream()).toList();
        if (!items.isEmpty()) {
            top.getChildren().add(new TreeItem<>(new Item.Heading(texts.get(key))));
            top.getChildren().addAll(items);
        }
    }

    /** The plan with its cases; empty when nothing in it matches. */
    private Optional<TreeItem<Item>> plan(PlanEntry entry, String query) {
        TreeItem<Item> item = new TreeItem<>(new Item.OfPlan(entry));
        boolean named = entry.title().toLowerCase(Locale.ROOT).contains(query);
        entry.plan().ifPresent(plan -> {
            for (Plan.CaseGroup group : plan.groups()) {
                TreeItem<Item> branch = new TreeItem<>(new Item.OfGroup(plan, group));
                for (PlanCase single : group.cases()) {
                    if (named || single.title().toLowerCase(Locale.ROOT).contains(query)) {
                        branch.getChildren().add(new TreeItem<>(new Item.OfCase(plan, single)));
                    }
                }
                if (!branch.getChildren().isEmpty()) {
                    remember(branch, plan.id() + "/" + group.id(), !query.isEmpty() && !named);
                    item.getChildren().add(branch);
                }
            }
            remember(
                    item,
                    plan.id(),
                    !query.isEmpty() || entry.plan().isPresent() && desk.plans().indexOf(entry) == 0);
        });
        return named || !item.getChildren().isEmpty() ? Optional.of(item) : Optional.empty();
    }

    private void remember(TreeItem<Item> item, String key, boolean open) {
        item.setExpanded(open || expanded.contains(key));
        item.expandedProperty().addListener((o, was, is) -> {
            if (is) {
                expanded.add(key);
            } else {
                expanded.remove(key);
            }
        });
    }

    private void selected(TreeItem<Item> item) {
        switch (item == null ? null : item.getValue()) {
            case Item.OfRun r -> {
                desk.current().set(r.run());
                context.workbench().navigation().reveal("run");
            }
            case Item.OfCase c -> showCase(c);
            case null, default -> {}
        }
    }

    private void showCase(Item.OfCase wanted) {
        desk.latest(wanted.plan()).ifPresent(r -> {
            desk.current().set(r);
            desk.caseId().set(wanted.single().fullId());
        });
    }

    private void runSelected() {
        TreeItem<Item> item = tree.getSelectionModel().getSelectedItem();
        switch (item == null ? null : item.getValue()) {
            case Item.OfPlan p ->
                p.entry()
                        .plan()
                        .ifPresentOrElse(
                                plan -> start(plan, Set.of()),
                                () -> context.workbench()
                                        .problems()
                                        .show(dev.doorbell.plugin.Problem.warning(
                                                "plans", p.entry().problem())));
            case Item.OfGroup g -> start(g.plan(), Set.of(g.group().id()));
            case Item.OfCase c -> start(c.plan(), Set.of(c.single().fullId()));
            case Item.OfRun r -> start(r.run().plan(), Set.of());
            case null, default ->
                desk.plans().stream()
                        .flatMap(p -> p.plan().stream())
                        .findFirst()
                        .ifPresent(plan -> start(plan, Set.of()));
        }
    }

    private void start(Plan plan, Set<String> include) {
        desk.start(plan, include)
                .ifPresent(r -> context.workbench().navigation().reveal("run"));
    }

    private void choose() {
        FileChooser chooser = new FileChooser();
        chooser.getExtensionFilters().add(new FileChooser.ExtensionFilter(texts.get("plans.files"), "*.yaml", "*.yml"));
        List<File> files = chooser.showOpenMultipleDialog(root.getScene().getWindow());
        if (files != null) {
            desk.add(files.stream().map(File::toPath).toList());
        }
    }

    @Override
    public Node node() {
        return root;
    }

    @Override
    public void find() {
        filter.startTyping();
    }

    /** {@code run:ID} runs a plan; the path of a plan file adds it to the list. */
    @Override
    public void open(Object argument) {
        if (argument instanceof String text && text.startsWith("run:")) {
            desk.startBundled(text.substring(4));
        } else if (argument instanceof Path file) {
            desk.add(List.of(file));
        }
    }

    private final class Cell extends TreeCell<Item> {
        private final StatusIcon icon = new StatusIcon(StatusIcon.State.PENDING);
        private final Label name = new Label();
        private final Label note = new Label();
        private final HBox row;

        Cell() {
            Region gap = new Region();
            HBox.setHgrow(gap, Priority.ALWAYS);
            note.getStyleClass().addAll("muted", "small");
            note.setMinWidth(USE_PREF_SIZE);
            name.setId("plans-name");
            name.setMinWidth(40);
            row = new HBox(6, icon, name, gap, note);
            row.setAlignment(Pos.CENTER_LEFT);
            icon.setMinWidth(USE_PREF_SIZE);
            setPrefWidth(0);
            setMinWidth(0);
        }

        @Override
        protected void updateItem(Item item, boolean empty) {
            super.updateItem(item, empty);
            setText(null);
            boolean nothing = empty || item == null;
            pseudoClassStateChanged(GROUP, !nothing && item instanceof Item.Heading);
            setGraphic(nothing ? null : row);
            setContextMenu(null);
            setTooltip(null);
            name.getStyleClass().remove("strong");
            if (nothing) {
                return;
            }
            switch (item) {
                case Item.Heading h -> say(h.text(), "");
                case Item.OfPlan p -> plan(p.entry());
                case Item.OfGroup g -> {
                    var done = result(g.plan())
                            .flatMap(r -> r.groups().stream()
                                    .filter(x -> x.id().equals(g.group().id()))
                                    .findFirst());
                    say(g.group().title(), Integer.toString(g.group().cases().size()));
                    show(done.map(RunResult.GroupResult::state).orElse(State.PENDING));
                    done.filter(x -> x.count(State.FAILED) + x.count(State.ERROR) > 0)
                            .ifPresent(x -> note.setText(texts.get(
                                    "plans.failedOf",
                                    x.count(State.FAILED) + x.count(State.ERROR),
                                    g.group().cases().size())));
                }
                case Item.OfCase c -> {
                    say(c.single().title(), "");
                    setTooltip(
                            new Tooltip(c.single().title() + "\n" + c.single().spec()));
                    show(result(c.plan())
                            .flatMap(r -> r.findCase(c.single().fullId()))
                            .map(r -> r.state())
                            .orElse(State.PENDING));
                }
                case Item.OfRun r -> {
                    RunResult result = r.run().result().get();
                    say(
                            texts.get(
                                    "plans.run.on",
                                    r.run().plan().title(),
                                    r.run().device()),
                            TIME.format(result.started()));
                    show(result.state());
                }
            }
        }

        private void plan(PlanEntry entry) {
            say(entry.title(), "");
            name.getStyleClass().add("strong");
            Optional<RunResult> result = entry.plan().flatMap(PlansView.this::result);
            if (entry.plan().isEmpty()) {
                show(State.ERROR);
                setTooltip(new Tooltip(entry.problem()));
            } else {
                show(result.map(RunResult::state).orElse(State.PENDING));
                note.setText(result.map(this::summary)
                        .orElseGet(() -> texts.get(
                                "plans.cases", entry.plan().get().cases().size())));
                setTooltip(new Tooltip(entry.plan().get().description()));
            }
            if (entry.file().isPresent()) {
                MenuItem again = new MenuItem(texts.get("plans.reread"));
                again.setOnAction(e -> desk.add(List.of(entry.file().get())));
                MenuItem remove = new MenuItem(texts.get("plans.remove"));
                remove.setOnAction(e -> desk.remove(entry));
                setContextMenu(new ContextMenu(again, remove));
            }
        }

        private String summary(RunResult r) {
            long bad = r.count(State.FAILED) + r.count(State.ERROR);
            if (!r.state().isDone()) {
                return texts.get(
                        "plans.doneOf",
                        r.cases().stream().filter(c -> c.state().isDone()).count(),
                        r.cases().size());
            }
            return bad > 0
                    ? texts.get("plans.failed", bad, TIME.format(r.started()))
                    : texts.get("plans.passed", r.count(State.PASSED), TIME.format(r.started()));
        }

        private void say(String text, String right) {
            name.setText(text);
            note.setText(right);
            icon.setVisible(false);
            icon.setManaged(false);
        }

        private void show(State state) {
            icon.setVisible(true);
            icon.setManaged(true);
            icon.show(States.icon(state));
        }
    }

    private Optional<RunResult> result(Plan plan) {
        return desk.latest(plan).map(r -> r.result().get());
    }

    /** What a view of this folder shows while no plan has run. */
    static EmptyState nothingYet(ViewContext context, Texts texts, TestDesk desk) {
        return new EmptyState("mdi2p-playlist-check", texts.get("run.empty"))
                .action(texts.get("run.empty.action"), () -> {
                    if (context.workbench().device().get() == null) {
                        context.workbench().open("sim:").thenRun(() -> desk.startBundled("smoke"));
                    } else {
                        desk.startBundled("smoke");
                    }
                });
    }
}
