package dev.doorbell.app.views.traffic;

import dev.doorbell.app.controls.Banner;
import dev.doorbell.app.controls.Chip;
import dev.doorbell.app.controls.Icons;
import dev.doorbell.app.controls.KeyCap;
import dev.doorbell.app.controls.Tone;
import dev.doorbell.app.controls.WindowKey;
import dev.doorbell.plugin.Texts;
import dev.doorbell.plugin.View;
import dev.doorbell.plugin.ViewContext;
import javafx.collections.MapChangeListener;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.ContentDisplay;
import javafx.scene.control.MenuButton;
import javafx.scene.control.MenuItem;
import javafx.scene.control.ScrollPane;
import javafx.scene.control.SeparatorMenuItem;
import javafx.scene.control.TextField;
import javafx.scene.control.Tooltip;
import javafx.scene.input.KeyCode;
import javafx.scene.input.KeyCodeCombination;
import javafx.scene.input.KeyCombination;
import javafx.scene.input.KeyEvent;
import javafx.scene.layout.BorderPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;

/** What the workers shall do: presets, the form, the checks, and the button that starts it. */
final class WorkloadView implements View {
    static final KeyCombination START = new KeyCodeCombination(KeyCode.ENTER, KeyCombination.SHORTCUT_DOWN);

    private final ViewContext context;
    private final TrafficDesk desk;
    private final Texts texts;
    private final BorderPane root = new BorderPane();
    private final MenuButton preset = new MenuButton();
    private final Chip edited;
    private final WorkloadForm form;
    private final VBox notice = new VBox();
    private final Button start = new Button();
    private final Button stop;

    WorkloadView(ViewContext context) {
        this.context = context;
        desk = TrafficDesk.of(context.workbench());
        texts = desk.texts();
        edited = new Chip(texts.get("edited"), Tone.ATTENTION);
        form = new WorkloadForm(desk);
        stop = new Button(texts.get("stop"), Icons.small("mdi2s-stop"));
        root.getStyleClass().addAll("view", "workload-view");
        root.setTop(toolbar());
        root.setCenter(middle());
        root.setBottom(foot());
        root.addEventFilter(KeyEvent.KEY_PRESSED, e -> {
            if (START.match(e)) {
                desk.start();
                e.consume();
            }
        });
        WindowKey.install(root, START, desk::start);
        context.watch(desk.draft(), d -> update());
        context.watch(desk.facts(), f -> update());
        context.watch(desk.refusal(), this::refuse);
        context.watch(desk.runs().current(), run -> {
            run.ifPresent(r -> context.watch(r.state(), s -> buttons()));
            buttons();
        });
        desk.invalid().addListener((MapChangeListener<String, String>) c -> edited());
    }

    private HBox toolbar() {
        preset.setId("workload-preset");
        preset.getStyleClass().addAll("small", "outlined", "preset-button");
        preset.setMaxWidth(Double.MAX_VALUE);
        HBox.setHgrow(preset, Priority.ALWAYS);
        preset.setOnShowing(e -> fillPresets());
        fillPresets();
        var save = new Button(null, Icons.of("mdi2c-content-save-outline"));
        save.setId("workload-save");
        save.getStyleClass().add("icon-button");
        save.setTooltip(new Tooltip(texts.get("preset.save")));
        save.setOnAction(e -> askName());
        edited.setMinWidth(Region.USE_PREF_SIZE);
        var toolbar = new HBox(preset, save, new WorkloadMenu(context.workbench(), desk, notice), edited);
        toolbar.getStyleClass().add("view-toolbar");
        return toolbar;
    }

