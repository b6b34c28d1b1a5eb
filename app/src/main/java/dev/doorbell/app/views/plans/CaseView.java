package dev.doorbell.app.views.plans;

import dev.doorbell.app.controls.EmptyState;
import dev.doorbell.app.controls.Figures;
import dev.doorbell.app.controls.Icons;
import dev.doorbell.app.controls.StatusIcon;
import dev.doorbell.plugin.RawCommand;
import dev.doorbell.plugin.Texts;
import dev.doorbell.plugin.View;
import dev.doorbell.plugin.ViewContext;
import dev.doorbell.testplans.run.CaseResult;
import dev.doorbell.testplans.run.CommandLine;
import dev.doorbell.testplans.run.StepResult;
import dev.doorbell.testplans.run.WorkerSeries;
import java.util.List;
import java.util.Set;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.ScrollPane;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.ColumnConstraints;
import javafx.scene.layout.GridPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;
import javafx.util.Subscription;

/** The selected case: the finding first, then what was expected and what came, the bytes, the commands, and what to do next. */
final class CaseView implements View {
    private static final int MOST_COMMANDS = 24;

    private final ViewContext context;
    private final Texts texts;
    private final TestDesk desk;
    private final ScrollPane root = new ScrollPane();
    private final VBox content = new VBox();
    private CaseResult shown;
    private Subscription following = Subscription.EMPTY;

    CaseView(ViewContext context) {
        this.context = context;
        texts = context.texts(CaseView.class);
        desk = context.workbench().shared(TestDesk.class, TestDesk::new);
        root.getStyleClass().add("case-view");
        root.setFitToWidth(true);
        root.setHbarPolicy(ScrollPane.ScrollBarPolicy.NEVER);
        context.watch(desk.current(), r -> {
            following.unsubscribe();
            following = r == null ? Subscription.EMPTY : r.result().subscribe(x -> show());
            show();
        });
        context.watch(desk.caseId(), id -> show());
    }

    private void show() {
        var selected = desk.selected();
        if (selected.isEmpty()) {
            shown = null;
            root.setFitToHeight(true);
            root.setContent(new EmptyState("mdi2t-text-box-search-outline", texts.get("case.empty")));
            return;
        }
        CaseResult c = selected.get();
        if (c.equals(shown)) {
            return;
        }
        shown = c;
        root.setFitToHeight(false);
        content.getChildren().setAll(head(c), facts(c));
        c.badStep().ifPresent(s -> content.getChildren().add(failure(s)));
        if (c.badStep().isEmpty() && !c.steps().isEmpty()) {
            content.getChildren().add(steps(c));
        }
        if (!c.workers().isEmpty()) {
            content.getChildren().add(workers(c));
        }
        if (!c.commands().isEmpty()) {
            content.getChildren().add(commands(c));
        }
        content.getChildren().add(next(c));
        root.setContent(content);
    }

    private Node head(CaseResult c) {
        StatusIcon icon = new StatusIcon(States.icon(c.state()));
        icon.setMinWidth(Region.USE_PREF_SIZE);
        Label title = new Label(c.title());
        title.getStyleClass().add("strong");
        title.setWrapText(true);
        HBox line = new HBox(8, icon, title);
        line.setAlignment(Pos.TOP_LEFT);
        VBox head = new VBox(4, line);
        head.getStyleClass()
                .addAll(
                        "case-head",
                        c.state().isBad()
                                ? "case-bad"
                                : "case-" + c.state().name().toLowerCase(java.util.Locale.ROOT));
        if (!c.finding().isEmpty()) {
            Label finding = new Label(c.finding());
            finding.setWrapText(true);
            finding.getStyleClass().add("case-finding");
            head.getChildren().add(finding);
        } else if (!c.description().isEmpty()) {
            Label text = new Label(c.description());
            text.setWrapText(true);
            text.getStyleClass().addAll("muted", "case-finding");
            head.getChildren().add(text);
        }
        return head;
    }

