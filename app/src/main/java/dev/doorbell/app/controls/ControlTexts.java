package dev.doorbell.app.controls;

import java.text.MessageFormat;
import java.util.ResourceBundle;

/** The words the controls themselves say. */
final class ControlTexts {
    private static final ResourceBundle BUNDLE = ResourceBundle.getBundle("dev.doorbell.app.controls.texts");

    private ControlTexts() {}

    static String of(String key, Object... arguments) {
        return arguments.length == 0 ? BUNDLE.getString(key) : MessageFormat.format(BUNDLE.getString(key), arguments);
    }
}
