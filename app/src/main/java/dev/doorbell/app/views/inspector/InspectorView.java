package dev.doorbell.app.views.inspector;

import dev.doorbell.app.controls.BitRuler;
import dev.doorbell.app.controls.EmptyState;
import dev.doorbell.app.controls.Icons;
import dev.doorbell.app.controls.ToggleChip;
import dev.doorbell.app.views.reading.WritePanel;
import dev.doorbell.plugin.DeviceSession;
import dev.doorbell.plugin.Selection;
import dev.doorbell.plugin.Texts;
import dev.doorbell.plugin.View;
import dev.doorbell.plugin.ViewContext;
import dev.doorbell.spec.Decoded;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javafx.collections.ListChangeListener;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.ScrollPane;
import javafx.scene.control.Tooltip;
import javafx.scene.input.Clipboard;
import javafx.scene.input.ClipboardContent;
import javafx.scene.layout.BorderPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;

/** Shows the workbench's selection; pinned, it stays with what it shows. */
final class InspectorView implements View {
    private static final double WIDE = 340;
    private static final int RULER_BYTES = 8;

    private final Texts texts;
    private final ViewContext context;
    private final BorderPane root = new BorderPane();
    private final Trail trail = new Trail();
    private final ToggleChip pin;
    private final Button back = button("mdi2a-arrow-left");
    private final Button forward = button("mdi2a-arrow-right");
    private String chosen = "";
    private boolean wasWide = true;

    InspectorView(ViewContext context) {
        this.context = context;
        texts = context.texts(InspectorView.class);
        root.getStyleClass().add("inspector");
        pin = new ToggleChip(texts.get("pin"), false);
        pin.setId("inspector-pin");
        pin.setMinWidth(Region.USE_PREF_SIZE);
        pin.selectedProperty().addListener((o, was, is) -> {
            pin.setText(texts.get(is ? "pinned" : "pin"));
            pin.setGraphic(Icons.small(is ? "mdi2p-pin" : "mdi2p-pin-outline"));
            if (!is) {
                follow(context.workbench().selection().get());
            }
        });
        pin.setGraphic(Icons.small("mdi2p-pin-outline"));
        back.setId("inspector-back");
        forward.setId("inspector-forward");
        back.setTooltip(new Tooltip(texts.get("back")));
        forward.setTooltip(new Tooltip(texts.get("forward")));
        back.setOnAction(e -> trail.go(-1).ifPresent(this::show));
        forward.setOnAction(e -> trail.go(1).ifPresent(this::show));
        root.widthProperty().addListener(o -> {
            if (isWide() != wasWide) {
                trail.current().ifPresent(this::show);
            }
        });
        context.watch(context.workbench().selection(), this::follow);
        ListChangeListener<DeviceSession> sessions = c -> forgetClosed();
        context.workbench().sessions().addListener(sessions);
        context.own(() -> context.workbench().sessions().removeListener(sessions));
        if (trail.current().isEmpty()) {
            showNothing();
        }
    }

    @Override
    public Node node() {
        return root;
    }

    @Override
    public List<Node> tabActions() {
        return List.of(back, forward);
    }

    private static Button button(String icon) {
        Button button = new Button(null, Icons.of(icon));
        button.getStyleClass().add("icon-button");
        return button;
    }

    private boolean isWide() {
        return root.getWidth() >= WIDE;
    }

    private void follow(Selection selection) {
        if (pin.isSelected()) {
            trail.current()
                    .filter(c -> selection != null && Trail.isSame(c, selection))
                    .ifPresent(c -> visit(selection));
        } else if (selection == null) {
            showNothing();
        } else {
            visit(selection);
        }
    }

    /** What was read from a device that is closed cannot be written or read again: it goes, from the way back too. */
    private void forgetClosed() {
        List<DeviceSession> open = context.workbench().sessions();
        if (trail.keep(s -> s.device().map(open::contains).orElse(true))) {
            pin.setSelected(false);
            trail.current().ifPresentOrElse(this::show, this::showNothing);
        }
    }

    private void visit(Selection selection) {
        trail.visit(selection);
        show(selection);
    }

