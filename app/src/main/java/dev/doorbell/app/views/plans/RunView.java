package dev.doorbell.app.views.plans;

import dev.doorbell.app.controls.Figures;
import dev.doorbell.app.controls.Icons;
import dev.doorbell.app.controls.SearchField;
import dev.doorbell.app.controls.Segmented;
import dev.doorbell.app.controls.StatusIcon;
import dev.doorbell.plugin.Problem;
import dev.doorbell.plugin.Texts;
import dev.doorbell.plugin.View;
import dev.doorbell.plugin.ViewContext;
import dev.doorbell.testplans.run.CaseResult;
import dev.doorbell.testplans.run.Progress;
import dev.doorbell.testplans.run.RunResult;
import dev.doorbell.testplans.run.State;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.MenuButton;
import javafx.scene.control.MenuItem;
import javafx.scene.control.ToggleButton;
import javafx.scene.layout.BorderPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;
import javafx.stage.DirectoryChooser;
import javafx.util.Subscription;

/** The run in sight: how far it is, and every case with its outcome. */
final class RunView implements View {
    private final ViewContext context;
    private final Texts texts;
    private final TestDesk desk;
    private final BorderPane root = new BorderPane();
    private final VBox body = new VBox();
    private final Label title = new Label();
    private final Label about = new Label();
    private final Label finding = new Label();
    private final OutcomeBar bar = new OutcomeBar();
    private final StatusIcon passed = new StatusIcon(StatusIcon.State.PASSED);
    private final StatusIcon failed = new StatusIcon(StatusIcon.State.FAILED);
    private final StatusIcon skipped = new StatusIcon(StatusIcon.State.SKIPPED);
    private final StatusIcon pending = new StatusIcon(StatusIcon.State.PENDING);
    private final Label time = new Label();
    private final ToggleButton pause = new ToggleButton();
    private final Button stop = new Button();
    private final Button again = new Button();
    private final MenuButton report = new MenuButton();
    private final Segmented<CaseTree.Show> show;
    private final SearchField filter;
    private final CaseTree tree;
    private Subscription following = Subscription.EMPTY;

    RunView(ViewContext context) {
        this.context = context;
        texts = context.texts(RunView.class);
        desk = context.workbench().shared(TestDesk.class, TestDesk::new);
        show = new Segmented<>(List.of(CaseTree.Show.values()), s -> texts.get("run.show." + s.name())).quiet();
        filter = SearchField.filter(texts.get("run.filter"));
        tree = new CaseTree(texts, id -> desk.caseId().set(id));
        root.getStyleClass().add("run-view");
        VBox.setVgrow(tree, Priority.ALWAYS);
        body.getChildren().setAll(head(), filters(), tree);
        context.watch(desk.current(), this::follow);
        context.watch(desk.job(), j -> buttons());
        context.watch(desk.caseId(), tree::select);
    }

    private VBox head() {
        title.getStyleClass().add("subject");
        about.getStyleClass().addAll("muted", "small");
        about.setMinWidth(0);
        title.setMinWidth(Region.USE_PREF_SIZE);
        Region gap = new Region();
        HBox.setHgrow(gap, Priority.ALWAYS);
        action(pause, "pause", "mdi2p-pause");
        pause.setOnAction(e -> desk.current().get().run().pause(pause.isSelected()));
        action(stop, "stop", "mdi2s-stop");
        stop.getStyleClass().add("danger-text");
        stop.setOnAction(e -> desk.stop());
        action(again, "again", "mdi2r-replay");
        again.setOnAction(e -> desk.start(desk.current().get().plan(), Set.of()));
        action(report, "report", "mdi2f-file-export-outline");
        MenuItem export = new MenuItem(texts.get("run.report.export"));
        export.setOnAction(e -> export());
        report.getItems().setAll(export);
        HBox line = new HBox(8, title, about, gap, pause, stop, again, report);
        line.setAlignment(Pos.CENTER_LEFT);
        time.getStyleClass().addAll("muted", "small");
        Region gap2 = new Region();
        HBox.setHgrow(gap2, Priority.ALWAYS);
        HBox counts = new HBox(16, passed, failed, skipped, pending, gap2, time);
        counts.setAlignment(Pos.CENTER_LEFT);
        finding.getStyleClass().add("bad");
        finding.setWrapText(true);
        finding.managedProperty().bind(finding.visibleProperty());
        VBox head = new VBox(8, line, bar, counts, finding);
        head.getStyleClass().add("run-head");
        return head;
    }

