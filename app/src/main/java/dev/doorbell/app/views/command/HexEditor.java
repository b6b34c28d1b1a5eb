package dev.doorbell.app.views.command;

import dev.doorbell.app.controls.ByteText;
import dev.doorbell.app.controls.HexView;
import dev.doorbell.plugin.Texts;
import java.util.function.Consumer;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.input.Clipboard;
import javafx.scene.layout.HBox;
import javafx.scene.layout.VBox;

/** Data to be edited byte by byte, or pasted as hex; hidden until asked for. */
final class HexEditor extends VBox {
    private final Texts texts;
    private final Consumer<byte[]> done;
    private final HexView view = new HexView();
    private final Label problem = new Label();

    HexEditor(Texts texts, Consumer<byte[]> done) {
        this.texts = texts;
        this.done = done;
        getStyleClass().add("hex-editor");
        setVisible(false);
        managedProperty().bind(visibleProperty());
        view.editableProperty().set(true);
        view.foldZerosProperty().set(false);
        view.setPrefHeight(240);
        view.setMinHeight(120);
        Button use = new Button(texts.get("hex.use"));
        use.getStyleClass().addAll("small", "accent");
        use.setOnAction(e -> {
            setVisible(false);
            done.accept(view.getData());
        });
        Button paste = new Button(texts.get("hex.paste"));
        paste.getStyleClass().add("small");
        paste.setOnAction(e -> paste());
        Button close = new Button(texts.get("cancel"));
        close.getStyleClass().addAll("small", "flat");
        close.setOnAction(e -> setVisible(false));
        problem.getStyleClass().addAll("small", "reserved-note");
        problem.setWrapText(true);
        problem.managedProperty().bind(problem.visibleProperty());
        problem.setVisible(false);
        getChildren().setAll(view, problem, new HBox(8, use, paste, close));
    }

    void edit(byte[] bytes) {
        view.setData(bytes);
        problem.setVisible(false);
        setVisible(true);
        view.requestFocus();
    }

    private void paste() {
        String text = Clipboard.getSystemClipboard().getString();
        try {
            view.setData(ByteText.parseHex(text == null ? "" : text));
            problem.setVisible(false);
        } catch (IllegalArgumentException e) {
            problem.setText(texts.get("hex.bad", e.getMessage()));
            problem.setVisible(true);
        }
    }
}
