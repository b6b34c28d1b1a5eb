package dev.doorbell.app.views.command;

import dev.doorbell.app.controls.Icons;
import dev.doorbell.plugin.DeviceSession;
import dev.doorbell.plugin.Problem;
import dev.doorbell.plugin.Texts;
import dev.doorbell.plugin.View;
import dev.doorbell.plugin.ViewContext;
import dev.doorbell.spec.CommandSpec.Queue;
import dev.doorbell.spec.StatusCodes.Status;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.IntConsumer;
import javafx.css.PseudoClass;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.CheckBox;
import javafx.scene.control.ComboBox;
import javafx.scene.control.Label;
import javafx.scene.control.ScrollPane;
import javafx.scene.control.TextField;
import javafx.scene.control.ToggleButton;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.VBox;
import javafx.stage.FileChooser;
import javafx.util.StringConverter;

/** Where the command goes, what is expected of it, and the data buffer. */
final class TargetView implements View {
    private static final PseudoClass STRANGE = PseudoClass.getPseudoClass("strange");
    private static final int MOST_BYTES = 4 << 20;

    private final ViewContext context;
    private final Texts texts;
    private final CommandDesk desk;
    private final ScrollPane root = new ScrollPane();
    private final VBox content = new VBox();
    private final Label device = new Label();
    private final ComboBox<OptionalInt> queue = new ComboBox<>();
    private final ComboBox<Status> expected = new ComboBox<>();
    private final TextField repeat = new TextField();
    private final TextField timeout = new TextField();
    private final TextField size = new TextField();
    private final ToggleButton follow = new ToggleButton(null, Icons.small("mdi2l-link-variant"));
    private final Label sizeNote = new Label();
    private final ComboBox<Target.Fill> fill = new ComboBox<>();
    private final TextField dword = new TextField();
    private final TextField offset = new TextField();
    private final CheckBox guard = new CheckBox();
    private final HexEditor hex;
    private final VBox data = new VBox();
    private boolean updating;

    TargetView(ViewContext context) {
        this.context = context;
        texts = context.texts(TargetView.class);
        desk = context.workbench().shared(CommandDesk.class, CommandDesk::new);
        hex = new HexEditor(
                texts, bytes -> desk.target().set(desk.target().get().content(bytes)));
        root.getStyleClass().add("command-target");
        root.setFitToWidth(true);
        root.setHbarPolicy(ScrollPane.ScrollBarPolicy.NEVER);
        root.setContent(content);
        content.getStyleClass().add("target-form");
        layOut();
        wire();
        context.watch(desk.draft(), d -> update());
        context.watch(desk.target(), t -> update());
        context.watch(desk.lbaBytes(), n -> update());
        context.watch(context.device(), s -> queues());
        context.watch(context.device().flatMap(DeviceSession::queues), q -> queues());
    }

    private void layOut() {
        content.getChildren()
                .setAll(
                        heading("target.heading"),
                        line("target.device", device),
                        line("target.queue", queue),
                        line("target.repeat", repeat, note("target.times")),
                        line("target.expected", expected),
                        line("target.timeout", timeout, note("target.ms")));
        Button load = new Button(texts.get("data.load"), Icons.small("mdi2f-folder-open-outline"));
        load.getStyleClass().add("small");
        load.setOnAction(e -> load());
        Button edit = new Button(texts.get("data.hex"), Icons.small("mdi2h-hexadecimal"));
        edit.getStyleClass().add("small");
        edit.setId("command-hex");
        edit.setOnAction(e -> hex.edit(Sender.content(desk.target().get(), desk.dataBytes())));
        HBox buttons = new HBox(8, edit, load);
        guard.setText(texts.get("data.guard"));
        sizeNote.getStyleClass().addAll("muted", "small");
        follow.getStyleClass().addAll("small", "button-icon", "flat");
        follow.setTooltip(new Tooltip(texts.get("data.follow")));
        data.getStyleClass().add("target-form");
        data.getChildren()
                .setAll(
                        heading("data.heading"),
                        line("data.size", size, follow, sizeNote),
                        line("data.fill", fill, dword),
                        line("data.offset", offset, note("data.offset.note")),
                        guard,
                        buttons,
                        hex);
        content.getChildren().add(data);
        for (TextField field : List.of(repeat, timeout, size, dword, offset)) {
            field.getStyleClass().add("mono");
            field.setPrefColumnCount(8);
            field.setMinWidth(64);
        }
        queue.setMaxWidth(Double.MAX_VALUE);
        expected.setMaxWidth(Double.MAX_VALUE);
        expected.setVisibleRowCount(16);
        HBox.setHgrow(queue, Priority.ALWAYS);
        HBox.setHgrow(expected, Priority.ALWAYS);
    }

