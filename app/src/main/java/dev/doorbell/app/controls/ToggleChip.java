package dev.doorbell.app.controls;

import javafx.scene.control.ToggleButton;

/** A chip that can be switched on and off, such as "Non-zero only"; on, it shows a check mark. */
public final class ToggleChip extends ToggleButton {
    public ToggleChip(String text, boolean on) {
        super(text);
        getStyleClass().setAll("chip", "toggle-chip");
        setSelected(on);
        selectedProperty().addListener(o -> show());
        show();
    }

    private void show() {
        (isSelected() ? Tone.ACCENT : Tone.NEUTRAL).applyTo(this);
        setGraphic(isSelected() ? Icons.small("mdi2c-check") : null);
    }
}
