package dev.doorbell.app.views.devices;

import dev.doorbell.app.controls.Icons;
import dev.doorbell.app.controls.SearchField;
import dev.doorbell.app.model.FxThread;
import dev.doorbell.driver.Discovery;
import dev.doorbell.plugin.DeviceSession;
import dev.doorbell.plugin.Problem;
import dev.doorbell.plugin.Texts;
import dev.doorbell.plugin.View;
import dev.doorbell.plugin.ViewContext;
import dev.doorbell.plugin.Workbench;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import javafx.collections.ListChangeListener;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.ContextMenu;
import javafx.scene.control.MenuItem;
import javafx.scene.control.SeparatorMenuItem;
import javafx.scene.control.Tooltip;
import javafx.scene.control.TreeItem;
import javafx.scene.control.TreeView;
import javafx.scene.input.Clipboard;
import javafx.scene.input.ClipboardContent;
import javafx.scene.input.KeyCode;
import javafx.scene.layout.BorderPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.VBox;

/** The tree with its filter and the line for an address. */
final class DevicesView implements View {
    private static final Texts TEXTS = Texts.of(DevicesView.class);

    private final Workbench workbench;
    private final DeviceTree devices;
    private final TreeView<DeviceNode> tree;
    private final SearchField filter = new SearchField("mdi2m-magnify", TEXTS.get("filter"), "");
    private final AddressBar address;
    private final BorderPane node = new BorderPane();

    DevicesView(ViewContext context) {
        workbench = context.workbench();
        devices = new DeviceTree(workbench);
        tree = new TreeView<>(devices.root());
        tree.setId("devices-tree");
        tree.setShowRoot(false);
        tree.setCellFactory(t -> new DeviceCell(this::menu));
        tree.setOnMouseClicked(e -> {
            if (e.getClickCount() == 2) {
                act();
            }
        });
        tree.setOnKeyPressed(e -> {
            if (e.getCode() == KeyCode.ENTER) {
                act();
            }
        });
        tree.getSelectionModel().selectedItemProperty().addListener((o, was, is) -> follow(is));
        address = new AddressBar(text -> workbench.open(text).exceptionally(e -> null));
        HBox.setHgrow(filter, Priority.ALWAYS);
        filter.input().textProperty().addListener(o -> devices.filter(filter.query()));
        var tools = new HBox(filter);
        tools.getStyleClass().add("view-toolbar");
        node.setTop(new VBox(tools, address));
        node.setCenter(tree);
        ListChangeListener<DeviceSession> changed = c -> devices.fill();
        workbench.sessions().addListener(changed);
        context.own(() -> workbench.sessions().removeListener(changed));
        context.own(devices::close);
        context.watch(workbench.device(), this::select);
        scan();
    }

    /** Selecting an open device or something below it makes it the current one. */
    private void follow(TreeItem<DeviceNode> item) {
        if (item == null) {
            return;
        }
        switch (item.getValue()) {
            case DeviceNode.Open open -> current(open.session());
            case DeviceNode.Space space -> current(space.session());
            case DeviceNode.Queue queue -> current(queue.session());
            case DeviceNode.Root root -> {}
            case DeviceNode.Found found -> {}
        }
    }

    private void current(DeviceSession session) {
        if (session.state().getValue() != DeviceSession.State.OPENING) {
            workbench.device().set(session);
        }
    }

    private void select(DeviceSession session) {
        var selected = tree.getSelectionModel().getSelectedItem();
        if (session == null || selected != null && owner(selected.getValue()) == session) {
            return;
        }
        devices.root().getChildren().stream()
                .filter(i -> i.getValue().equals(new DeviceNode.Open(session)))
                .findFirst()
                .ifPresent(i -> tree.getSelectionModel().select(i));
    }

    private static DeviceSession owner(DeviceNode node) {
        return switch (node) {
            case DeviceNode.Open open -> open.session();
            case DeviceNode.Space space -> space.session();
            case DeviceNode.Queue queue -> queue.session();
            case DeviceNode.Root root -> null;
            case DeviceNode.Found found -> null;
        };
    }

