package dev.doorbell.app.shell;

import atlantafx.base.theme.PrimerDark;
import atlantafx.base.theme.PrimerLight;
import dev.doorbell.app.controls.Stylesheet;
import dev.doorbell.app.controls.WholeTexts;
import dev.doorbell.plugin.Memento;
import java.net.URL;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import javafx.application.Application;
import javafx.beans.property.BooleanProperty;
import javafx.beans.property.SimpleBooleanProperty;
import javafx.css.PseudoClass;
import javafx.scene.Node;
import javafx.scene.Parent;
import javafx.scene.Scene;
import javafx.stage.Stage;
import javafx.stage.Window;

/** Dark or light, and text size, for all windows, remembered. */
public final class Theme {
    private static final PseudoClass LIGHT_SHADE = PseudoClass.getPseudoClass("light");
    /**
     * The scene's alone: a sheet that a view brings for itself is matched apart, for each of its nodes, which makes the first look at
     * a view noticeably slower.
     */
    private static final List<String> SHARED = Stream.of(
                    "doorbell.css",
                    "views/cmdlog/cmdlog.css",
                    "views/command/command.css",
                    "views/inspector/inspector.css",
                    "views/plans/plans.css",
                    "views/traffic/traffic.css")
            .map(Theme::sheet)
            .toList();

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
        var sheets = new ArrayList<String>();
        sheets.add(Stylesheet.url());
        sheets.addAll(SHARED);
        sheets.add(dark.get() ? DARK : LIGHT);
        return sheets;
    }

    /** Gives a scene the style sheets; {@link #apply} keeps it right afterwards, as long as its window shows. */
    void dress(Scene scene) {
        scene.getStylesheets().setAll(sheets());
        WholeTexts.install(scene);
    }

    private void apply() {
        // A root that waits for a look at its styles anyhow does not match them anew at each of the two changes that
        // follow, but once,
        // when the next frame is made; the rule for this pseudo-class in doorbell.css makes it wait.
        roots().forEach(root -> root.pseudoClassStateChanged(LIGHT_SHADE, !dark.get()));
        Application.setUserAgentStylesheet(
                dark.get() ? new PrimerDark().getUserAgentStylesheet() : new PrimerLight().getUserAgentStylesheet());
        roots().map(Node::getScene).forEach(this::dress);
    }

    private static Stream<Parent> roots() {
        return Window.getWindows().stream()
                .filter(w -> w instanceof Stage && w.getScene() != null)
                .map(w -> w.getScene().getRoot());
    }
}
