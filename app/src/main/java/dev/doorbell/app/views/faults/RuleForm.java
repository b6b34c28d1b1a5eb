package dev.doorbell.app.views.faults;

import dev.doorbell.app.controls.Icons;
import dev.doorbell.app.views.faults.RuleDraft.Effect;
import dev.doorbell.app.views.faults.RuleDraft.Trigger;
import dev.doorbell.driver.DoorbellException;
import dev.doorbell.driver.FaultRule;
import dev.doorbell.plugin.Texts;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import javafx.collections.FXCollections;
import javafx.css.PseudoClass;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.ComboBox;
import javafx.scene.control.Label;
import javafx.scene.control.ScrollPane;
import javafx.scene.control.TextField;
import javafx.scene.control.Tooltip;
import javafx.scene.input.KeyCode;
import javafx.scene.input.KeyEvent;
import javafx.scene.layout.BorderPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;
import javafx.util.StringConverter;

/** One rule as fields and as its text; each follows the other. Ctrl+Enter takes it over, Escape leaves. */
final class RuleForm extends BorderPane {
    private static final PseudoClass INVALID = PseudoClass.getPseudoClass("invalid");
    private static final List<String> IO_OPCODES = List.of(
            "read", "write", "flush", "compare", "write-zeroes", "write-uncorrectable", "dsm", "verify", "copy");
    private static final List<String> ADMIN_OPCODES = List.of(
            "identify",
            "get-log-page",
            "get-features",
            "set-features",
            "create-cq",
            "create-sq",
            "delete-cq",
            "delete-sq",
            "abort",
            "async-event",
            "format",
            "sanitize",
            "self-test",
            "fw-download",
            "fw-commit",
            "ns-management",
            "ns-attachment",
            "keep-alive",
            "security-send",
            "security-receive");

    private final Texts texts;
    private final Label heading = new Label();
    private final ComboBox<Trigger> trigger = new ComboBox<>(FXCollections.observableArrayList(Trigger.values()));
    private final TextField at = field("at");
    private final ComboBox<String> opcode = new ComboBox<>();
    private final TextField nsid = field("nsid");
    private final TextField lba = field("lba");
    private final TextField dwords = field("dwords");
    private final TextField skip = field("skip");
    private final TextField every = field("every");
    private final TextField times = field("times");
    private final TextField chance = field("chance");
    private final ComboBox<Effect> effect = new ComboBox<>();
    private final TextField value = field("value");
    private final TextField also = field("also");
    private final Label explanation = new Label();
    private final TextField text = field("text");
    private final Label reason = new Label();
    private final Button take;
    private final List<Node> ofCommands;
    private final Node counts;
    private boolean on = true;
    private boolean updating;