    private Label heading(String key) {
        Label label = new Label(texts.get(key));
        label.getStyleClass().add("form-heading");
        label.setMaxWidth(Double.MAX_VALUE);
        return label;
    }

    private Label note(String key) {
        Label label = new Label(texts.get(key));
        label.getStyleClass().addAll("muted", "small");
        return label;
    }

    private HBox line(String key, Node... nodes) {
        Label label = new Label(texts.get(key));
        label.getStyleClass().addAll("muted", "target-label");
        label.setMinWidth(84);
        HBox line = new HBox(8, label);
        line.getChildren().addAll(nodes);
        line.setAlignment(Pos.CENTER_LEFT);
        return line;
    }

    private void wire() {
        queue.setId("command-queue");
        queue.setConverter(text(q -> q.isPresent() ? queueName(q.getAsInt()) : texts.get("target.own")));
        queue.valueProperty().addListener((o, was, is) -> {
            if (!updating && is != null && desk.draft().get().queue() == Queue.IO) {
                desk.target().set(desk.target().get().qid(is));
            }
        });
        expected.getItems().setAll(desk.catalogue().statusCodes().all());
        expected.setConverter(text(s -> "%02x/%02x %s".formatted(s.sct(), s.sc(), s.name())));
        expected.valueProperty().addListener((o, was, is) -> {
            if (!updating && is != null) {
                desk.target().set(desk.target().get().expectedStatus(is.sct() << 8 | is.sc()));
            }
        });
        number(repeat, 1, 1_000_000, n -> desk.target().set(desk.target().get().repeat(n)));
        number(timeout, 1, 3_600_000, n -> desk.target().set(desk.target().get().timeoutMillis(n)));
        number(size, 0, MOST_BYTES, n -> desk.target().set(desk.target().get().bytes(OptionalInt.of(n))));
        number(offset, 0, 4092, n -> {
            if (n % 4 == 0) {
                desk.target().set(desk.target().get().offset(n));
            } else {
                offset.pseudoClassStateChanged(STRANGE, true);
            }
        });
        dword.textProperty().addListener((o, was, is) -> {
            var value = Numbers.parse(is);
            boolean right = value.isPresent() && value.get() >>> 32 == 0;
            dword.pseudoClassStateChanged(STRANGE, !right);
            if (!updating && right) {
                desk.target().set(desk.target().get().dword(value.get().intValue()));
            }
        });
        follow.setOnAction(e -> desk.target()
                .set(desk.target()
                        .get()
                        .bytes(follow.isSelected() ? OptionalInt.empty() : OptionalInt.of(desk.dataBytes()))));
        fill.getItems().setAll(Target.Fill.values());
        fill.setConverter(text(f -> texts.get("fill." + f.name())));
        fill.valueProperty().addListener((o, was, is) -> {
            if (!updating && is != null) {
                desk.target().set(desk.target().get().fill(is));
            }
        });
        guard.selectedProperty().addListener((o, was, is) -> {
            if (!updating) {
                desk.target().set(desk.target().get().guard(is));
            }
        });
    }

