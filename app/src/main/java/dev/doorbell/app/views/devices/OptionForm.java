package dev.doorbell.app.views.devices;

import dev.doorbell.app.controls.Icons;
import dev.doorbell.driver.DeviceOption;
import dev.doorbell.plugin.Texts;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.ComboBox;
import javafx.scene.control.Label;
import javafx.scene.control.TextField;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.VBox;
import javafx.stage.FileChooser;

/** Fields for the options of a virtual device; empty ones have their default, which they show. */
final class OptionForm extends VBox {
    private static final Texts TEXTS = Texts.of(OptionForm.class);

    private final Map<String, Supplier<String>> values = new LinkedHashMap<>();
    private final VBox first = new VBox();
    private final VBox more = new VBox();
    private final Button expand = new Button();
    private Runnable changed = () -> {};

    OptionForm(List<DeviceOption> options) {
        getStyleClass().add("option-form");
        List.of(first, more).forEach(v -> v.getStyleClass().add("option-rows"));
        options.forEach(o -> row(o.common() ? first : more, o));
        expand.setId("add-more");
        expand.getStyleClass().add("link-button");
        expand.setOnAction(e -> expand(!more.isManaged()));
        getChildren().addAll(first, expand, more);
        expand(false);
    }

    private void expand(boolean on) {
        more.setVisible(on);
        more.setManaged(on);
        expand.setText(TEXTS.get(on ? "add.less" : "add.more"));
    }

    private void row(VBox rows, DeviceOption option) {
        var label = new Label(option.title());
        label.getStyleClass().addAll("small", "muted", "option-title");
        var tip = new Tooltip(TEXTS.get("add.tip.option", option.name(), option.allowed(), option.defaultText()));
        label.setTooltip(tip);
        var editor = option.choices().isEmpty() ? text(option) : choice(option);
        editor.setId("option-" + option.name());
        Tooltip.install(editor, tip);
        label.setLabelFor(editor);
        rows.getChildren().addAll(label, option.file() ? withChooser(editor) : editor);
    }

    private TextField text(DeviceOption option) {
        var field = new TextField();
        field.getStyleClass().addAll("mono", "small");
        field.setPromptText(option.defaultText());
        field.textProperty().addListener(o -> changed.run());
        values.put(option.name(), field::getText);
        return field;
    }

    private Node choice(DeviceOption option) {
        var box = new ComboBox<String>();
        box.getItems().addAll(option.choices());
        box.setEditable(true);
        box.getStyleClass().addAll("mono", "small");
        box.setPromptText(option.defaultText());
        box.setMaxWidth(Double.MAX_VALUE);
        box.getEditor().textProperty().addListener(o -> changed.run());
        values.put(option.name(), box.getEditor()::getText);
        return box;
    }

    private Node withChooser(Node editor) {
        var choose = new Button("", Icons.of("mdi2f-folder-open-outline"));
        choose.getStyleClass().add("icon-button");
        choose.setTooltip(new Tooltip(TEXTS.get("add.file")));
        choose.setOnAction(e -> {
            var file = new FileChooser().showOpenDialog(getScene().getWindow());
            if (file != null && editor instanceof TextField field) {
                field.setText(file.getPath());
            }
        });
        HBox.setHgrow(editor, Priority.ALWAYS);
        var row = new HBox(editor, choose);
        row.getStyleClass().add("row");
        return row;
    }

    /** What is filled in, by the options' names. */
    Map<String, String> values() {
        var all = new HashMap<String, String>();
        values.forEach((name, value) -> all.put(name, value.get() == null ? "" : value.get()));
        return all;
    }

    /** Calls at once, and whenever something is typed or chosen. */
    void onChange(Runnable run) {
        changed = run;
        run.run();
    }

    void takeFocus() {
        first.getChildren().stream()
                .filter(Node::isFocusTraversable)
                .findFirst()
                .ifPresent(Node::requestFocus);
    }
}
