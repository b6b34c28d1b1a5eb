package dev.doorbell.app.controls;

import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.input.KeyCode;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;

/**
 * A message or a question inside the view it is about, in place of a dialog: a headline, what it means, buttons.
 * Enter presses the main button while the banner has the focus, Escape dismisses it.
 */
public final class Banner extends HBox {
    private final VBox words = new VBox();
    private final HBox buttons = new HBox();
    private Runnable dismissed = () -> {};

    /** A banner of a tone with a headline. */
    public Banner(Tone tone, String iconLiteral, String headline) {
        getStyleClass().add("banner");
        tone.applyTo(this);
        setAlignment(Pos.TOP_LEFT);
        Label title = new Label(headline);
        title.getStyleClass().add("banner-title");
        title.setWrapText(true);
        words.getStyleClass().add("banner-words");
        words.getChildren().add(title);
        words.setMinWidth(0);
        buttons.getStyleClass().add("banner-buttons");
        buttons.setAlignment(Pos.CENTER_RIGHT);
        buttons.setMinWidth(Region.USE_PREF_SIZE);
        HBox.setHgrow(words, Priority.ALWAYS);
        getChildren().addAll(Icons.of(iconLiteral), words, buttons);
        setOnKeyPressed(e -> {
            if (e.getCode() == KeyCode.ESCAPE) {
                dismissed.run();
                e.consume();
            }
        });
    }

    /** A red banner that says what failed. */
    public static Banner error(String headline, String detail) {
        return new Banner(Tone.BAD, "mdi2c-close-circle", headline).detail(detail);
    }

    /** An amber banner that asks before something is done. */
    public static Banner question(String headline, String detail) {
        return new Banner(Tone.ATTENTION, "mdi2a-alert-outline", headline).detail(detail);
    }

    /** Adds a paragraph; an empty one is left out. */
    public Banner detail(String text) {
        if (!text.isBlank()) {
            Label label = new Label(text);
            label.getStyleClass().add("banner-detail");
            label.setWrapText(true);
            words.getChildren().add(label);
        }
        return this;
    }

    /** Adds any node under the words, such as the values that will be written. */
    public Banner content(Node node) {
        words.getChildren().add(node);
        return this;
    }

    /** Adds the button that does it. */
    public Banner main(String text, Runnable run) {
        Button button = button(text, run, "accent");
        button.setDefaultButton(false);
        button.setId("banner-main");
        return this;
    }

    /** Adds a second button. */
    public Banner action(String text, Runnable run) {
        button(text, run, "outlined");
        return this;
    }

    /** Adds the button that takes the banner away, which Escape presses too. */
    public Banner dismiss(String text, Runnable run) {
        dismissed = run;
        button(text, run, "outlined").setId("banner-dismiss");
        return this;
    }

    /** Puts the focus on the first button. */
    public void takeFocus() {
        if (!buttons.getChildren().isEmpty()) {
            buttons.getChildren().getFirst().requestFocus();
        }
    }

    private Button button(String text, Runnable run, String styleClass) {
        Button button = new Button(text);
        button.getStyleClass().addAll(styleClass, "small");
        button.setOnAction(e -> run.run());
        buttons.getChildren().add(button);
        return button;
    }
}
