package dev.doorbell.app.shell;

import dev.doorbell.app.controls.Icons;
import dev.doorbell.app.controls.Segmented;
import dev.doorbell.plugin.Action;
import dev.doorbell.plugin.DeviceSession;
import dev.doorbell.plugin.Perspective;
import dev.doorbell.plugin.Texts;
import java.util.List;
import java.util.Locale;
import javafx.beans.binding.Bindings;
import javafx.beans.value.ObservableValue;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.Labeled;
import javafx.scene.control.ToggleButton;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;

/** Device, shield and actions at the left, perspectives at the right. */
final class Toolbar extends HBox {
    private static final Texts TEXTS = Texts.of(Toolbar.class);

    private final Bench bench;

    Toolbar(Bench bench) {
        this.bench = bench;
        getStyleClass().add("main-toolbar");
        var gap = new Region();
        HBox.setHgrow(gap, Priority.ALWAYS);
        getChildren().addAll(new DeviceSelector(bench), shield(), separator());
        for (var id : List.of("view.refresh", "command.open", "run.workers", "run.plan")) {
            bench.actions().action(id).ifPresent(a -> getChildren().add(button(a)));
        }
        getChildren().addAll(gap, perspectives());
    }

    private static Node separator() {
        var line = new Region();
        line.getStyleClass().add("toolbar-separator");
        return line;
    }

    private static Button button(Action action) {
        var button = new Button(TEXTS.get("toolbar." + action.id()), Icons.of(action.icon()));
        button.setId("toolbar-" + action.id().replace('.', '-'));
        button.getStyleClass().add("tool-button");
        button.setMinWidth(USE_PREF_SIZE);
        button.disableProperty().bind(Bindings.not(action.enabled()));
        button.setOnAction(e -> action.run());
        var keys = action.shortcut().map(k -> " (" + k.getDisplayText() + ")").orElse("");
        button.setTooltip(new Tooltip(action.title() + keys));
        return button;
    }

    private Node shield() {
        var button = new ToggleButton();
        button.setId("shield");
        button.getStyleClass().addAll("tool-button", "shield");
        button.setMinWidth(USE_PREF_SIZE);
        ObservableValue<Boolean> on =
                bench.device().flatMap(DeviceSession::shield).orElse(false);
        button.visibleProperty().bind(bench.device().isNotNull());
        button.managedProperty().bind(button.visibleProperty());
        on.subscribe(is -> {
            button.setSelected(is);
            button.setText(TEXTS.get(is ? "shield.on" : "shield.off"));
            button.setGraphic(Icons.of(is ? "mdi2s-shield" : "mdi2s-shield-off-outline"));
            button.setTooltip(new Tooltip(TEXTS.get(is ? "shield.on.tip" : "shield.off.tip")));
        });
        button.setOnAction(e -> {
            bench.actions().run("device.shield");
            button.setSelected(on.getValue());
        });
        return button;
    }

    private Node perspectives() {
        var choice = new Segmented<>(List.of(Perspective.values()), p -> TEXTS.get("perspective." + name(p)));
        choice.setId("perspectives");
        choice.getStyleClass().add("large");
        choice.setMinWidth(USE_PREF_SIZE);
        for (var perspective : Perspective.values()) {
            if (choice.getChildren().get(perspective.ordinal()) instanceof Labeled segment) {
                segment.setGraphic(Icons.of(perspective.icon()));
                segment.setId("perspective-button-" + name(perspective));
            }
        }
        bench.places().perspective().subscribe(p -> {
            if (p != null) {
                choice.valueProperty().set(p);
            }
        });
        choice.valueProperty().subscribe((was, is) -> bench.places().show(is));
        return choice;
    }

    private static String name(Perspective perspective) {
        return perspective.name().toLowerCase(Locale.ROOT);
    }
}
