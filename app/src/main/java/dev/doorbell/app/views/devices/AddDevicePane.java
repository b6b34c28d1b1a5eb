package dev.doorbell.app.views.devices;

import dev.doorbell.app.controls.Icons;
import dev.doorbell.app.controls.Segmented;
import dev.doorbell.driver.DeviceAddress;
import dev.doorbell.driver.DeviceOption;
import dev.doorbell.plugin.Texts;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.ScrollPane;
import javafx.scene.control.TextField;
import javafx.scene.control.Tooltip;
import javafx.scene.input.KeyCode;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;

/** Where a device is added: a form for virtual ones, a line for any address, and what was opened before. Escape puts it away. */
final class AddDevicePane extends VBox {
    private static final Texts TEXTS = Texts.of(AddDevicePane.class);

    private enum Kind {
        SIM,
        QEMU,
        ADDRESS
    }

    private final Consumer<String> open;
    private final Consumer<Boolean> shown;
    private final Supplier<List<String>> recent;
    private final Segmented<Kind> kind = new Segmented<>(List.of(Kind.values()), k -> TEXTS.get("add." + k.name()));
    private final VBox body = new VBox();
    private final TextField address = new TextField();

    /**
     * @param open is given the address
     * @param recent addresses that were opened before, newest first
     * @param shown is told when it is to be seen, and when it is not any more
     */
    AddDevicePane(Consumer<String> open, Supplier<List<String>> recent, Consumer<Boolean> shown) {
        this.open = open;
        this.shown = shown;
        this.recent = recent;
        getStyleClass().add("add-device");
        body.getStyleClass().add("add-body");
        setId("add-device");
        address.setId("device-address");
        address.getStyleClass().addAll("mono", "small");
        address.setPromptText(TEXTS.get("address.prompt"));
        address.setTooltip(new Tooltip(TEXTS.get("address.tip")));
        address.setOnAction(e -> go(address.getText()));
        HBox.setHgrow(address, Priority.ALWAYS);
        kind.setMinWidth(USE_PREF_SIZE);
        kind.valueProperty().addListener(o -> fill());
        var close = new Button("", Icons.of("mdi2c-close"));
        close.getStyleClass().add("icon-button");
        close.setTooltip(new Tooltip(TEXTS.get("add.close")));
        close.setOnAction(e -> shown.accept(false));
        var gap = new Region();
        HBox.setHgrow(gap, Priority.ALWAYS);
        var head = new HBox(kind, gap, close);
        head.getStyleClass().add("row");
        getChildren().addAll(head, body);
        addEventHandler(javafx.scene.input.KeyEvent.KEY_PRESSED, e -> {
            if (e.getCode() == KeyCode.ESCAPE) {
                shown.accept(false);
                e.consume();
            }
        });
        VBox.setVgrow(body, Priority.ALWAYS);
    }

    /** Shows it as it was last. */
    void show() {
        shown.accept(true);
        fill();
    }

    private void fill() {
        switch (kind.getValue()) {
            case SIM -> form("sim");
            case QEMU -> form("qemu");
            case ADDRESS -> any();
        }
    }

    private void form(String scheme) {
        var preview = new Label();
        preview.setId("add-preview");
        preview.getStyleClass().addAll("mono", "muted");
        preview.setWrapText(true);
        preview.setMinWidth(0);
        preview.setMinHeight(Region.USE_PREF_SIZE);
        HBox.setHgrow(preview, Priority.ALWAYS);
        preview.setMaxWidth(Double.MAX_VALUE);
        var form = new OptionForm(DeviceOption.of(scheme));
        form.onChange(() ->
                preview.setText(DeviceOption.address(scheme, form.values()).text()));
        var scroll = new ScrollPane(form);
        scroll.setFitToWidth(true);
        scroll.setHbarPolicy(ScrollPane.ScrollBarPolicy.NEVER);
        VBox.setVgrow(scroll, Priority.ALWAYS);
        var foot = new HBox(preview, button(() -> preview.getText()));
        foot.getStyleClass().add("row");
        body.getChildren().setAll(scroll, foot);
        form.takeFocus();
    }

    private void any() {
        var line = new HBox(address, button(address::getText));
        line.getStyleClass().add("row");
        body.getChildren().setAll(line);
        var before = recent.get();
        if (!before.isEmpty()) {
            var title = new Label(TEXTS.get("add.recent"));
            title.getStyleClass().add("section-title");
            body.getChildren().add(title);
            before.forEach(each -> body.getChildren().add(link(each)));
        }
        address.requestFocus();
        address.selectAll();
    }

    private Node link(String text) {
        var link = new Button(text);
        link.getStyleClass().addAll("link-button", "mono");
        link.setOnAction(e -> go(text));
        link.setTooltip(new Tooltip(text));
        link.setMinWidth(0);
        return link;
    }

    private Button button(Supplier<String> text) {
        var go = new Button(TEXTS.get("address.open"), Icons.small("mdi2c-check"));
        go.setId("device-address-open");
        go.getStyleClass().addAll("accent", "small");
        go.setMinWidth(USE_PREF_SIZE);
        go.setOnAction(e -> go(text.get()));
        return go;
    }

    private void go(String text) {
        if (!text.isBlank()) {
            shown.accept(false);
            open.accept(text.strip());
        }
    }

    /** Whether the device is one that the form can describe; others have an address of their own. */
    static boolean hasForm(DeviceAddress address) {
        // Asked for every line of the tree: the list of options is read only when a form is shown.
        return address.scheme().equals("sim") || address.scheme().equals("qemu");
    }

    /** Shows the form of a kind of virtual device. */
    void show(String scheme) {
        kind.valueProperty().set(scheme.equals("qemu") ? Kind.QEMU : Kind.SIM);
        show();
    }
}