    private void fillPresets() {
        preset.getItems().clear();
        boolean own = false;
        for (var each : desk.presets().all()) {
            if (!own && !desk.presets().isBundled(each.preset())) {
                preset.getItems().add(new SeparatorMenuItem());
                own = true;
            }
            var item = new MenuItem(each.preset());
            item.setOnAction(e -> desk.choose(each));
            preset.getItems().add(item);
        }
        var name = desk.draft().get().preset();
        if (desk.presets().named(name).isPresent() && !desk.presets().isBundled(name)) {
            var remove = new MenuItem(texts.get("preset.remove", name), Icons.small("mdi2t-trash-can-outline"));
            remove.setOnAction(e -> {
                desk.presets().remove(name);
                update();
            });
            preset.getItems().addAll(new SeparatorMenuItem(), remove);
        }
    }

    private Node middle() {
        var checks = new VBox(new CheckList(desk));
        checks.getStyleClass().add("section");
        var scroll = new ScrollPane(new VBox(form, checks));
        scroll.setFitToWidth(true);
        scroll.setHbarPolicy(ScrollPane.ScrollBarPolicy.NEVER);
        scroll.getStyleClass().add("workload-scroll");
        return scroll;
    }

    private Node foot() {
        start.setId("workload-start");
        start.getStyleClass().add("accent");
        var key = new KeyCap("Ctrl+Enter");
        start.setGraphic(key);
        start.setContentDisplay(ContentDisplay.RIGHT);
        start.setMinWidth(Region.USE_PREF_SIZE);
        start.setOnAction(e -> desk.start());
        stop.setId("workload-stop-run");
        stop.getStyleClass().addAll("outlined", "danger-text");
        stop.setMinWidth(Region.USE_PREF_SIZE);
        stop.setOnAction(e -> desk.runs().stop(texts.get("end.stopped")));
        var buttons = new HBox(8, start, stop);
        buttons.setAlignment(Pos.CENTER_LEFT);
        buttons.getStyleClass().add("workload-foot");
        return new VBox(notice, buttons);
    }

    private void update() {
        form.update();
        preset.setText(desk.draft().get().preset());
        edited();
        buttons();
    }

    private void edited() {
        boolean changed = desk.isEdited() || !desk.invalid().isEmpty();
        edited.setVisible(changed);
        edited.setManaged(changed);
        buttons();
    }

    private void buttons() {
        var run = desk.runs().current().get().filter(r -> !r.isOver());
        boolean other =
                run.isPresent() && !run.get().draft().equals(desk.draft().get());
        start.setText(texts.get(run.isEmpty() ? "start" : other ? "restart.changes" : "restart"));
        stop.setDisable(run.isEmpty());
    }

    private void refuse(String reason) {
        notice.getChildren().clear();
        if (!reason.isEmpty()) {
            var banner = Banner.error(texts.get("refused"), reason);
            banner.setId("workload-refusal");
            notice.getChildren().add(banner);
        }
    }

    /** Asks in place for the name of a preset of one's own. */
    private void askName() {
        var name = new TextField(
                desk.presets().isBundled(desk.draft().get().preset())
                        ? texts.get("preset.copy", desk.draft().get().preset())
                        : desk.draft().get().preset());
        name.setId("workload-preset-name");
        Runnable save = () -> {
            var named = name.getText().strip();
            if (named.isEmpty() || desk.presets().isBundled(named)) {
                context.workbench().say(texts.get("preset.taken"));
                return;
            }
            desk.draft().set(desk.draft().get().edit(e -> e.preset = named));
            desk.presets().save(desk.draft().get());
            notice.getChildren().clear();
            update();
        };
        name.setOnAction(e -> save.run());
        var banner = new Banner(Tone.NEUTRAL, "mdi2c-content-save-outline", texts.get("preset.name"))
                .content(name)
                .main(texts.get("preset.keep"), save)
                .dismiss(texts.get("cancel"), () -> notice.getChildren().clear());
        notice.getChildren().setAll(banner);
        name.requestFocus();
        name.selectAll();
    }

    @Override
    public Node node() {
        return root;
    }

    @Override
    public void refresh() {
        update();
    }
}
