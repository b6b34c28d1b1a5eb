package dev.doorbell.app.shell;

import dev.doorbell.plugin.DeviceSession;
import java.util.Locale;
import javafx.beans.value.ObservableValue;
import javafx.css.PseudoClass;
import javafx.scene.layout.Region;

/** A dot that says how a device is; the style sheet colours it, words stand beside it. */
final class StateDot extends Region {
    /** @param device {@code null} inside: a hollow dot */
    StateDot(ObservableValue<DeviceSession> device) {
        getStyleClass().add("dot");
        device.flatMap(DeviceSession::state).orElse(DeviceSession.State.CLOSED).subscribe(this::show);
    }

    private void show(DeviceSession.State state) {
        for (var each : DeviceSession.State.values()) {
            pseudoClassStateChanged(PseudoClass.getPseudoClass(each.name().toLowerCase(Locale.ROOT)), each == state);
        }
    }
}
