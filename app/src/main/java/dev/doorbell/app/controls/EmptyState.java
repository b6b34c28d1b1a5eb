package dev.doorbell.app.controls;

import javafx.geometry.Pos;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.layout.VBox;
import javafx.scene.text.TextAlignment;

/** What a view shows instead of nothing: why it is empty, and the next step. */
public final class EmptyState extends VBox {
    /** An icon and a sentence. */
    public EmptyState(String iconLiteral, String sentence) {
        getStyleClass().add("empty-state");
        setAlignment(Pos.CENTER);
        Label words = new Label(sentence);
        words.setWrapText(true);
        words.setTextAlignment(TextAlignment.CENTER);
        words.setMaxWidth(420);
        var icon = Icons.of(iconLiteral);
        icon.getStyleClass().setAll("ikonli-font-icon", "empty-icon");
        getChildren().addAll(icon, words);
    }

    /** Adds the button that leads on. */
    public EmptyState action(String text, Runnable run) {
        Button button = new Button(text);
        button.getStyleClass().add("outlined");
        button.setOnAction(e -> run.run());
        getChildren().add(button);
        return this;
    }
}