    private Node facts(CaseResult c) {
        GridPane grid = new GridPane();
        grid.getStyleClass().add("section");
        ColumnConstraints names = new ColumnConstraints(96);
        ColumnConstraints values = new ColumnConstraints();
        values.setHgrow(Priority.ALWAYS);
        grid.getColumnConstraints().addAll(names, values);
        if (!c.parameters().isEmpty()) {
            fact(
                    grid,
                    "case.parameters",
                    String.join(
                            ", ",
                            c.parameters().entrySet().stream()
                                    .map(e -> e.getKey() + " " + e.getValue())
                                    .toList()));
        }
        if (!c.spec().isEmpty()) {
            fact(grid, "case.requirement", c.spec());
        }
        if (c.durationNanos() > 0) {
            fact(grid, "case.took", Figures.nanos(c.durationNanos()));
        }
        fact(grid, "case.history", "");
        HBox history = new HBox(2);
        history.setAlignment(Pos.CENTER_LEFT);
        desk.runs().reversed().stream()
                .flatMap(r -> r.result().get().findCase(c.id()).stream())
                .filter(r -> r.state().isDone())
                .skip(Math.max(0, desk.runs().size() - 16L))
                .forEach(r -> {
                    Region box = new Region();
                    box.getStyleClass()
                            .addAll(
                                    "history-box",
                                    r.state().isBad()
                                            ? "history-bad"
                                            : "history-" + r.state().name().toLowerCase(java.util.Locale.ROOT));
                    Tooltip.install(
                            box, new Tooltip(texts.get("state." + r.state().name())));
                    history.getChildren().add(box);
                });
        grid.add(history, 1, grid.getRowCount() - 1);
        return grid;
    }

    private void fact(GridPane grid, String key, String value) {
        Label name = new Label(texts.get(key));
        name.getStyleClass().add("muted");
        Label text = new Label(value);
        text.setWrapText(true);
        grid.addRow(grid.getRowCount(), name, text);
    }

    private VBox section(String key) {
        Label label = new Label(texts.get(key));
        label.getStyleClass().add("section-title");
        VBox section = new VBox(6, label);
        section.getStyleClass().add("section");
        return section;
    }

    private Node failure(StepResult step) {
        VBox section = section("case.step");
        Label title = (Label) section.getChildren().getFirst();
        // The folder says little and takes much room.
        String file = step.source().substring(step.source().lastIndexOf('/') + 1);
        title.setText(texts.get("case.step", step.path(), step.title(), file));
        title.setWrapText(true);
        title.setTooltip(new Tooltip(step.source()));
        section.getChildren().add(pair("case.expected", step.expected()));
        section.getChildren().add(pair("case.got", step.got()));
        step.difference().ifPresent(d -> section.getChildren().add(new DifferencePane(texts, d)));
        return section;
    }

    private Node pair(String key, String text) {
        Label name = new Label(texts.get(key));
        name.getStyleClass().add("muted");
        name.setMinWidth(72);
        Label value = new Label(text.isEmpty() ? texts.get("case.nothing") : text);
        value.setWrapText(true);
        value.getStyleClass().add("mono");
        HBox line = new HBox(8, name, value);
        line.setAlignment(Pos.TOP_LEFT);
        return line;
    }

    private Node steps(CaseResult c) {
        VBox section = section("case.steps");
        for (StepResult step : c.steps().stream().limit(40).toList()) {
            StatusIcon icon = new StatusIcon(States.icon(step.state()));
            icon.setMinWidth(Region.USE_PREF_SIZE);
            Label title = new Label(step.title());
            title.setMinWidth(0);
            title.setId("case-step-title");
            title.setTooltip(new Tooltip(step.title()
                    + (step.expected().isEmpty() ? "" : "\n" + step.expected())
                    + (step.got().isEmpty() ? "" : "\n" + step.got())));
            Region gap = new Region();
            HBox.setHgrow(gap, Priority.ALWAYS);
            Label time = new Label(States.time(step.durationNanos()));
            time.getStyleClass().addAll("mono", "muted");
            time.setMinWidth(Region.USE_PREF_SIZE);
            HBox line = new HBox(6, icon, title, gap, time);
            line.setAlignment(Pos.CENTER_LEFT);
            section.getChildren().add(line);
        }
        return section;
    }

