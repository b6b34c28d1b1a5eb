package dev.doorbell.app.views.command;

import dev.doorbell.app.controls.Banner;
import dev.doorbell.app.controls.EmptyState;
import dev.doorbell.app.controls.Icons;
import dev.doorbell.app.controls.KeyCap;
import dev.doorbell.plugin.DeviceSession;
import dev.doorbell.plugin.Perspective;
import dev.doorbell.plugin.Problem;
import dev.doorbell.plugin.RawCommand;
import dev.doorbell.plugin.Texts;
import dev.doorbell.plugin.View;
import dev.doorbell.plugin.ViewContext;
import dev.doorbell.spec.CommandSpec;
import dev.doorbell.spec.CommandSpec.Queue;
import dev.doorbell.spec.Hit;
import java.util.List;
import java.util.Optional;
import javafx.application.Platform;
import javafx.geometry.Orientation;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.CheckMenuItem;
import javafx.scene.control.Label;
import javafx.scene.control.MenuButton;
import javafx.scene.control.MenuItem;
import javafx.scene.control.ScrollPane;
import javafx.scene.control.SplitPane;
import javafx.scene.control.Tooltip;
import javafx.scene.input.Clipboard;
import javafx.scene.input.ClipboardContent;
import javafx.scene.input.KeyCode;
import javafx.scene.input.KeyEvent;
import javafx.scene.layout.BorderPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;

/** The form and the dwords of one command, and the button that sends it. */
final class CommandView implements View {
    private static final List<String> COMPANIONS = List.of("command-catalogue", "command-target", "command-result");

    private final ViewContext context;
    private final Texts texts;
    private final CommandDesk desk;
    private final BorderPane root = new BorderPane();
    private final VBox top = new VBox();
    private final Question question;
    private final CommandForm form;
    private final DwordTable dwords;
    private final Label name = new Label();
    private final Label about = new Label();
    private final Button send = new Button();
    private String shown = "";

    CommandView(ViewContext context) {
        this.context = context;
        texts = context.texts(CommandView.class);
        desk = context.workbench().shared(CommandDesk.class, CommandDesk::new);
        question = new Question(context.workbench(), desk, texts);
        form = new CommandForm(desk, texts);
        dwords = new DwordTable(desk, texts);
        root.getStyleClass().add("command-view");
        root.addEventHandler(KeyEvent.KEY_PRESSED, e -> {
            if (e.getCode() == KeyCode.ENTER && e.isShortcutDown()) {
                send();
                e.consume();
            }
        });
        ScrollPane right = new ScrollPane(dwords);
        right.setFitToWidth(true);
        right.setHbarPolicy(ScrollPane.ScrollBarPolicy.NEVER);
        SplitPane split = new SplitPane(form, right);
        split.setOrientation(Orientation.HORIZONTAL);
        split.setDividerPositions(0.62);
        root.setCenter(split);
        top.getChildren().setAll(toolbar());
        root.setTop(top);
        desk.onSend(this::send);
        context.watch(desk.draft(), d -> showDraft());
        context.watch(desk.lbaBytes(), n -> form.update());
        context.watch(context.device(), this::device);
        context.watch(desk.sending(), s -> enable());
    }

    private HBox toolbar() {
        name.getStyleClass().add("subject");
        name.setMinWidth(0);
        about.getStyleClass().addAll("muted", "small");
        about.setMinWidth(0);
        Region gap = new Region();
        HBox.setHgrow(gap, Priority.ALWAYS);
        MenuButton copy = new MenuButton(texts.get("copy"), Icons.small("mdi2c-content-copy"));
        copy.getStyleClass().addAll("small", "flat");
        copy.setMinWidth(Region.USE_PREF_SIZE);
        copy.getItems()
                .setAll(
                        item("copy.java", () -> CopyAs.java(desk.draft().get(), desk.dataBytes(), desk.name())),
                        item("copy.cli", () -> CopyAs.commandLine(desk.draft().get(), desk.dataBytes(), address())),
                        item("copy.nvme", () -> CopyAs.nvmeCli(desk.draft().get(), desk.dataBytes(), reads())),
                        item("copy.json", () -> CopyAs.json(desk.draft().get(), desk.dataBytes())));
        send.setText(texts.get("send"));
        HBox icon = new HBox(6, Icons.small("mdi2s-send"));
        send.setGraphic(icon);
        send.setId("command-send");
        send.setContentDisplay(javafx.scene.control.ContentDisplay.LEFT);
        send.getStyleClass().addAll("accent", "small");
        send.setMinWidth(Region.USE_PREF_SIZE);
        send.setTooltip(new Tooltip(texts.get("send.tip")));
        send.setOnAction(e -> send());
        HBox bar = new HBox(name, about, gap, copy, asking(), send, new KeyCap("Ctrl+Enter"));
        bar.getStyleClass().add("view-toolbar");
        bar.setAlignment(Pos.CENTER_LEFT);
        return bar;
    }