    private void action(javafx.scene.control.ButtonBase button, String key, String icon) {
        button.setText(texts.get("run." + key));
        button.setGraphic(Icons.small(icon));
        button.setId("run-" + key);
        button.getStyleClass().addAll("outlined", "small");
        button.setMinWidth(Region.USE_PREF_SIZE);
    }

    private HBox filters() {
        show.valueProperty().addListener(o -> update());
        filter.input().textProperty().addListener(o -> update());
        HBox line = new HBox(show, filter);
        line.getStyleClass().add("view-toolbar");
        return line;
    }

    private void follow(TestRun run) {
        following.unsubscribe();
        following = Subscription.EMPTY;
        if (run == null) {
            root.setCenter(PlansView.nothingYet(context, texts, desk));
            return;
        }
        root.setCenter(body);
        pause.setSelected(false);
        following = Subscription.combine(
                run.result().subscribe(r -> update()), run.progress().subscribe(this::progress));
        context.subtitle().set(run.plan().title());
    }

    private void update() {
        TestRun run = desk.current().get();
        RunResult result = run == null ? null : run.result().get();
        if (result == null) {
            return;
        }
        title.setText(texts.get("run.title", result.planTitle(), run.device()));
        about.setText(texts.get("run.about", result.device().firmware(), Long.toHexString(result.seed())));
        long bad = result.count(State.FAILED) + result.count(State.ERROR);
        passed.setText(texts.get("run.passed", Figures.count(result.count(State.PASSED))));
        failed.setText(texts.get("run.failed", Figures.count(bad)));
        failed.show(bad > 0 ? StatusIcon.State.FAILED : StatusIcon.State.PENDING);
        skipped.setText(texts.get("run.skipped", Figures.count(result.count(State.SKIPPED))));
        pending.setText(
                texts.get("run.toGo", Figures.count(result.count(State.PENDING) + result.count(State.RUNNING))));
        finding.setText(result.finding());
        finding.setVisible(!result.finding().isEmpty());
        tree.show(result, show.getValue(), filter.query());
        tree.select(desk.caseId().get());
        progress(run.progress().get());
        buttons();
    }

    private void progress(Progress progress) {
        TestRun run = desk.current().get();
        if (run == null || progress == null) {
            return;
        }
        bar.show(run.result().get(), progress);
        boolean ended = run.ended();
        time.setText(
                ended
                        ? texts.get(
                                "run.took",
                                Figures.nanos(run.result().get().duration().toNanos()))
                        : texts.get(
                                "run.time",
                                Math.round(progress.fraction() * 100),
                                States.clock(progress.elapsed()),
                                States.clock(progress.remaining())));
    }

    private void buttons() {
        boolean running = desk.job().get() != null;
        boolean here = running && desk.current().get() == desk.runs().getFirst();
        pause.setDisable(!here);
        stop.setDisable(!here);
        again.setDisable(running);
        show(pause, here);
        show(stop, here);
        show(again, !here);
        report.setDisable(desk.current().get() == null || !desk.current().get().ended());
    }

    private static void show(javafx.scene.Node button, boolean wanted) {
        button.setVisible(wanted);
        button.setManaged(wanted);
    }

    private void export() {
        DirectoryChooser chooser = new DirectoryChooser();
        chooser.setTitle(texts.get("run.report.folder"));
        var folder = chooser.showDialog(root.getScene().getWindow());
        if (folder != null) {
            exportTo(folder.toPath());
        }
    }

    /** Writes the report and says where. */
    void exportTo(Path folder) {
        desk.export(desk.current().get(), folder).whenComplete((html, failure) -> {
            if (failure == null) {
                context.workbench().say(texts.get("run.report.done", html));
            } else {
                context.workbench().problems().show(Problem.error("run", failure));
            }
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
        if (argument instanceof Path folder && desk.current().get() != null) {
            exportTo(folder);
        }
    }

    /** Whether a case is to be shown, and where; see {@link CaseTree}. */
    static boolean matches(CaseResult c, CaseTree.Show show, String query) {
        boolean wanted = switch (show) {
            case ALL, SLOWEST -> true;
            case FAILED -> c.state().isBad();
            case SKIPPED -> c.state() == State.SKIPPED;
        };
        return wanted
                && (query.isEmpty()
                        || c.title()
                                .toLowerCase(java.util.Locale.ROOT)
                                .contains(query.toLowerCase(java.util.Locale.ROOT)));
    }
}