    /**
     * @param taken gets the rule that the user is content with
     * @param left called when the user gives up
     */
    RuleForm(Texts texts, Consumer<FaultRule> taken, Runnable left) {
        this.texts = texts;
        setId("faults-form");
        getStyleClass().add("rule-form");
        take = new Button(texts.get("form.take"));
        take.setId("faults-take");
        take.getStyleClass().addAll("accent", "small");
        take.setOnAction(e -> taken.accept(FaultRule.parse(text.getText())));
        Button cancel = new Button(texts.get("form.cancel"));
        cancel.setId("faults-cancel");
        cancel.getStyleClass().addAll("outlined", "small");
        cancel.setOnAction(e -> left.run());
        heading.getStyleClass().add("strong");
        choice(trigger, "trigger", t -> texts.get("trigger." + t));
        choice(effect, "effect", e -> texts.get("effect." + e));
        opcode.setEditable(true);
        opcode.setId("faults-opcode");
        opcode.setAccessibleText(texts.get("field.opcode"));
        opcode.setMaxWidth(Double.MAX_VALUE);
        opcode.setMinWidth(0);
        opcode.getStyleClass().add("small");
        opcode.getEditor().setPromptText(texts.get("prompt.opcode"));
        opcode.getEditor().textProperty().addListener(o -> edited());
        explanation.getStyleClass().addAll("muted", "small");
        explanation.setWrapText(true);
        explanation.setMinHeight(Region.USE_PREF_SIZE);
        reason.getStyleClass().addAll("bad", "small");
        reason.setId("faults-reason");
        reason.setWrapText(true);
        reason.setMinHeight(Region.USE_PREF_SIZE);
        ofCommands = List.of(pair("opcode", opcode, "nsid", nsid), pair("lba", lba, "dwords", dwords));
        counts = pair("skip", skip, "every", every);
        VBox fields = new VBox(
                section("section.when", pair("trigger", trigger, "at", at)),
                new VBox(6, ofCommands.toArray(Node[]::new)),
                section("section.then", pair("effect", effect, "value", value)),
                explanation,
                line("also", also),
                section("section.often", pair("times", times, "chance", chance)),
                counts);
        fields.getStyleClass().add("rule-fields");
        ScrollPane scroll = new ScrollPane(fields);
        scroll.setFitToWidth(true);
        scroll.getStyleClass().add("rule-scroll");
        HBox buttons = new HBox(8, take, cancel);
        VBox foot = new VBox(6, line("text", text), reason, buttons);
        foot.getStyleClass().add("rule-foot");
        HBox top = new HBox(Icons.small("mdi2p-pencil-outline"), heading);
        top.getStyleClass().addAll("row", "rule-head");
        setTop(top);
        setCenter(scroll);
        setBottom(foot);
        setMinWidth(280);
        text.getStyleClass().add("mono");
        text.textProperty().addListener(o -> typed());
        addEventFilter(KeyEvent.KEY_PRESSED, e -> {
            if (e.getCode() == KeyCode.ENTER && e.isShortcutDown() && !take.isDisabled()) {
                take.fire();
                e.consume();
            } else if (e.getCode() == KeyCode.ESCAPE
                    && !trigger.isShowing()
                    && !effect.isShowing()
                    && !opcode.isShowing()) {
                left.run();
                e.consume();
            }
        });
    }

    private TextField field(String key) {
        TextField field = new TextField();
        field.setId("faults-" + key);
        field.getStyleClass().addAll("small", "mono");
        field.setMinWidth(0);
        if (!key.equals("text")) {
            field.textProperty().addListener(o -> edited());
        }
        return field;
    }

    private <T> void choice(ComboBox<T> box, String key, Function<T, String> name) {
        box.setId("faults-" + key);
        box.setAccessibleText(texts.get("field." + key));
        box.setMaxWidth(Double.MAX_VALUE);
        box.setMinWidth(0);
        box.getStyleClass().add("small");
        box.setVisibleRowCount(20);
        box.setConverter(new StringConverter<>() {
            @Override
            public String toString(T chosen) {
                return chosen == null ? "" : name.apply(chosen);
            }

            @Override
            public T fromString(String string) {
                throw new UnsupportedOperationException("chosen, not typed");
            }
        });
        box.valueProperty().addListener(o -> edited());
    }

    private Node section(String key, Node line) {
        Label title = new Label(texts.get(key));
        title.getStyleClass().add("section-title");
        return new VBox(6, title, line);
    }

    private VBox line(String key, Region field) {
        Label caption = new Label(texts.get("field." + key));
        caption.getStyleClass().addAll("muted", "small");
        caption.setLabelFor(field);
        if (field instanceof TextField input) {
            input.setPromptText(texts.has("prompt." + key) ? texts.get("prompt." + key) : "");
            input.setAccessibleText(texts.get("field." + key));
        }
        if (texts.has("tip." + key)) {
            Tooltip tip = new Tooltip(texts.get("tip." + key));
            tip.setWrapText(true);
            tip.setMaxWidth(360);
            Tooltip.install(field, tip);
        }
        VBox line = new VBox(2, caption, field);
        line.setMinWidth(0);
        line.setPrefWidth(10);
        HBox.setHgrow(line, Priority.ALWAYS);
        return line;
    }

    private HBox pair(String first, Region one, String second, Region other) {
        return new HBox(8, line(first, one), line(second, other));
    }

