package dev.doorbell.app.shell;

import atlantafx.base.theme.PrimerDark;
import atlantafx.base.theme.PrimerLight;
import dev.doorbell.app.controls.Stylesheet;
import dev.doorbell.plugin.Memento;
import java.net.URL;
import java.util.List;
import java.util.Objects;
import javafx.application.Application;
import javafx.beans.property.BooleanProperty;
import javafx.beans.property.SimpleBooleanProperty;
import javafx.scene.Scene;
import javafx.stage.Stage;
import javafx.stage.Window;

/** Dark or light, and text size, for all windows, remembered. */
public final class Theme {
    private static final String SHARED = sheet("doorbell.css");
    private static final String DARK = sheet("dark.css");
    private static final String LIGHT = sheet("light.css");

    private final BooleanProperty dark = new SimpleBooleanProperty(true);

    Theme(Memento settings, boolean startDark) {
        dark.set(startDark);
        apply();
        dark.addListener((o, was, is) -> {
            settings.put("dark", is);
            apply();
        });
    }

    private static String sheet(String name) {
        URL url = Theme.class.getResource("/dev/doorbell/app/" + name);
        return Objects.requireNonNull(url, name).toExternalForm();
    }

    BooleanProperty dark() {
        return dark;
    }

    void toggle() {
        dark.set(!dark.get());
    }

    private List<String> sheets() {
        return List.of(Stylesheet.url(), SHARED, dark.get() ? DARK : LIGHT);
    }

    /** Gives a scene the style sheets; {@link #apply} keeps it right afterwards, as long as its window shows. */
    void dress(Scene scene) {
        scene.getStylesheets().setAll(sheets());
    }

    private void apply() {
        Application.setUserAgentStylesheet(
                dark.get() ? new PrimerDark().getUserAgentStylesheet() : new PrimerLight().getUserAgentStylesheet());
        for (Window window : Window.getWindows()) {
            if (window instanceof Stage && window.getScene() != null) {
                dress(window.getScene());
            }
        }
    }
}