    private Node workers(CaseResult c) {
        VBox section = section("case.workers");
        for (WorkerSeries w : c.workers()) {
            Label title = new Label(w.workload());
            title.setWrapText(true);
            var t = w.total();
            Label figures = new Label(texts.get(
                    "case.worker",
                    Figures.si(t.iops()),
                    Figures.bytes(t.bytesPerSecond()),
                    Figures.nanos(t.p50Nanos()),
                    Figures.nanos(t.p99Nanos()),
                    Figures.nanos(t.p999Nanos()),
                    Figures.nanos(t.maxNanos()),
                    Figures.count(t.errors())));
            figures.getStyleClass().add("mono");
            figures.setWrapText(true);
            section.getChildren().addAll(title, figures);
        }
        return section;
    }

    private Node commands(CaseResult c) {
        VBox section = section("case.commands");
        List<CommandLine> last = c.commands()
                .subList(
                        Math.max(0, c.commands().size() - MOST_COMMANDS),
                        c.commands().size());
        for (CommandLine line : last) {
            StatusIcon icon = new StatusIcon(line.success() ? StatusIcon.State.OK : StatusIcon.State.WARNING);
            icon.setMinWidth(Region.USE_PREF_SIZE);
            Label queue = new Label(line.qid() == 0 ? "admin" : "q" + line.qid());
            queue.getStyleClass().addAll("mono", "muted");
            queue.setMinWidth(40);
            Label name = new Label(line.name());
            name.setMinWidth(Region.USE_PREF_SIZE);
            Label details = new Label(line.success() ? line.details() : line.status());
            details.getStyleClass().addAll("muted", "small");
            details.setId("case-command-details");
            details.setMinWidth(0);
            details.setTooltip(new Tooltip(line.details() + "\n" + line.status()));
            Region gap = new Region();
            HBox.setHgrow(gap, Priority.ALWAYS);
            Label time = new Label(States.time(line.latencyNanos()));
            time.getStyleClass().addAll("mono", "muted");
            time.setMinWidth(Region.USE_PREF_SIZE);
            HBox row = new HBox(6, icon, queue, name, details, gap, time);
            row.setAlignment(Pos.CENTER_LEFT);
            row.getStyleClass().add("case-command");
            row.setOnMouseClicked(e -> {
                if (e.getClickCount() == 2) {
                    openCommand(line);
                }
            });
            section.getChildren().add(row);
        }
        return section;
    }

    private void openCommand(CommandLine line) {
        context.workbench().navigation().open("command", new RawCommand(line.qid() == 0, line.sqe()));
    }

    private Node next(CaseResult c) {
        Button again = new Button(texts.get("case.again"), Icons.small("mdi2r-replay"));
        again.getStyleClass().addAll("accent", "small");
        again.setId("case-again");
        again.setDisable(desk.job().get() != null);
        again.setOnAction(e -> desk.start(desk.current().get().plan(), Set.of(c.id()))
                .ifPresent(r -> desk.caseId().set(c.id())));
        Button send = new Button(texts.get("case.send"), Icons.small("mdi2s-send"));
        send.getStyleClass().addAll("outlined", "small");
        send.setDisable(c.commands().isEmpty());
        send.setOnAction(e -> openCommand(c.commands().stream()
                .filter(l -> !l.success())
                .reduce((a, b) -> b)
                .orElse(c.commands().getLast())));
        HBox line = new HBox(8, again, send);
        line.getStyleClass().add("case-next");
        return line;
    }

    @Override
    public Node node() {
        return root;
    }
}
