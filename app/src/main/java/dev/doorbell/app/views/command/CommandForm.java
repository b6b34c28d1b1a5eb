package dev.doorbell.app.views.command;

import dev.doorbell.app.controls.Icons;
import dev.doorbell.plugin.Texts;
import dev.doorbell.spec.CommandSpec.DwordField;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javafx.scene.control.CheckBox;
import javafx.scene.control.Label;
import javafx.scene.control.ScrollPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.VBox;

/** The draft as a form made from the catalogue. */
final class CommandForm extends ScrollPane {
    private final CommandDesk desk;
    private final Texts texts;
    private final VBox content = new VBox();
    private final VBox strange = new VBox();
    private final CheckBox raw;
    private final List<FieldRow> rows = new ArrayList<>();

    CommandForm(CommandDesk desk, Texts texts) {
        this.desk = desk;
        this.texts = texts;
        getStyleClass().add("command-form");
        setFitToWidth(true);
        setHbarPolicy(ScrollBarPolicy.NEVER);
        setContent(content);
        raw = new CheckBox(texts.get("form.rawPointers"));
        raw.setId("command-raw-pointers");
        raw.selectedProperty()
                .addListener((o, was, is) -> desk.draft().set(desk.draft().get().rawPointers(is)));
    }

    /** Lays the form out anew, for another command. */
    void rebuild() {
        rows.forEach(FieldRow::dispose);
        rows.clear();
        content.getChildren().clear();
        Draft draft = desk.draft().get();
        List<DwordField> common = desk.catalogue().commonFields();
        common.stream().filter(f -> f.name().equals("NSID")).forEach(this::row);
        Optional<List<DwordField>> own = draft.spec(desk.catalogue()).map(s -> s.fields());
        if (own.isEmpty()) {
            heading(texts.get("form.unknown"));
            note(texts.get("form.unknown.text"));
        }
        own.ifPresent(this::grouped);
        content.getChildren().add(strange);
        heading(texts.get("form.header"));
        common.stream()
                .filter(f -> List.of("OPC", "FUSE", "PSDT").contains(f.name()))
                .forEach(this::row);
        heading(texts.get("form.pointers"));
        HBox choice = new HBox(raw);
        choice.getStyleClass().add("field-row");
        content.getChildren().add(choice);
        common.stream()
                .filter(f -> List.of("MPTR", "PRP1", "PRP2").contains(f.name()))
                .forEach(this::row);
        update();
        setVvalue(0);
    }

    /** Fields under a heading for each run of dwords. */
    private void grouped(List<DwordField> fields) {
        int last = -1;
        for (DwordField field : fields) {
            if (field.dword() != last) {
                last = field.dword();
                heading(heads(fields, last));
            }
            row(field);
        }
        if (fields.isEmpty()) {
            note(texts.get("form.noFields"));
        }
    }

    private String heads(List<DwordField> fields, int dword) {
        return fields.stream()
                .filter(f -> f.dword() == dword && f.dword2().orElse(dword) != dword)
                .findFirst()
                .map(f -> texts.get("form.dwords", dword, f.dword2().getAsInt()))
                .orElseGet(() -> texts.get("form.dword", dword));
    }

    private void row(DwordField field) {
        FieldRow row = new FieldRow(desk, texts, field);
        rows.add(row);
        content.getChildren().add(row);
    }

    private void heading(String text) {
        Label label = new Label(text);
        label.getStyleClass().add("form-heading");
        label.setMaxWidth(Double.MAX_VALUE);
        content.getChildren().add(label);
    }

    private void note(String text) {
        Label label = new Label(text);
        label.setWrapText(true);
        label.getStyleClass().addAll("muted", "form-note");
        content.getChildren().add(label);
    }

    /** Shows the draft's values. */
    void update() {
        rows.forEach(FieldRow::update);
        raw.setSelected(desk.draft().get().rawPointers());
        strange.getChildren().clear();
        int[] bits = desk.draft().get().reservedBits(desk.catalogue());
        for (int i = 0; i < 16; i++) {
            if (bits[i] != 0) {
                Label label = new Label(
                        texts.get("form.reserved", i, "0x%08x".formatted(bits[i])), Icons.small("mdi2a-alert-outline"));
                label.getStyleClass().add("reserved-note");
                label.setMaxWidth(Double.MAX_VALUE);
                strange.getChildren().add(label);
            }
        }
    }

    /** The row of a field. */
    Optional<FieldRow> row(String name) {
        return rows.stream().filter(r -> r.field().name().equals(name)).findFirst();
    }
}
