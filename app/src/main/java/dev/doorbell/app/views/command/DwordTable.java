package dev.doorbell.app.views.command;

import dev.doorbell.plugin.Texts;
import dev.doorbell.spec.CommandSpec.DwordField;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import javafx.css.PseudoClass;
import javafx.geometry.Pos;
import javafx.scene.control.Label;
import javafx.scene.control.TextField;
import javafx.scene.layout.FlowPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.VBox;

/** The sixteen dwords of the SQE in hex, each with the fields that lie in it. */
final class DwordTable extends VBox {
    private static final PseudoClass LIT = PseudoClass.getPseudoClass("lit");
    private static final PseudoClass STRANGE = PseudoClass.getPseudoClass("strange");

    private final CommandDesk desk;
    private final Texts texts;
    private final List<TextField> words = new ArrayList<>();
    private final List<HBox> rows = new ArrayList<>();
    private final List<FlowPane> chips = new ArrayList<>();
    private boolean updating;

    DwordTable(CommandDesk desk, Texts texts) {
        this.desk = desk;
        this.texts = texts;
        getStyleClass().add("dword-table");
        Label number = new Label(texts.get("dwords.number"));
        number.getStyleClass().add("dword-number");
        Label sqe = new Label(texts.get("dwords.sqe"));
        sqe.getStyleClass().add("dword-head-sqe");
        HBox head = new HBox(number, sqe, new Label(texts.get("dwords.fields")));
        head.getStyleClass().add("dword-head");
        getChildren().add(head);
        for (int i = 0; i < 16; i++) {
            getChildren().add(row(i));
        }
        desk.focus().subscribe(this::light);
    }

    private HBox row(int index) {
        Label number = new Label(Integer.toString(index));
        number.getStyleClass().addAll("mono", "muted", "dword-number");
        TextField word = new TextField();
        word.setId("dword-" + index);
        word.getStyleClass().addAll("mono", "dword");
        word.setPrefColumnCount(8);
        word.setAccessibleText(texts.get("dwords.word", index));
        word.textProperty().addListener((o, was, is) -> typed(index, is));
        word.focusedProperty().addListener((o, was, is) -> {
            if (!is) {
                update();
            }
        });
        FlowPane fields = new FlowPane(4, 2);
        fields.setAlignment(Pos.CENTER_LEFT);
        fields.setPrefWrapLength(120);
        HBox.setHgrow(fields, Priority.ALWAYS);
        HBox row = new HBox(number, word, fields);
        row.setAlignment(Pos.CENTER_LEFT);
        row.getStyleClass().add("dword-row");
        words.add(word);
        chips.add(fields);
        rows.add(row);
        return row;
    }

    private void typed(int index, String text) {
        if (updating) {
            return;
        }
        try {
            int value =
                    HexFormat.fromHexDigits(text.strip().replaceFirst("^0x", "").toLowerCase(Locale.ROOT));
            words.get(index).pseudoClassStateChanged(STRANGE, false);
            desk.draft().set(desk.draft().get().dword(index, value));
        } catch (IllegalArgumentException e) {
            words.get(index).pseudoClassStateChanged(STRANGE, true);
        }
    }

    /** Lays the chips out anew, for another command. */
    void rebuild() {
        Draft draft = desk.draft().get();
        for (int i = 0; i < 16; i++) {
            chips.get(i).getChildren().clear();
        }
        for (DwordField field : draft.fields(desk.catalogue())) {
            chip(field, field.dword());
            if (field.dword2().orElse(field.dword()) != field.dword()) {
                chip(field, field.dword2().getAsInt());
            }
        }
        update();
        light(desk.focus().get());
    }

    private void chip(DwordField field, int dword) {
        if (field.name().matches("CDW[23]")) {
            return;
        }
        Label chip = new Label(field.name());
        chip.getStyleClass().addAll("field-chip", "mono");
        chip.setUserData(field.name());
        chip.setOnMouseClicked(e -> desk.focus().set(field.name()));
        chips.get(dword).getChildren().add(chip);
    }

    /** Shows the draft's dwords. */
    void update() {
        updating = true;
        Draft draft = desk.draft().get();
        int[] strange = draft.reservedBits(desk.catalogue());
        for (int i = 0; i < 16; i++) {
            TextField word = words.get(i);
            String text = HexFormat.of().toHexDigits(draft.dword(i));
            if (!word.isFocused()) {
                word.setText(text);
                word.pseudoClassStateChanged(STRANGE, false);
            }
            word.pseudoClassStateChanged(PseudoClass.getPseudoClass("zero"), draft.dword(i) == 0);
            rows.get(i).pseudoClassStateChanged(STRANGE, strange[i] != 0);
            var children = chips.get(i).getChildren();
            children.removeIf(n -> n.getStyleClass().contains("reserved-chip"));
            if (strange[i] != 0) {
                Label reserved = new Label(texts.get("dwords.reserved"));
                reserved.getStyleClass().addAll("field-chip", "reserved-chip", "mono");
                children.add(reserved);
            }
        }
        updating = false;
    }

    private void light(String name) {
        for (int i = 0; i < 16; i++) {
            boolean any = false;
            for (var node : chips.get(i).getChildren()) {
                boolean lit = name.equals(node.getUserData());
                node.pseudoClassStateChanged(LIT, lit);
                any |= lit;
            }
            rows.get(i).pseudoClassStateChanged(LIT, any);
        }
    }
}