    /** Begins with a rule, or with a fresh one. */
    void edit(String title, RuleDraft draft) {
        heading.setText(title);
        fill(draft);
        text.setText(draft.text());
        judge();
        trigger.requestFocus();
    }

    private void fill(RuleDraft draft) {
        updating = true;
        on = draft.on();
        trigger.setValue(draft.trigger());
        suit();
        at.setText(draft.at());
        opcode.getEditor().setText(draft.opcode());
        nsid.setText(draft.nsid());
        lba.setText(draft.lba());
        dwords.setText(draft.dwords());
        skip.setText(draft.skip());
        every.setText(draft.every());
        times.setText(draft.times());
        chance.setText(draft.chance());
        effect.setValue(draft.effect());
        value.setText(draft.value());
        also.setText(draft.also());
        updating = false;
        suit();
    }

    /** The fields as they are. */
    private RuleDraft draft() {
        return new RuleDraft(
                on,
                trigger.getValue(),
                at.getText(),
                opcode.getEditor().getText(),
                nsid.getText(),
                lba.getText(),
                dwords.getText(),
                skip.getText(),
                every.getText(),
                times.getText(),
                chance.getText(),
                effect.getValue(),
                value.getText(),
                also.getText());
    }

    /** Offers what goes with the trigger and nothing else. */
    private void suit() {
        boolean was = updating;
        updating = true;
        Trigger chosen = trigger.getValue();
        List<Effect> suiting =
                Arrays.stream(Effect.values()).filter(e -> e.suits(chosen)).toList();
        if (!effect.getItems().equals(suiting)) {
            Effect kept = effect.getValue();
            effect.getItems().setAll(suiting);
            effect.setValue(suiting.contains(kept) ? kept : suiting.getFirst());
        }
        List<String> names = chosen == Trigger.ADMIN ? ADMIN_OPCODES : IO_OPCODES;
        if (!opcode.getItems().equals(names)) {
            String typed = opcode.getEditor().getText();
            opcode.getItems().setAll(names);
            // A command of the other queues has no place here any more; a number may be of either.
            boolean strange = (chosen == Trigger.ADMIN ? IO_OPCODES : ADMIN_OPCODES).contains(typed);
            opcode.getEditor().setText(strange ? "" : typed);
        }
        at.setDisable(!chosen.hasValue());
        at.setPromptText(chosen.hasValue() ? texts.get("prompt.at." + chosen) : "");
        ofCommands.forEach(node -> shown(node, chosen.isCommand()));
        shown(counts, !chosen.isOnce());
        times.setDisable(chosen.isOnce());
        Effect first = effect.getValue();
        value.setDisable(first == null || !first.hasValue());
        value.setPromptText(first == null || !first.hasValue() ? "" : texts.get("prompt.value." + first));
        explanation.setText(first == null ? "" : texts.get("explain." + first));
        updating = was;
    }

    private static void shown(Node node, boolean on) {
        node.setVisible(on);
        node.setManaged(on);
    }

    private void edited() {
        if (updating || trigger.getValue() == null) {
            return;
        }
        suit();
        if (effect.getValue() == null) {
            return;
        }
        updating = true;
        text.setText(draft().text());
        updating = false;
        judge();
    }

    private void typed() {
        if (updating) {
            return;
        }
        try {
            fill(RuleDraft.of(FaultRule.parse(text.getText())));
        } catch (DoorbellException e) {
            // Half typed: the reason stands below, and the fields wait.
        }
        judge();
    }

    /** Says whether the text is a rule, and if not, why. */
    private void judge() {
        String wrong = "";
        try {
            FaultRule.parse(text.getText());
        } catch (DoorbellException e) {
            wrong = e.getMessage().replaceFirst("^faults: rule 1,? ?", "");
        }
        reason.setText(wrong);
        shown(reason, !wrong.isEmpty());
        text.pseudoClassStateChanged(INVALID, !wrong.isEmpty());
        take.setDisable(!wrong.isEmpty());
    }
}
