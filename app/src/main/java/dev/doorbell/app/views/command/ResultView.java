package dev.doorbell.app.views.command;

import dev.doorbell.app.controls.Chip;
import dev.doorbell.app.controls.EmptyState;
import dev.doorbell.app.controls.FieldsPane;
import dev.doorbell.app.controls.Figures;
import dev.doorbell.app.controls.HexView;
import dev.doorbell.app.controls.Icons;
import dev.doorbell.app.controls.StatusIcon;
import dev.doorbell.app.controls.Tone;
import dev.doorbell.plugin.Problem;
import dev.doorbell.plugin.Texts;
import dev.doorbell.plugin.View;
import dev.doorbell.plugin.ViewContext;
import dev.doorbell.spec.Decoded;
import java.nio.file.Files;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;
import javafx.collections.ListChangeListener;
import javafx.css.PseudoClass;
import javafx.geometry.Orientation;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.ScrollPane;
import javafx.scene.control.Separator;
import javafx.scene.control.SplitPane;
import javafx.scene.layout.BorderPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.StackPane;
import javafx.stage.FileChooser;

/** What came of the last sending: status, completion, data decoded and raw, and the sendings before it. */
final class ResultView implements View {
    private static final double COMPLETION_WIDTH = 430;
    private static final PseudoClass CHOSEN = PseudoClass.getPseudoClass("chosen");
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("HH:mm:ss.SSS", Locale.ROOT).withZone(ZoneId.systemDefault());

    private final ViewContext context;
    private final Texts texts;
    private final CommandDesk desk;
    private final BorderPane root = new BorderPane();
    private final HBox strip = new HBox();
    private final ScrollPane stripScroll = new ScrollPane(strip);
    private final Label sentCount = new Label();
    private final HBox history;
    private final CompletionGrid completion;
    private final FieldsPane fields = new FieldsPane();
    private final HexView plain = new HexView();
    private final Label noData;
    private final StackPane noDataPane;
    private final SplitPane split = new SplitPane();

    ResultView(ViewContext context) {
        this.context = context;
        texts = context.texts(ResultView.class);
        desk = context.workbench().shared(CommandDesk.class, CommandDesk::new);
        completion = new CompletionGrid(texts);
        noData = new Label(texts.get("result.noData"));
        noData.getStyleClass().addAll("muted", "form-note");
        noData.setWrapText(true);
        noDataPane = new StackPane(noData);
        noDataPane.getStyleClass().add("no-data");
        root.getStyleClass().add("command-result");
        split.setOrientation(Orientation.HORIZONTAL);
        SplitPane.setResizableWithParent(completion, false);
        strip.getStyleClass().add("history-strip");
        strip.setAlignment(Pos.CENTER_LEFT);
        stripScroll.setVbarPolicy(ScrollPane.ScrollBarPolicy.NEVER);
        stripScroll.setHbarPolicy(ScrollPane.ScrollBarPolicy.NEVER);
        stripScroll.setFitToHeight(true);
        HBox.setHgrow(stripScroll, Priority.ALWAYS);
        Label title = new Label(texts.get("result.history"), Icons.small("mdi2h-history"));
        title.getStyleClass().add("muted");
        title.setMinWidth(Region.USE_PREF_SIZE);
        sentCount.getStyleClass().addAll("muted", "small");
        sentCount.setMinWidth(Region.USE_PREF_SIZE);
        history = new HBox(8, title, stripScroll, sentCount);
        history.getStyleClass().add("history-bar");
        history.setAlignment(Pos.CENTER_LEFT);
        context.watch(desk.outcome(), this::show);
        desk.history().addListener((ListChangeListener<Outcome>) c -> fillHistory());
        fillHistory();
    }

    private void show(Outcome outcome) {
        if (outcome == null) {
            root.setTop(null);
            root.setBottom(null);
            root.setCenter(new EmptyState("mdi2s-send", texts.get("result.empty"))
                    .action(
                            texts.get("result.empty.action"),
                            () -> context.workbench().navigation().open("command")));
            return;
        }
        root.setTop(toolbar(outcome));
        completion.show(outcome.completion(), outcome.status());
        Node data = data(outcome);
        if (!split.getItems().equals(java.util.List.of(completion, data))) {
            split.getItems().setAll(completion, data);
            split.setDividerPositions(Math.clamp(COMPLETION_WIDTH / Math.max(1, root.getWidth()), 0.2, 0.4));
        }
        root.setCenter(split);
        root.setBottom(history);
        fillHistory();
    }

    private Node data(Outcome outcome) {
        boolean reads = outcome.reads(outcome.draft().spec(desk.catalogue()));
        boolean good = outcome.completion().isSuccess();
        if (outcome.data().length == 0 || reads && !good) {
            noData.setText(texts.get(outcome.data().length == 0 ? "result.noData" : "result.failedData"));
            return noDataPane;
        }
        if (reads && outcome.structure().isPresent()) {
            Decoded now = outcome.structure().get().decode(outcome.data());
            Optional<Outcome> before = before(outcome);
            fields.show(
                    outcome.data(),
                    now,
                    before.map(Outcome::data).orElse(new byte[0]),
                    before.map(b -> outcome.structure().get().decode(b.data())));
            return fields;
        }
        plain.setData(outcome.data());
        plain.setBaseline(before(outcome).map(Outcome::data).orElse(new byte[0]));
        return plain;
    }

