package dev.doorbell.app.controls;

import atlantafx.base.theme.PrimerDark;
import java.util.Objects;
import javafx.application.Application;
import javafx.scene.Parent;
import javafx.scene.Scene;
import javafx.stage.Stage;

/** Shows a control in a small window with the theme it is made for. */
final class ControlStage {
    private ControlStage() {}

    static void show(Stage stage, Parent root, double width, double height) {
        Application.setUserAgentStylesheet(new PrimerDark().getUserAgentStylesheet());
        Scene scene = new Scene(root, width, height);
        scene.getStylesheets().addAll(Stylesheet.url(), tokens());
        stage.setScene(scene);
        stage.setX(0);
        stage.setY(0);
        stage.show();
        stage.toFront();
    }

    /** The colours that the workbench's theme adds to AtlantaFX's. */
    private static String tokens() {
        return Objects.requireNonNull(ControlStage.class.getResource("tokens.css"))
                .toExternalForm();
    }
}
