package dev.doorbell.app;

import dev.doorbell.app.shell.DoorbellApplication;
import dev.doorbell.app.shell.Options;
import dev.doorbell.spec.Catalogue;
import java.util.logging.Level;
import java.util.logging.Logger;
import javafx.application.Application;

/** Starts the workbench. Does not extend Application, so that JavaFX may lie on the class path. */
public final class Main {
    private Main() {}

    /** See {@link Options#USAGE}. */
    public static void main(String[] args) {
        try {
            Options.parse(args);
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.err.print(Options.USAGE);
            System.exit(2);
        }
        // JavaFX warns at every start on the class path; there is nothing anybody could do about it.
        Logger.getLogger("javafx").setLevel(Level.SEVERE);
        // Read while JavaFX starts: the window needs it first thing, and the palette at the first key.
        Thread.ofPlatform()
                .daemon()
                .name("catalogue")
                .start(() -> Catalogue.standard().prepareSearch());
        Application.launch(DoorbellApplication.class, args);
        System.exit(0);
    }
}
