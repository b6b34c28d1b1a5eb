package dev.doorbell.app.shell;

import javafx.animation.PauseTransition;
import javafx.geometry.Pos;
import javafx.scene.control.Label;
import javafx.scene.layout.StackPane;
import javafx.util.Duration;

/** A short remark at the lower right that goes by itself. */
final class RemarkLabel extends Label {
    RemarkLabel(Bench bench) {
        setId("remark");
        getStyleClass().add("remark");
        setMouseTransparent(true);
        setVisible(false);
        StackPane.setAlignment(this, Pos.BOTTOM_RIGHT);
        var stay = new PauseTransition(Duration.seconds(4));
        stay.setOnFinished(e -> setVisible(false));
        bench.remark().subscribe(text -> {
            if (!text.isEmpty()) {
                setText(text);
                setVisible(true);
                stay.playFromStart();
            }
        });
    }
}