    private void showNothing() {
        root.setTop(null);
        root.setBottom(null);
        root.setCenter(new EmptyState("mdi2c-cursor-default-click-outline", texts.get("nothing")));
        sayTrail();
    }

    private void sayTrail() {
        back.setDisable(!trail.canGoBack());
        forward.setDisable(!trail.canGoForward());
    }

    private void show(Selection selection) {
        Decoded word = selection.decoded();
        String last = selection.path().isEmpty() ? "" : selection.path().getLast();
        chosen = word.children().stream()
                .map(Decoded::name)
                .filter(n -> n.equals(last))
                .findFirst()
                .orElse("");
        showChosen(selection);
        sayTrail();
    }

    private void showChosen(Selection selection) {
        wasWide = isWide();
        Decoded word = selection.decoded();
        VBox head = new VBox(pathLine(selection), titleLine(word), valueLine(selection));
        head.getStyleClass().add("inspector-head");
        if (hasBits(word) && word.byteLength() <= RULER_BYTES) {
            head.getChildren().add(ruler(selection));
        }
        root.setTop(head);
        VBox lines = new VBox();
        for (Decoded field : shownFields(word)) {
            FieldLine line = new FieldLine(
                    texts, field, before(selection, field), field.name().equals(chosen), wasWide);
            line.setOnMouseClicked(e -> choose(selection, field.name()));
            lines.getChildren().add(line);
        }
        if (word.children().isEmpty()) {
            lines.getChildren().addAll(explanation(word));
        }
        ScrollPane scroll = new ScrollPane(lines);
        scroll.setFitToWidth(true);
        scroll.setHbarPolicy(ScrollPane.ScrollBarPolicy.NEVER);
        root.setCenter(scroll);
        root.setBottom(foot(selection));
    }

    private void choose(Selection selection, String name) {
        chosen = name.equals(chosen) ? "" : name;
        showChosen(selection);
    }

    private static boolean hasBits(Decoded word) {
        return !word.children().isEmpty() && word.children().getFirst().isBits();
    }

    /** Bits from the highest down, as the ruler has them; members of a structure in order. */
    private static List<Decoded> shownFields(Decoded word) {
        List<Decoded> fields =
                word.children().stream().filter(f -> !f.spec().reserved()).toList();
        return hasBits(word) ? fields.reversed() : fields;
    }

    private static Optional<Decoded> before(Selection selection, Decoded field) {
        return selection.previous().flatMap(p -> p.find(field.path()));
    }

    private Node pathLine(Selection selection) {
        HBox line = new HBox(6);
        line.getStyleClass().addAll("row", "inspector-path");
        List<String> steps = new ArrayList<>();
        selection.device().ifPresent(d -> steps.add(d.name()));
        steps.addAll(selection.path());
        for (int i = 0; i < steps.size(); i++) {
            Label step = new Label(steps.get(i));
            step.getStyleClass().addAll("small", i < steps.size() - 1 ? "muted" : "present");
            step.setMinWidth(i == steps.size() - 1 ? Region.USE_PREF_SIZE : 16);
            if (i > 0) {
                line.getChildren().add(Icons.small("mdi2c-chevron-right"));
            }
            line.getChildren().add(step);
        }
        line.getChildren().addAll(gap(), pin);
        return line;
    }

    private Node titleLine(Decoded word) {
        Label title = new Label(word.title().isBlank() ? word.name() : word.title());
        title.getStyleClass().add("subject");
        title.setTooltip(new Tooltip(title.getText()));
        title.setMinWidth(0);
        String at = String.format("0x%02x", word.byteOffset());
        Label where = new Label(wasWide ? texts.get("where", at, word.byteLength()) : at);
        where.getStyleClass().addAll("mono", "muted");
        where.setMinWidth(Region.USE_PREF_SIZE);
        HBox line = new HBox(8, title, gap(), where);
        line.getStyleClass().add("row");
        return line;
    }

