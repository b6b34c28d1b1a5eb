package dev.doorbell.app.controls;

import java.util.Objects;

/** The style sheet of this package; a scene that shows its controls adds it after the theme. */
public final class Stylesheet {
    private Stylesheet() {}

    /** Its address, for {@code scene.getStylesheets().add(...)}. */
    public static String url() {
        return Objects.requireNonNull(Stylesheet.class.getResource("controls.css"), "controls.css")
                .toExternalForm();
    }
}
