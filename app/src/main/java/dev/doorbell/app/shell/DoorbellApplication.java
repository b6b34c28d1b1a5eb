package dev.doorbell.app.shell;

import javafx.application.Application;
import javafx.application.Platform;
import javafx.stage.Stage;

/** The JavaFX application: one main window. */
public final class DoorbellApplication extends Application {
    @Override
    public void start(Stage stage) {
        var options = Options.parse(getParameters().getRaw().toArray(String[]::new));
        var window = MainWindow.open(stage, options);
        stage.setOnHidden(e -> {
            window.close();
            Platform.exit();
        });
    }
}
