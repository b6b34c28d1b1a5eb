package dev.doorbell.app.views.features;

import dev.doorbell.app.controls.Banner;
import dev.doorbell.app.controls.FieldRow;
import dev.doorbell.app.controls.FieldsPane;
import dev.doorbell.app.controls.Segmented;
import dev.doorbell.app.controls.Tone;
import dev.doorbell.driver.Controller;
import dev.doorbell.driver.Controller.FeatureValue;
import dev.doorbell.plugin.DeviceSession;
import dev.doorbell.plugin.Texts;
import dev.doorbell.spec.Decoded;
import dev.doorbell.spec.StructureSpec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import javafx.css.PseudoClass;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.TextField;
import javafx.scene.input.KeyCode;
import javafx.scene.layout.BorderPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;

/**
 * Edits what Set Features will send, before it is sent: dwords 11 to 15 and the data structure, each as fields beside its
 * bytes. Bytes are typed over in the dump, fields in the line below; what differs from the present value is marked. While
 * the device's shield is on it sends nothing and offers to lift it. Escape leaves.
 */
final class FeatureEditor extends BorderPane {
    private static final PseudoClass STRANGE = PseudoClass.getPseudoClass("strange");

    /** What is edited. */
    private enum Part {
        DWORDS,
        DATA
    }

    private final Texts texts;
    private final DeviceSession session;
    private final FeatureValues feature;
    private final StructureSpec dwordSpec;
    private final byte[] dwordsBefore;
    private final byte[] dataBefore;
    private final FieldsPane fields = new FieldsPane();
    private final Segmented<Part> parts;
    private final Label name = new Label();
    private final TextField input = new TextField();
    private final Label meaning = new Label();
    private final VBox notes = new VBox();
    private final Button go;
    private byte[] dwords;
    private byte[] data;
    private boolean updating;

    /**
     * An editor that starts from the present value.
     *
     * @param send sends dwords 11 to 15 (20 bytes) and the data (empty for none), when the user has confirmed
     * @param close takes the editor away
     */
    FeatureEditor(
            Texts texts,
            DeviceSession session,
            FeatureValues feature,
            BiConsumer<byte[], byte[]> send,
            Runnable close) {
        this.texts = texts;
        this.session = session;
        this.feature = feature;
        dwordSpec = feature.spec().dwords();
        Optional<FeatureValue> current = feature.current();
        dwordsBefore = feature.spec().dwordsOf(current.map(FeatureValue::cdw0).orElse(0));
        dwords = dwordsBefore.clone();
        dataBefore = hasData()
                ? Arrays.copyOf(current.map(FeatureValue::data).orElse(new byte[0]), dataBytes())
                : new byte[0];
        data = dataBefore.clone();
        getStyleClass().add("feature-editor");
        setId("feature-editor");
        parts = new Segmented<>(hasData() ? List.of(Part.DATA, Part.DWORDS) : List.of(Part.DWORDS), this::title);
        parts.setId("feature-editor-parts");
        parts.valueProperty().addListener(o -> show());
        go = new Button(texts.get("editor.go"));
        go.setId("feature-editor-go");
        go.getStyleClass().addAll("accent", "small");
        go.setMinWidth(Region.USE_PREF_SIZE);
        go.setOnAction(e -> {
            close.run();
            send.accept(dwords.clone(), data.clone());
        });
        Button cancel = new Button(texts.get("cancel"));
        cancel.setId("feature-editor-cancel");
        cancel.getStyleClass().addAll("outlined", "small");
        cancel.setMinWidth(Region.USE_PREF_SIZE);
        cancel.setOnAction(e -> close.run());
        Label title = new Label(texts.get("editor.title", feature.spec().title(), session.name()));
        title.getStyleClass().add("strong");
        title.setMinWidth(0);
        Region gap = new Region();
        HBox.setHgrow(gap, Priority.ALWAYS);
        HBox bar = new HBox(title, gap, parts, go, cancel);
        bar.getStyleClass().add("view-toolbar");
        setTop(new VBox(bar, notes));
        setCenter(fields);
        setBottom(valueLine());
        fields.hex().editableProperty().set(true);
        fields.hex().foldZerosProperty().set(false);
        fields.hex().onEditProperty().set((offset, b) -> edited(fields.hex().getData()));
        fields.link().setOnChoose(this::chosen);
        session.shield().subscribe(o -> warn());
        setOnKeyPressed(e -> {
            if (e.getCode() == KeyCode.ESCAPE) {
                close.run();
                e.consume();
            }
        });
        warn();
        show();
    }

