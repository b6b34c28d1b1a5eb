package dev.doorbell.app.views.welcome;

import dev.doorbell.app.controls.Icons;
import dev.doorbell.app.controls.KeyCap;
import dev.doorbell.plugin.Texts;
import dev.doorbell.plugin.Workbench;
import java.util.concurrent.CompletableFuture;
import javafx.application.Platform;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.TextField;
import javafx.scene.layout.FlowPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;

/** The ways to begin. */
final class WelcomeCards {
    private static final Texts TEXTS = Texts.of(WelcomeCards.class);

    private static final double LEAST = 256;
    private static final double GAP = 16;

    private final Workbench workbench;
    private final FlowPane node = new FlowPane();
    private final Button first = new Button();

    WelcomeCards(Workbench workbench) {
        this.workbench = workbench;
        node.getStyleClass().add("welcome-cards");
        node.getChildren().addAll(simulator(), device());
        if (workbench.actions().action("view.open.plans").isPresent()) {
            node.getChildren().add(plan());
        }
        node.widthProperty().addListener(o -> fit());
    }

    /** As many cards side by side as can be read, all of one width. */
    private void fit() {
        int cards = node.getChildren().size();
        int columns = Math.clamp((int) ((node.getWidth() + GAP) / (LEAST + GAP)), 1, cards);
        double width = Math.floor((node.getWidth() - GAP * (columns - 1)) / columns);
        node.getChildren().forEach(card -> ((Region) card).setPrefWidth(width));
        node.setPrefWrapLength(node.getWidth());
    }

    Node node() {
        return node;
    }

    /** Enter begins at once. */
    void focus() {
        Platform.runLater(first::requestFocus);
    }

    private static VBox card(String key, String icon) {
        var picture = Icons.of(icon);
        picture.getStyleClass().addAll("s32", "accent-text");
        var title = new Label(TEXTS.get(key + ".title"));
        title.getStyleClass().add("subject");
        title.setWrapText(true);
        var text = new Label(TEXTS.get(key + ".text"));
        text.getStyleClass().add("muted");
        text.setWrapText(true);
        text.setMinHeight(Region.USE_PREF_SIZE);
        var card = new VBox(picture, title, text);
        card.getStyleClass().add("card");
        card.setMinHeight(272);
        return card;
    }

    private static Region push() {
        var push = new Region();
        VBox.setVgrow(push, Priority.ALWAYS);
        return push;
    }

    private static Label note(String key) {
        var note = new Label(TEXTS.get(key));
        note.getStyleClass().addAll("muted", "small");
        note.setWrapText(true);
        note.setMinHeight(Region.USE_PREF_SIZE);
        return note;
    }

    private Node simulator() {
        var card = card("sim", "mdi2m-memory");
        card.getStyleClass().add("first");
        var steps = new VBox();
        card.getChildren().add(steps);
        for (int n = 1; n <= 3; n++) {
            var number = new Label(Integer.toString(n));
            number.getStyleClass().add("count");
            var step = new HBox(number, new Label(TEXTS.get("sim.step." + n)));
            step.getStyleClass().add("row");
            step.setMinHeight(24);
            steps.getChildren().add(step);
        }
        first.setId("welcome-sim");
        first.getStyleClass().add("accent");
        var content = new HBox(Icons.of("mdi2p-play"), new Label(TEXTS.get("sim.go")), new KeyCap("Enter"));
        content.getStyleClass().add("row");
        first.setText("");
        first.setGraphic(content);
        first.setOnAction(e -> workbench.open("sim:").exceptionally(x -> null));
        first.setOnKeyPressed(e -> {
            if (e.getCode() == javafx.scene.input.KeyCode.ENTER) {
                first.fire();
                e.consume();
            }
        });
        card.getChildren().addAll(push(), first);
        return card;
    }

    private Node device() {
        var card = card("device", "mdi2e-expansion-card");
        var address = new TextField();
        address.setId("welcome-address");
        address.getStyleClass().add("mono");
        address.setPromptText(TEXTS.get("device.prompt"));
        var add = new Button(TEXTS.get("device.go"), Icons.of("mdi2p-plus"));
        add.setId("welcome-add");
        add.getStyleClass().add("outlined");
        Runnable open = () -> {
            if (address.getText().isBlank()) {
                address.requestFocus();
            } else {
                workbench.open(address.getText()).exceptionally(x -> null);
            }
        };
        add.setOnAction(e -> open.run());
        address.setOnAction(e -> open.run());
        card.getChildren().addAll(address, note("device.note"), push(), add);
        return card;
    }

    private Node plan() {
        var card = card("plan", "mdi2p-playlist-check");
        var run = new Button(TEXTS.get("plan.go"), Icons.of("mdi2p-play-outline"));
        run.setId("welcome-plan");
        run.getStyleClass().add("outlined");
        run.setOnAction(e -> {
            var device = workbench.device().get();
            var ready = device == null ? workbench.open("sim:") : CompletableFuture.completedFuture(device);
            ready.thenRun(() -> workbench.navigation().open("plans", "run:smoke"))
                    .exceptionally(x -> null);
        });
        card.getChildren().addAll(note("plan.note"), push(), run);
        return card;
    }
}