    private static <T> StringConverter<T> text(java.util.function.Function<T, String> text) {
        return new StringConverter<>() {
            @Override
            public String toString(T value) {
                return value == null ? "" : text.apply(value);
            }

            @Override
            public T fromString(String typed) {
                throw new UnsupportedOperationException("chosen, not typed");
            }
        };
    }

    private void number(TextField field, int least, int most, IntConsumer set) {
        field.setTooltip(new Tooltip(texts.get("target.range", least, most)));
        field.textProperty().addListener((o, was, is) -> {
            var value = Numbers.parse(is);
            boolean right = value.isPresent() && value.get() >= least && value.get() <= most;
            field.pseudoClassStateChanged(STRANGE, !right);
            if (!updating && right) {
                set.accept(value.get().intValue());
            }
        });
    }

    private String queueName(int qid) {
        return texts.get("target.qid", qid);
    }

    /** Lists the I/O queues that can be used. */
    private void queues() {
        DeviceSession session = context.device().getValue();
        device.setText(session == null ? texts.get("target.none") : session.name());
        if (session == null || session.state().getValue() != DeviceSession.State.READY) {
            fillQueues(List.of());
            return;
        }
        fillQueues(session.queues().getValue().stream()
                .filter(q -> q.qid() != 0 && q.alive() && !q.worker())
                .map(q -> OptionalInt.of(q.qid()))
                .toList());
    }

    private void fillQueues(List<OptionalInt> qids) {
        List<OptionalInt> choice = new ArrayList<>(List.of(OptionalInt.empty()));
        choice.addAll(qids);
        if (choice.equals(queue.getItems())) {
            return;
        }
        updating = true;
        queue.getItems().setAll(choice);
        updating = false;
        update();
    }

    private void update() {
        updating = true;
        Target target = desk.target().get();
        boolean io = desk.draft().get().queue() == Queue.IO;
        queue.setDisable(!io);
        queue.setPromptText(texts.get("target.admin"));
        queue.setValue(io ? target.qid() : null);
        if (queue.getItems().isEmpty()) {
            queue.getItems().setAll(OptionalInt.empty());
        }
        expected.setValue(
                desk.catalogue().statusCodes().of(target.expectedStatus() >> 8, target.expectedStatus() & 0xff));
        set(repeat, Integer.toString(target.repeat()));
        set(timeout, Integer.toString(target.timeoutMillis()));
        boolean moves = Sender.movesData(desk.spec(), target) || desk.spec().isEmpty();
        data.setVisible(moves);
        data.setManaged(moves);
        set(size, Integer.toString(desk.dataBytes()));
        follow.setSelected(target.bytes().isEmpty());
        sizeNote.setText(texts.get(target.bytes().isEmpty() ? "data.fromFields" : "data.bytes"));
        fill.setValue(target.fill());
        boolean value = target.fill() == Target.Fill.DWORD || target.fill() == Target.Fill.RANDOM;
        dword.setVisible(value);
        set(dword, "0x%08x".formatted(target.dword()));
        set(offset, Integer.toString(target.offset()));
        guard.setSelected(target.guard());
        updating = false;
    }

    private static void set(TextField field, String text) {
        if (!field.isFocused()) {
            field.setText(text);
        }
    }

    private void load() {
        var file = new FileChooser().showOpenDialog(root.getScene().getWindow());
        if (file == null) {
            return;
        }
        context.workbench()
                .jobs()
                .submit(texts.get("data.loading", file.getName()), monitor -> {
                    if (file.length() > MOST_BYTES) {
                        throw new IOException(texts.get("data.tooLarge", file.getName(), file.length(), MOST_BYTES));
                    }
                    return Files.readAllBytes(file.toPath());
                })
                .result()
                .whenComplete((bytes, failure) -> {
                    if (failure == null) {
                        desk.target().set(desk.target().get().content(bytes));
                    } else {
                        context.workbench().problems().show(Problem.error("command", failure));
                    }
                });
    }

    @Override
    public Node node() {
        return root;
    }
}