    /** The sending of the same command before this one. */
    private Optional<Outcome> before(Outcome outcome) {
        return desk.history().reversed().stream()
                .filter(o -> o.number() < outcome.number()
                        && o.draft().equals(outcome.draft())
                        && o.device().equals(outcome.device())
                        && o.data().length == outcome.data().length
                        && o.completion().isSuccess())
                .findFirst();
    }

    private HBox toolbar(Outcome outcome) {
        boolean success = outcome.completion().isSuccess();
        Chip status = new Chip(
                statusText(outcome), success ? Tone.GOOD : Tone.BAD, success ? "mdi2c-check" : "mdi2c-close-circle");
        status.setId("result-status");
        status.setMinWidth(Region.USE_PREF_SIZE);
        Label expected = muted(texts.get(outcome.expected() ? "result.expected" : "result.unexpected"));
        if (!outcome.expected()) {
            Tone.ATTENTION.applyTo(expected);
        }
        Label latency = new Label(Figures.nanos(outcome.completion().latencyNanos()));
        latency.getStyleClass().add("mono");
        Label at = new Label(TIME.format(outcome.sentAt()));
        at.getStyleClass().add("mono");
        Region gap = new Region();
        HBox.setHgrow(gap, Priority.ALWAYS);
        Button again = new Button(texts.get("result.again"), Icons.small("mdi2r-repeat"));
        again.getStyleClass().add("small");
        again.setMinWidth(Region.USE_PREF_SIZE);
        again.setOnAction(e -> again(outcome));
        Button save = new Button(texts.get("result.save"), Icons.small("mdi2c-content-save-outline"));
        save.getStyleClass().add("small");
        save.setMinWidth(Region.USE_PREF_SIZE);
        save.setDisable(outcome.data().length == 0);
        save.setOnAction(e -> save(outcome));
        HBox bar = new HBox(
                status,
                expected,
                new Separator(Orientation.VERTICAL),
                muted(texts.get("result.latency")),
                latency,
                muted(texts.get("result.sent")),
                at);
        if (outcome.times() > 1) {
            bar.getChildren().add(muted(texts.get("result.times", Figures.count(outcome.times()))));
        }
        if (outcome.overrun() > 0) {
            bar.getChildren()
                    .add(new Chip(texts.get("result.overrun", outcome.overrun()), Tone.BAD, "mdi2a-alert-outline"));
        }
        bar.getChildren().addAll(gap, again, save);
        bar.getStyleClass().add("view-toolbar");
        bar.setAlignment(Pos.CENTER_LEFT);
        return bar;
    }

    private static String statusText(Outcome outcome) {
        if (outcome.completion().timedOut() || outcome.completion().lost()) {
            return outcome.status();
        }
        return "%s %02x/%02x"
                .formatted(
                        outcome.status(),
                        outcome.completion().sct(),
                        outcome.completion().sc());
    }

    private static Label muted(String text) {
        Label label = new Label(text);
        label.getStyleClass().addAll("muted", "small");
        return label;
    }

    private void again(Outcome outcome) {
        desk.target().set(outcome.target());
        desk.draft().set(outcome.draft());
        context.workbench().actions().run("command.send");
    }

    private void save(Outcome outcome) {
        FileChooser chooser = new FileChooser();
        chooser.setInitialFileName(outcome.name().toLowerCase(Locale.ROOT).replace(' ', '-') + ".bin");
        var file = chooser.showSaveDialog(root.getScene().getWindow());
        if (file != null) {
            context.workbench()
                    .jobs()
                    .submit(texts.get("result.saving", file.getName()), m -> Files.write(file.toPath(), outcome.data()))
                    .result()
                    .whenComplete((path, failure) -> {
                        if (failure != null) {
                            context.workbench().problems().show(Problem.error("command", failure));
                        }
                    });
        }
    }

    private void fillHistory() {
        strip.getChildren().clear();
        for (Outcome outcome : desk.history().reversed().stream().limit(20).toList()) {
            StatusIcon icon =
                    new StatusIcon(outcome.completion().isSuccess() ? StatusIcon.State.OK : StatusIcon.State.FAILED);
            Label time = new Label(Figures.nanos(outcome.completion().latencyNanos()));
            time.getStyleClass().addAll("mono", "muted");
            Button chip = new Button(outcome.name()
                    + (outcome.completion().isSuccess()
                            ? ""
                            : " "
                                    + "%02x/%02x"
                                            .formatted(
                                                    outcome.completion().sct(),
                                                    outcome.completion().sc())));
            HBox graphic = new HBox(6, icon);
            graphic.setAlignment(Pos.CENTER);
            chip.setGraphic(graphic);
            chip.getStyleClass().addAll("history-chip", "small");
            chip.setMinWidth(Region.USE_PREF_SIZE);
            chip.pseudoClassStateChanged(CHOSEN, outcome == desk.outcome().get());
            chip.setOnAction(e -> desk.outcome().set(outcome));
            strip.getChildren().addAll(chip, time);
        }
        sentCount.setText(texts.get(
                "result.count",
                Figures.count(
                        desk.history().isEmpty() ? 0 : desk.history().getLast().number())));
    }

    @Override
    public Node node() {
        return root;
    }
}
