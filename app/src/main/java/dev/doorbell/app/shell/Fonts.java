package dev.doorbell.app.shell;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import javafx.scene.text.Font;

/** Loads the two type families from their jars; the style sheet then names them. */
final class Fonts {
    private static final String FOLDER = "/com/formdev/flatlaf/fonts/";
    private static final List<String> FILES = List.of(
            "inter/Inter-Regular.otf",
            "inter/Inter-SemiBold.otf",
            "jetbrains_mono/JetBrainsMono-Regular.ttf",
            "jetbrains_mono/JetBrainsMono-Bold.ttf");

    private Fonts() {}

    static void load() {
        for (var file : FILES) {
            try (var in = Fonts.class.getResourceAsStream(FOLDER + file)) {
                if (in == null || Font.loadFont(in, 13) == null) {
                    throw new IllegalStateException(
                            "The font " + file + " is missing from the class path or unreadable");
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
