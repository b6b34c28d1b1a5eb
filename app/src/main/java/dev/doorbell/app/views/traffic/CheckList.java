package dev.doorbell.app.views.traffic;

import dev.doorbell.app.controls.Icons;
import javafx.collections.ListChangeListener;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.VBox;

/** What speaks for and against starting, line by line. */
final class CheckList extends VBox {
    private final TrafficDesk desk;

    CheckList(TrafficDesk desk) {
        this.desk = desk;
        setId("workload-checks");
        getStyleClass().add("check-list");
        desk.checks().addListener((ListChangeListener<Check>) c -> show());
        show();
    }

    private void show() {
        var title = new Label(desk.texts().get("checks"));
        title.getStyleClass().add("section-title");
        getChildren().setAll(title);
        for (var check : desk.checks()) {
            getChildren().add(line(check));
        }
        var session = desk.session();
        if (session.isPresent()
                && session.get().shielded()
                && desk.draft().get().writes()) {
            var lift = new Button(desk.texts().get("check.lift"), Icons.small("mdi2s-shield-off-outline"));
            lift.setId("workload-lift-shield");
            lift.getStyleClass().addAll("outlined", "small");
            lift.setOnAction(e -> session.get().shield().set(false));
            getChildren().add(lift);
        }
    }

    private static HBox line(Check check) {
        var icon = Icons.small(
                switch (check.level()) {
                    case FINE -> "mdi2c-check";
                    case MIND -> "mdi2a-alert-outline";
                    case STOP -> "mdi2c-close-circle-outline";
                });
        icon.getStyleClass()
                .add(
                        switch (check.level()) {
                            case FINE -> "good";
                            case MIND -> "attention";
                            case STOP -> "bad";
                        });
        var text = new Label(check.text());
        text.setWrapText(true);
        text.setMinWidth(0);
        text.getStyleClass().add("small");
        HBox.setHgrow(text, Priority.ALWAYS);
        var line = new HBox(8, icon, text);
        line.getStyleClass().add("check-line");
        return line;
    }
}
