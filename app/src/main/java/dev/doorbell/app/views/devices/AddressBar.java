package dev.doorbell.app.views.devices;

import dev.doorbell.app.controls.Icons;
import dev.doorbell.plugin.Texts;
import java.util.function.Consumer;
import javafx.scene.control.Button;
import javafx.scene.control.TextField;
import javafx.scene.control.Tooltip;
import javafx.scene.input.KeyCode;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;

/** A line to type an address into; Enter opens, Escape puts it away. */
final class AddressBar extends HBox {
    private static final Texts TEXTS = Texts.of(AddressBar.class);

    private final TextField address = new TextField();

    AddressBar(Consumer<String> open) {
        getStyleClass().add("view-toolbar");
        address.setId("device-address");
        address.getStyleClass().addAll("mono", "small");
        address.setPromptText(TEXTS.get("address.prompt"));
        address.setTooltip(new Tooltip(TEXTS.get("address.tip")));
        HBox.setHgrow(address, Priority.ALWAYS);
        var go = new Button(TEXTS.get("address.open"), Icons.small("mdi2c-check"));
        go.setId("device-address-open");
        go.getStyleClass().addAll("accent", "small");
        go.setMinWidth(USE_PREF_SIZE);
        Runnable run = () -> {
            if (!address.getText().isBlank()) {
                open.accept(address.getText().strip());
                put(false);
            }
        };
        go.setOnAction(e -> run.run());
        address.setOnAction(e -> run.run());
        address.setOnKeyPressed(e -> {
            if (e.getCode() == KeyCode.ESCAPE) {
                put(false);
                e.consume();
            }
        });
        getChildren().addAll(address, go);
        put(false);
    }

    private void put(boolean there) {
        setVisible(there);
        setManaged(there);
    }

    void show() {
        put(true);
        address.requestFocus();
        address.selectAll();
    }
}
