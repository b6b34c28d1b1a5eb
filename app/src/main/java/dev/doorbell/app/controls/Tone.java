package dev.doorbell.app.controls;

import java.util.Locale;
import javafx.scene.Node;

/** What a colour means; the same everywhere, and never said by colour alone. */
public enum Tone {
    NEUTRAL,
    ACCENT,
    GOOD,
    ATTENTION,
    BAD,
    CHANGED;

    /** The style class that carries this tone. */
    public String styleClass() {
        return "tone-" + name().toLowerCase(Locale.ROOT);
    }

    /** Makes a node show this tone and no other. */
    public void applyTo(Node node) {
        for (Tone tone : values()) {
            node.getStyleClass().remove(tone.styleClass());
        }
        node.getStyleClass().add(styleClass());
    }
}
