package dev.doorbell.app.views.reading;

import dev.doorbell.app.controls.Icons;
import dev.doorbell.plugin.Texts;
import dev.doorbell.plugin.ViewContext;
import javafx.scene.control.ToggleButton;
import javafx.scene.control.Tooltip;

/** Keeps a view with the device it shows now, whatever the current device becomes. */
final class PinButton extends ToggleButton {
    PinButton(ViewContext context, Texts texts) {
        getStyleClass().addAll("tool-button", "icon-button");
        setTooltip(new Tooltip(texts.get("pin")));
        setAccessibleText(texts.get("pin"));
        setOnAction(e -> context.pinned().set(isSelected() ? context.device().getValue() : null));
        context.watch(context.pinned(), session -> {
            setSelected(session != null);
            setGraphic(Icons.of(session == null ? "mdi2p-pin-outline" : "mdi2p-pin"));
        });
    }
}
