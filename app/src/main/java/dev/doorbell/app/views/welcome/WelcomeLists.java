package dev.doorbell.app.views.welcome;

import dev.doorbell.app.controls.Chip;
import dev.doorbell.app.controls.Figures;
import dev.doorbell.app.controls.Icons;
import dev.doorbell.app.controls.KeyCap;
import dev.doorbell.app.controls.Tone;
import dev.doorbell.app.model.DeviceKinds;
import dev.doorbell.driver.DeviceAddress;
import dev.doorbell.driver.DiscoveredDevice;
import dev.doorbell.driver.DoorbellException;
import dev.doorbell.plugin.Texts;
import java.util.List;
import java.util.function.Consumer;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;

/** The three lists at the foot of the page. */
final class WelcomeLists {
    private static final Texts TEXTS = Texts.of(WelcomeLists.class);

    private WelcomeLists() {}

    static VBox list(String title) {
        var label = new Label(title);
        label.getStyleClass().addAll("section-title", "welcome-list-title");
        label.setMaxWidth(Double.MAX_VALUE);
        var list = new VBox(label);
        list.setPrefWidth(380);
        list.setMinWidth(0);
        return list;
    }

    private static Region gap() {
        var gap = new Region();
        HBox.setHgrow(gap, Priority.ALWAYS);
        return gap;
    }

    private static HBox row(Node... nodes) {
        var row = new HBox(nodes);
        row.getStyleClass().add("row");
        row.setMinHeight(28);
        return row;
    }

    private static Node icon(String literal) {
        var icon = Icons.small(literal);
        icon.getStyleClass().add("muted");
        return icon;
    }

    private static Button link(String text, Runnable go) {
        var link = new Button(text);
        link.getStyleClass().addAll("link-button", "mono");
        link.setMinWidth(Region.USE_PREF_SIZE);
        link.setOnAction(e -> go.run());
        return link;
    }

    private static void replace(VBox list, List<? extends Node> rows, String whenEmpty) {
        list.getChildren().remove(1, list.getChildren().size());
        list.getChildren().addAll(rows);
        if (rows.isEmpty()) {
            var label = new Label(whenEmpty);
            label.getStyleClass().add("muted");
            label.setWrapText(true);
            list.getChildren().add(row(label));
        }
    }

    static void showFound(VBox list, List<DiscoveredDevice> devices, Consumer<String> open) {
        replace(list, devices.stream().map(d -> found(d, open)).toList(), TEXTS.get("found.empty"));
    }

    private static Node found(DiscoveredDevice device, Consumer<String> open) {
        var address = device.address().text();
        var first = device.openable() ? link(address, () -> open.accept(address)) : plain(address);
        var text = device.name() + (device.capacityBytes() > 0 ? ", " + Figures.bytes(device.capacityBytes()) : "");
        var name = new Label(text);
        name.getStyleClass().addAll("muted", "small");
        name.setMinWidth(0);
        name.setWrapText(true);
        var chip = device.openable()
                ? new Chip(TEXTS.get("found.ready"), Tone.GOOD, "mdi2c-check")
                : new Chip(TEXTS.get("found.locked"), Tone.ATTENTION, "mdi2l-lock-outline");
        chip.setMinWidth(Region.USE_PREF_SIZE);
        if (!device.reason().isEmpty()) {
            chip.setTooltip(new Tooltip(device.reason()));
        }
        return row(icon(DeviceKinds.icon(device.address())), first, name, gap(), chip);
    }

    private static Node plain(String text) {
        var label = new Label(text);
        label.getStyleClass().add("mono");
        label.setMinWidth(Region.USE_PREF_SIZE);
        return label;
    }

    static void showRecent(VBox list, List<String> addresses, Consumer<String> open) {
        replace(
                list,
                addresses.stream()
                        .map(a -> row(icon(iconOf(a)), link(a, () -> open.accept(a))))
                        .toList(),
                TEXTS.get("recent.empty"));
    }

    private static String iconOf(String address) {
        try {
            return DeviceKinds.icon(DeviceAddress.parse(address));
        } catch (DoorbellException e) {
            // Written by another version; opening it will say what is wrong.
            return "mdi2h-help-circle-outline";
        }
    }

    static VBox keys() {
        var list = list(TEXTS.get("keys"));
        replace(
                list,
                List.of(
                        key("mdi2m-magnify", "keys.search", "Ctrl+Shift+P"),
                        key("mdi2r-refresh", "keys.refresh", "F5"),
                        key("mdi2s-send", "keys.send", "Ctrl+Enter"),
                        key("mdi2v-view-dashboard-outline", "keys.view", "Ctrl+1 … 9"),
                        key("mdi2a-arrow-left", "keys.back", "Alt+←")),
                "");
        return list;
    }

    private static Node key(String icon, String key, String chord) {
        return row(icon(icon), new Label(TEXTS.get(key)), gap(), new KeyCap(chord));
    }
}