    private MenuButton asking() {
        CheckMenuItem simulated = new CheckMenuItem(texts.get("asking.simulated"));
        simulated.setSelected(question.asksSimulated());
        simulated.selectedProperty().addListener((o, was, is) -> question.askSimulated(is));
        MenuItem again = new MenuItem(texts.get("asking.again"));
        again.setOnAction(e -> question.askAgain());
        MenuButton menu = new MenuButton(null, Icons.small("mdi2s-shield-alert-outline"), simulated, again);
        menu.setId("command-asking");
        menu.getStyleClass().addAll("small", "flat", "no-arrow", "button-icon");
        menu.setTooltip(new Tooltip(texts.get("asking")));
        menu.setAccessibleText(texts.get("asking"));
        menu.setMinWidth(Region.USE_PREF_SIZE);
        return menu;
    }

    private MenuItem item(String key, java.util.function.Supplier<String> text) {
        MenuItem item = new MenuItem(texts.get(key));
        item.setOnAction(e -> {
            ClipboardContent content = new ClipboardContent();
            content.putString(text.get());
            Clipboard.getSystemClipboard().setContent(content);
            context.workbench().say(texts.get("copied"));
        });
        return item;
    }

    private String address() {
        return Optional.ofNullable(context.workbench().device().get())
                .map(s -> s.address().text())
                .orElse("sim:");
    }

    private boolean reads() {
        return desk.spec()
                .map(s -> s.data() == CommandSpec.DataDirection.DEVICE_TO_HOST)
                .orElse(false);
    }

    private void device(DeviceSession session) {
        enable();
        if (session == null) {
            root.setBottom(new EmptyState("mdi2s-send", texts.get("empty"))
                    .action(texts.get("empty.action"), () -> context.workbench().open("sim:")));
        } else {
            root.setBottom(null);
        }
    }

    private void enable() {
        send.setDisable(context.device().getValue() == null || desk.sending().get());
    }

    private void showDraft() {
        Draft draft = desk.draft().get();
        String key = draft.queue() + " " + draft.opcode();
        if (!key.equals(shown)) {
            shown = key;
            ask(null);
            form.rebuild();
            dwords.rebuild();
        } else {
            form.update();
            dwords.update();
        }
        name.setText(desk.name());
        about.setText("%s 0x%02x%s"
                .formatted(
                        texts.get(draft.queue() == Queue.ADMIN ? "queue.admin" : "queue.io"),
                        draft.opcode(),
                        desk.spec().map(s -> "   " + s.ref()).orElse("")));
    }

    /** Sends; a command that can destroy something asks first. */
    void send() {
        DeviceSession session = context.workbench().device().get();
        if (session == null || desk.sending().get()) {
            return;
        }
        CommandSpec.Danger danger = desk.spec().map(CommandSpec::danger).orElse(CommandSpec.Danger.NONE);
        if (danger != CommandSpec.Danger.NONE && session.shielded()) {
            ask(Banner.error(texts.get("shield.title", desk.name(), session.name()), texts.get("shield.text"))
                    .main(texts.get("shield.lift"), () -> {
                        session.shield().set(false);
                        send();
                    })
                    .dismiss(texts.get("cancel"), () -> ask(null)));
        } else if (question.needed(session)) {
            ask(question.banner(session, this::sendNow, () -> ask(null)));
        } else {
            sendNow();
        }
    }

    private void ask(Banner banner) {
        top.getChildren().removeIf(n -> n instanceof Banner);
        if (banner != null) {
            banner.setId("command-question");
            top.getChildren().add(banner);
            banner.takeFocus();
        }
    }

    private void sendNow() {
        ask(null);
        desk.send().whenComplete((outcome, failure) -> {
            if (failure != null) {
                Throwable cause = failure.getCause() == null ? failure : failure.getCause();
                ask(Banner.error(texts.get("failed", desk.name()), String.valueOf(cause.getMessage()))
                        .dismiss(texts.get("close"), () -> ask(null)));
                context.workbench().problems().add(Problem.error("command", cause));
            }
        });
    }

    @Override
    public Node node() {
        return root;
    }

    @Override
    public void shown() {
        COMPANIONS.forEach(context.workbench().navigation()::reveal);
    }

    @Override
    public void hidden() {
        // Another tab took its place; a switch of the perspective leaves the docks as they are.
        Platform.runLater(() -> {
            if (!context.visible().getValue()
                    && context.workbench().navigation().perspective().getValue() == Perspective.EXPLORE) {
                List.of("devices", "inspector", "cmdlog")
                        .forEach(context.workbench().navigation()::reveal);
            }
        });
    }

    @Override
    public void open(Object argument) {
        switch (argument) {
            case CommandSpec spec -> desk.choose(spec);
            case Hit hit
            when hit.owner() instanceof CommandSpec spec -> {
                desk.choose(spec);
                desk.focus().set(hit.path());
            }
            case RawCommand raw -> desk.draft().set(new Draft(raw.admin() ? Queue.ADMIN : Queue.IO, raw.sqe(), false));
            case Draft draft -> desk.draft().set(draft);
            default -> {}
        }
    }

    @Override
    public Object place() {
        return desk.draft().get();
    }
}
