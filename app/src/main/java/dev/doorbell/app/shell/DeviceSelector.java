package dev.doorbell.app.shell;

import dev.doorbell.app.controls.Icons;
import dev.doorbell.driver.Simulator;
import dev.doorbell.plugin.DeviceSession;
import dev.doorbell.plugin.Texts;
import javafx.geometry.Side;
import javafx.scene.control.Button;
import javafx.scene.control.ContextMenu;
import javafx.scene.control.Label;
import javafx.scene.control.MenuItem;
import javafx.scene.control.SeparatorMenuItem;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;

/** The current device, and a menu of the others. */
final class DeviceSelector extends Button {
    private static final Texts TEXTS = Texts.of(DeviceSelector.class);

    private final Bench bench;

    DeviceSelector(Bench bench) {
        this.bench = bench;
        setId("device-selector");
        getStyleClass().add("device-selector");
        var dot = new StateDot(bench.device());
        var name = new Label();
        name.getStyleClass().add("strong");
        name.setMinWidth(USE_PREF_SIZE);
        name.textProperty().bind(bench.device().map(DeviceSession::name).orElse(""));
        name.managedProperty().bind(bench.device().isNotNull());
        var title = new Label();
        title.getStyleClass().add("muted");
        title.setMinWidth(0);
        title.textProperty().bind(bench.device().flatMap(DeviceSession::title).orElse(TEXTS.get("device.none")));
        var faulty = Icons.small("mdi2b-bug");
        faulty.getStyleClass().add("attention");
        faulty.setId("device-faulty");
        faulty.setAccessibleText(TEXTS.get("device.faulty"));
        Tooltip.install(faulty, new Tooltip(TEXTS.get("device.faulty")));
        faulty.visibleProperty()
                .bind(bench.device()
                        .flatMap(DeviceSession::faults)
                        .map(plan -> plan.map(Simulator.FaultState::isActive).orElse(false))
                        .orElse(false));
        faulty.managedProperty().bind(faulty.visibleProperty());
        var gap = new Region();
        HBox.setHgrow(gap, Priority.ALWAYS);
        var row = new HBox(dot, name, title, faulty, gap, Icons.small("mdi2c-chevron-down"));
        row.getStyleClass().add("row");
        row.prefWidthProperty().bind(widthProperty().subtract(18));
        setGraphic(row);
        setAccessibleText(TEXTS.get("device.selector"));
        setOnAction(e -> menu().show(this, Side.BOTTOM, 0, 2));
    }

    private ContextMenu menu() {
        var menu = new ContextMenu();
        for (var session : bench.sessions()) {
            var item = new MenuItem(
                    session.name() + "  " + session.title().getValue(),
                    Icons.of(bench.device().get() == session ? "mdi2c-check" : session.icon()));
            item.setOnAction(e -> bench.device().set(session));
            menu.getItems().add(item);
        }
        if (!menu.getItems().isEmpty()) {
            menu.getItems().add(new SeparatorMenuItem());
        }
        for (var id : new String[] {"device.open.sim", "device.add", "device.close"}) {
            bench.actions().action(id).map(MenuStrip::item).ifPresent(menu.getItems()::add);
        }
        return menu;
    }
}
