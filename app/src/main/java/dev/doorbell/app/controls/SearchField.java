package dev.doorbell.app.controls;

import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.TextField;
import javafx.scene.input.KeyCode;
import javafx.scene.input.KeyEvent;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.text.Text;

/**
 * One line of filter or search text: an icon, the prompt, and at the right the key that leads here, or a clear button
 * once something is typed. Escape clears, and when there is nothing to clear lets the key pass on.
 */
public final class SearchField extends HBox {
    private static final double LEAST_INPUT = 20;
    private static final double ICON_AND_GAPS = 44;

    private final TextField text = new TextField();
    private final KeyCap hint;
    private final Button clear = new Button(null, Icons.small("mdi2c-close"));

    /** A field with an icon, a prompt and the chord that focuses it; an empty chord shows no key cap. */
    public SearchField(String iconLiteral, String prompt, String chord) {
        getStyleClass().add("search-field");
        setAlignment(Pos.CENTER_LEFT);
        hint = new KeyCap(chord);
        text.setPromptText(prompt);
        text.setAccessibleText(prompt);
        clear.getStyleClass().setAll("ghost-button");
        clear.setFocusTraversable(false);
        clear.setAccessibleText(ControlTexts.of("search.clear"));
        clear.setOnAction(e -> text.clear());
        HBox.setHgrow(text, Priority.ALWAYS);
        text.setMinWidth(LEAST_INPUT);
        getChildren().addAll(Icons.small(iconLiteral), text, hint, clear);
        text.textProperty().addListener(o -> arrange());
        text.fontProperty().addListener(o -> arrange());
        widthProperty().addListener(o -> arrange());
        text.focusedProperty().addListener((o, was, is) -> pseudoClassStateChanged(Pseudo.FOCUS_WITHIN, is));
        text.addEventFilter(KeyEvent.KEY_PRESSED, e -> {
            if (e.getCode() == KeyCode.ESCAPE && !text.getText().isEmpty()) {
                text.clear();
                e.consume();
            }
        });
        setOnMousePressed(e -> text.requestFocus());
        arrange();
    }

    /** A filter in place, reached with Ctrl+F. */
    public static SearchField filter(String prompt) {
        return new SearchField("mdi2f-filter-variant", prompt, "Ctrl+F");
    }

    /** The input itself: its text, its focus, its events. */
    public TextField input() {
        return text;
    }

    /** What is typed, without the blanks around it. */
    public String query() {
        return text.getText().strip();
    }

    /** Focuses the field and selects what is in it. */
    public void startTyping() {
        text.requestFocus();
        text.selectAll();
    }

    private void arrange() {
        boolean typed = !text.getText().isEmpty();
        show(clear, typed);
        show(hint, !typed && !hint.getText().isEmpty() && getWidth() >= widthWithHint());
    }

    /** The prompt matters more than the key that leads here. */
    private double widthWithHint() {
        Text prompt = new Text(text.getPromptText());
        prompt.setFont(text.getFont());
        return prompt.getLayoutBounds().getWidth() + hint.prefWidth(-1) + ICON_AND_GAPS;
    }

    private static void show(Node node, boolean visible) {
        node.setVisible(visible);
        node.setManaged(visible);
    }
}