    /** Enter or a double click. */
    private void act() {
        var item = tree.getSelectionModel().getSelectedItem();
        if (item != null
                && item.getValue() instanceof DeviceNode.Found found
                && found.device().openable()) {
            workbench.open(found.device().address().text()).exceptionally(e -> null);
        } else if (item != null && item.getValue() instanceof DeviceNode.Space) {
            workbench.navigation().open("identify", item.getValue().words());
        }
    }

    private ContextMenu menu(DeviceNode node) {
        var menu = new ContextMenu();
        switch (node) {
            case DeviceNode.Open open -> {
                var session = open.session();
                menu.getItems()
                        .addAll(
                                item("menu.current", "mdi2c-check", () -> current(session)),
                                item(
                                        "menu.shield",
                                        "mdi2s-shield-outline",
                                        () -> session.shield().set(!session.shielded())),
                                item("menu.reset", "mdi2r-restart", () -> {
                                    current(session);
                                    workbench.actions().run("device.reset");
                                }),
                                new SeparatorMenuItem(),
                                item(
                                        "menu.copy",
                                        "mdi2c-content-copy",
                                        () -> copy(session.address().text())),
                                item(
                                        "menu.close",
                                        "mdi2c-close",
                                        () -> workbench.close(session).exceptionally(e -> null)));
            }
            case DeviceNode.Space space ->
                menu.getItems()
                        .add(item(
                                "menu.identify",
                                "mdi2c-card-account-details-outline",
                                () -> workbench.navigation().open("identify", space.words())));
            case DeviceNode.Queue queue ->
                menu.getItems()
                        .add(item(
                                "menu.cmdlog",
                                "mdi2f-format-list-bulleted",
                                () -> workbench.navigation().open("cmdlog", queue.words())));
            case DeviceNode.Found found -> {
                var device = found.device();
                if (device.openable()) {
                    menu.getItems()
                            .add(item(
                                    "menu.open",
                                    "mdi2p-power-plug-outline",
                                    () -> workbench
                                            .open(device.address().text())
                                            .exceptionally(e -> null)));
                } else {
                    menu.getItems().add(item("menu.reason", "mdi2c-content-copy", () -> copy(device.reason())));
                }
                menu.getItems()
                        .add(item(
                                "menu.copy",
                                "mdi2c-content-copy",
                                () -> copy(device.address().text())));
            }
            case DeviceNode.Root root -> {}
        }
        return menu;
    }

    private static MenuItem item(String key, String icon, Runnable handler) {
        var item = new MenuItem(TEXTS.get(key), Icons.of(icon));
        item.setOnAction(e -> handler.run());
        return item;
    }

    private static void copy(String text) {
        var content = new ClipboardContent();
        content.putString(text);
        Clipboard.getSystemClipboard().setContent(content);
    }

    private void scan() {
        FxThread.hop(CompletableFuture.supplyAsync(Discovery::scan)).whenComplete((found, failure) -> {
            if (failure == null) {
                devices.found(found);
                select(workbench.device().get());
            } else {
                workbench.problems().add(Problem.error("devices", failure));
            }
        });
    }

    @Override
    public Node node() {
        return node;
    }

    @Override
    public boolean refreshable() {
        return true;
    }

    @Override
    public void refresh() {
        scan();
    }

    @Override
    public void find() {
        filter.startTyping();
    }

    /** {@code "add"} shows the line for an address, {@code "rescan"} looks again. */
    @Override
    public void open(Object argument) {
        if (argument.equals("add")) {
            address.show();
        } else if (argument.equals("rescan")) {
            scan();
        }
    }

    @Override
    public List<Node> tabActions() {
        var add = new Button("", Icons.of("mdi2p-plus"));
        add.setId("devices-add");
        add.getStyleClass().add("icon-button");
        add.setTooltip(new Tooltip(TEXTS.get("add.tip")));
        add.setOnAction(e -> address.show());
        var rescan = new Button("", Icons.of("mdi2r-refresh"));
        rescan.getStyleClass().add("icon-button");
        rescan.setTooltip(new Tooltip(TEXTS.get("rescan.tip")));
        rescan.setOnAction(e -> scan());
        return List.of(add, rescan);
    }
}
