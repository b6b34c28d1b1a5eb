package dev.doorbell.app.controls;

import javafx.scene.control.Label;

/** The picture of a key or a chord, such as "Ctrl+F". */
public final class KeyCap extends Label {
    public KeyCap(String chord) {
        super(chord);
        getStyleClass().setAll("key-cap");
        setMinWidth(USE_PREF_SIZE);
    }
}
