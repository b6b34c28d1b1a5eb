package dev.doorbell.app.views.devices;

import dev.doorbell.app.controls.Figures;
import dev.doorbell.app.controls.Icons;
import dev.doorbell.app.model.DeviceKinds;
import dev.doorbell.driver.Device;
import dev.doorbell.driver.DiscoveredDevice;
import dev.doorbell.driver.PciPlace;
import dev.doorbell.plugin.Texts;
import java.util.LinkedHashMap;
import java.util.Map;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.ScrollPane;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.ColumnConstraints;
import javafx.scene.layout.FlowPane;
import javafx.scene.layout.GridPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;

/** What is known of the chosen device, why it cannot be opened if it cannot, and what can be done about that. */
final class DeviceDetails extends ScrollPane {
    private static final Texts TEXTS = Texts.of(DeviceDetails.class);
    private static final double LABEL_WIDTH = 66;

    private final VBox words = new VBox();

    DeviceDetails() {
        getStyleClass().add("device-details");
        setId("device-details");
        words.getStyleClass().add("device-details-words");
        setContent(words);
        setFitToWidth(true);
        setHbarPolicy(ScrollBarPolicy.NEVER);
        clear();
    }

    void clear() {
        words.getChildren().clear();
        setVisible(false);
        setManaged(false);
    }

    /** Shows a device, whether it is open or not, and the buttons that {@code actions} offers. */
    void show(DiscoveredDevice device, boolean open, Button... actions) {
        words.getChildren().setAll(title(device));
        if (!device.place().users().isEmpty()) {
            words.getChildren()
                    .add(remark(TEXTS.get("details.users", device.place().users()), "attention"));
        } else if (!open && !device.reason().isEmpty()) {
            words.getChildren().add(remark(device.reason(), "attention"));
        }
        buttons(actions);
        words.getChildren().add(facts(device));
        if (device.kind() == Device.Kind.KERNEL) {
            words.getChildren().add(remark(TEXTS.get("details.kernel"), "muted"));
        }
        setVisible(true);
        setManaged(true);
        setVvalue(0);
    }

    /** Shows a question or a message in place of all that; the next choice brings it back. */
    void say(String tone, String text, String more, Button... actions) {
        words.getChildren().setAll(remark(text, tone, "strong"));
        buttons(actions);
        if (!more.isEmpty()) {
            words.getChildren().add(remark(more, "mono", "tiny"));
        }
        setVvalue(0);
    }

    private void buttons(Button... actions) {
        if (actions.length > 0) {
            var row = new FlowPane(actions);
            row.setId("device-buttons");
            row.getStyleClass().add("device-buttons");
            words.getChildren().add(row);
        }
    }

    private static HBox title(DiscoveredDevice device) {
        var address = new Label(device.address().text());
        address.getStyleClass().addAll("mono", "strong");
        var row = new HBox(Icons.of(DeviceKinds.icon(device.address())), address);
        row.getStyleClass().add("row");
        return row;
    }

    private static GridPane facts(DiscoveredDevice device) {
        var grid = new GridPane();
        grid.getStyleClass().add("device-facts");
        var value = new ColumnConstraints(0, 120, Double.MAX_VALUE);
        value.setHgrow(Priority.ALWAYS);
        grid.getColumnConstraints().addAll(new ColumnConstraints(LABEL_WIDTH), value);
        all(device).forEach((key, text) -> {
            var label = new Label(TEXTS.get("fact." + key));
            label.getStyleClass().addAll("small", "muted");
            var words = new Label(text);
            words.getStyleClass().addAll("mono", "tiny");
            words.setWrapText(true);
            words.setMinHeight(Region.USE_PREF_SIZE);
            if (key.equals("capacity")) {
                words.setTooltip(new Tooltip(TEXTS.get("fact.bytes", Figures.count(device.capacityBytes()))));
            }
            grid.addRow(grid.getRowCount(), label, words);
        });
        return grid;
    }

    /** The facts that are known, by the keys of their texts. */
    private static Map<String, String> all(DiscoveredDevice device) {
        var facts = new LinkedHashMap<String, String>();
        PciPlace place = device.place();
        facts.put("model", device.name());
        facts.put("serial", device.serial());
        facts.put("firmware", device.firmware());
        facts.put("capacity", device.capacityBytes() == 0 ? "" : Figures.bytes(device.capacityBytes()));
        if (place.exists()) {
            facts.put(
                    "function",
                    device.kind() == Device.Kind.KERNEL
                            ? place.function()
                            : "%04x:%04x".formatted(place.vendorId(), place.deviceId()));
            facts.put("driver", place.driver().isEmpty() ? TEXTS.get("fact.none") : place.driver());
            facts.put("node", device.kind() == Device.Kind.KERNEL ? "" : node(device));
            facts.put("iommu", place.iommuGroup().isEmpty() ? TEXTS.get("fact.none") : place.iommuGroup());
            facts.put("link", link(place));
            facts.put("numa", place.numaNode() < 0 ? "" : Integer.toString(place.numaNode()));
            facts.put("holder", place.holder());
        }
        facts.values().removeIf(String::isEmpty);
        return facts;
    }

    private static String node(DiscoveredDevice device) {
        return device.kernelNode().isEmpty() ? "" : "/dev/" + device.kernelNode();
    }

    private static String link(PciPlace place) {
        if (place.linkWidth() == 0) {
            return "";
        }
        var now = link(place.linkGigatransfers(), place.linkWidth());
        return place.linkReduced()
                ? TEXTS.get("fact.link.reduced", now, link(place.linkGigatransfersMax(), place.linkWidthMax()))
                : now;
    }

    private static String link(double gigatransfers, int lanes) {
        var speed = gigatransfers == Math.rint(gigatransfers)
                ? Long.toString((long) gigatransfers)
                : Double.toString(gigatransfers);
        return speed + " GT/s ×" + lanes;
    }

    private static Label remark(String text, String... styleClasses) {
        var label = new Label(text);
        label.getStyleClass().add("small");
        label.getStyleClass().addAll(styleClasses);
        label.setWrapText(true);
        label.setMinHeight(Region.USE_PREF_SIZE);
        return label;
    }
}