    private String title(Part part) {
        return texts.get(part == Part.DWORDS ? "editor.dwords" : "editor.data");
    }

    private boolean hasData() {
        return feature.spec().setsData() && feature.spec().dataStructure().isPresent();
    }

    private int dataBytes() {
        int cdw11 = ByteBuffer.wrap(dwords).order(ByteOrder.LITTLE_ENDIAN).getInt();
        int known = Controller.featureDataBytes(feature.spec().fid(), cdw11);
        return known > 0
                ? known
                : feature.spec().dataStructure().map(StructureSpec::bytes).orElse(0);
    }

    private HBox valueLine() {
        name.getStyleClass().add("mono");
        name.setMinWidth(0);
        input.setId("feature-editor-value");
        input.getStyleClass().addAll("mono", "small");
        input.setPrefColumnCount(20);
        input.setPromptText(texts.get("editor.choose"));
        input.textProperty().addListener((o, was, is) -> typed(is));
        meaning.getStyleClass().add("muted");
        meaning.setMinWidth(0);
        HBox line = new HBox(8, name, input, meaning);
        line.getStyleClass().add("view-toolbar");
        return line;
    }

    private void warn() {
        notes.getChildren().clear();
        if (!feature.spec().destroys().isEmpty()) {
            notes.getChildren()
                    .add(new Banner(
                            Tone.ATTENTION,
                            "mdi2a-alert-outline",
                            feature.spec().destroys()));
        }
        if (session.shielded()) {
            notes.getChildren()
                    .add(new Banner(Tone.ACCENT, "mdi2s-shield-outline", texts.get("editor.shield", session.name()))
                            .action(
                                    texts.get("editor.lift"),
                                    () -> session.shield().set(false)));
        }
        go.setDisable(session.shielded());
    }

    private byte[] now() {
        return parts.getValue() == Part.DWORDS ? dwords : data;
    }

    private Decoded decode(byte[] bytes) {
        return parts.getValue() == Part.DWORDS
                ? dwordSpec.decode(bytes)
                : feature.spec().dataStructure().orElseThrow().decode(bytes);
    }

    private void show() {
        byte[] before = parts.getValue() == Part.DWORDS ? dwordsBefore : dataBefore;
        fields.show(now(), decode(now()), before, Optional.of(decode(Arrays.copyOf(before, now().length))));
        fields.tree().chosen().ifPresentOrElse(this::chosen, this::nothingChosen);
    }

    private void nothingChosen() {
        name.setText("");
        meaning.setText("");
        input.setDisable(true);
    }

    private void chosen(FieldRow row) {
        boolean number = !row.isContainer() || row.field().byteLength() <= Long.BYTES;
        input.setDisable(!number);
        name.setText(row.field().path());
        meaning.setText(row.field().meaning());
        if (!input.isFocused()) {
            updating = true;
            input.setText(hex(row.field()));
            input.pseudoClassStateChanged(STRANGE, false);
            updating = false;
        }
    }

    private static String hex(Decoded field) {
        return "0x" + field.raw().toString(16);
    }

    /** Puts a number into the chosen field, as far as it fits. */
    private void typed(String text) {
        Optional<FieldRow> row = fields.tree().chosen();
        if (updating || row.isEmpty()) {
            return;
        }
        Optional<byte[]> bytes = FieldValue.put(now(), row.get().field(), text);
        input.pseudoClassStateChanged(STRANGE, bytes.isEmpty());
        bytes.ifPresent(this::edited);
    }

    private void edited(byte[] bytes) {
        if (parts.getValue() == Part.DWORDS) {
            dwords = bytes.clone();
            if (hasData() && dataBytes() != data.length) {
                data = Arrays.copyOf(data, dataBytes());
            }
        } else {
            data = bytes.clone();
        }
        show();
    }
}
