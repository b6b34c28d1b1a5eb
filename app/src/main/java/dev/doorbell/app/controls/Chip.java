package dev.doorbell.app.controls;

import javafx.scene.control.Label;

/** A short word in a tinted box: "3 changed", "Pinned", "in use". */
public final class Chip extends Label {
    /** A chip without an icon. */
    public Chip(String text, Tone tone) {
        super(text);
        getStyleClass().setAll("chip");
        tone.applyTo(this);
    }

    /** A chip with an icon before its text. */
    public Chip(String text, Tone tone, String iconLiteral) {
        this(text, tone);
        setGraphic(Icons.small(iconLiteral));
    }

    /** Changes what it says and how. */
    public void say(String text, Tone tone) {
        setText(text);
        tone.applyTo(this);
    }
}