    private Node valueLine(Selection selection) {
        Decoded word = selection.decoded();
        Label value = new Label(word.value());
        value.getStyleClass().addAll("mono", "inspector-value");
        value.setId("inspector-value");
        value.setMinWidth(0);
        Button copy = button("mdi2c-content-copy");
        copy.setTooltip(new Tooltip(texts.get("copy")));
        copy.setOnAction(e -> {
            ClipboardContent content = new ClipboardContent();
            content.putString(word.value());
            Clipboard.getSystemClipboard().setContent(content);
        });
        HBox line = new HBox(6, value, copy, gap());
        line.getStyleClass().add("row");
        selection
                .previous()
                .filter(p -> !p.raw().equals(word.raw()) || p.byteLength() != word.byteLength())
                .ifPresent(p -> line.getChildren().add(was(p)));
        return line;
    }

    private Node was(Decoded before) {
        Label word = new Label(texts.get("was", ""), Icons.small("mdi2d-delta"));
        word.getStyleClass().addAll("muted", "was-label");
        word.setMinWidth(Region.USE_PREF_SIZE);
        Label value = new Label(before.value());
        value.getStyleClass().addAll("mono", "changed");
        value.setId("inspector-was");
        HBox box = new HBox(4, word, value);
        box.getStyleClass().add("row");
        return box;
    }

    private Node ruler(Selection selection) {
        Decoded word = selection.decoded();
        BitRuler ruler = new BitRuler();
        List<BitRuler.Field> fields = new ArrayList<>();
        for (Decoded field : word.children().reversed()) {
            boolean reserved = field.spec().reserved();
            String name = reserved ? texts.get("reserved") : field.name();
            fields.add(new BitRuler.Field(name, field.bitLow(), field.bitHigh(), reserved));
        }
        Decoded before = selection.previous().orElse(word);
        ruler.show(word.byteLength() * 8, word.raw(), before.raw(), fields, chosen);
        ruler.setOnChoose(field -> {
            if (!field.reserved()) {
                choose(selection, field.name());
            }
        });
        ruler.getStyleClass().add("inspector-ruler");
        return ruler;
    }

    private List<Node> explanation(Decoded word) {
        List<Node> nodes = new ArrayList<>();
        for (String text : List.of(word.meaning(), word.spec().text())) {
            if (!text.isBlank()) {
                Label label = new Label(text);
                label.setWrapText(true);
                label.getStyleClass().add("inspector-text");
                nodes.add(label);
            }
        }
        if (!word.otherValues().isEmpty()) {
            Label label = new Label(String.join("\n", word.otherValues()));
            label.getStyleClass().addAll("inspector-text", "muted");
            nodes.add(label);
        }
        return nodes;
    }

    private Node foot(Selection selection) {
        HBox line = new HBox(8);
        line.getStyleClass().addAll("row", "inspector-foot");
        selection.reference().ifPresent(ref -> {
            Label label = new Label(ref.toString(), Icons.small("mdi2b-book-open-outline"));
            label.getStyleClass().addAll("link", "small");
            label.setTooltip(new Tooltip(texts.get("reference", ref.document(), ref.section())));
            label.setMinWidth(0);
            line.getChildren().add(label);
        });
        line.getChildren().add(gap());
        if (selection.write().isPresent() && selection.device().isPresent()) {
            Button write = new Button(texts.get("write"), Icons.of("mdi2p-pencil-outline"));
            write.getStyleClass().addAll("outlined", "small");
            write.setId("inspector-write");
            write.setMinWidth(Region.USE_PREF_SIZE);
            write.setOnAction(e -> askToWrite(selection));
            line.getChildren().add(write);
        }
        return line;
    }

    private void askToWrite(Selection selection) {
        Decoded word = selection.decoded();
        String where = texts.get("target", word.name(), String.format("0x%02x", word.byteOffset()));
        WritePanel panel = new WritePanel(
                selection.device().orElseThrow(),
                where,
                word,
                value -> selection.write().orElseThrow().write(value),
                () -> root.setBottom(foot(selection)));
        root.setBottom(panel);
        panel.startTyping();
    }

    private static Region gap() {
        Region gap = new Region();
        HBox.setHgrow(gap, Priority.ALWAYS);
        return gap;
    }
}
