package dev.doorbell.app.views.devices;

import dev.doorbell.app.controls.Icons;
import dev.doorbell.app.controls.SearchField;
import dev.doorbell.app.model.FxThread;
import dev.doorbell.app.model.RecentDevices;
import dev.doorbell.driver.Device;
import dev.doorbell.driver.DiscoveredDevice;
import dev.doorbell.driver.Discovery;
import dev.doorbell.plugin.DeviceSession;
import dev.doorbell.plugin.Problem;
import dev.doorbell.plugin.Texts;
import dev.doorbell.plugin.View;
import dev.doorbell.plugin.ViewContext;
import dev.doorbell.plugin.Workbench;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
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

/** The tree with its filter, where devices are added, and what is known of the chosen one. */
final class DevicesView implements View {
    private static final Texts TEXTS = Texts.of(DevicesView.class);

    private static final double DETAILS_SHARE = 0.5;

    private final Workbench workbench;
    private final DeviceTree devices;
    private final TreeView<DeviceNode> tree;
    private final SearchField filter = new SearchField("mdi2m-magnify", TEXTS.get("filter"), "");
    private final AddDevicePane add;
    private final DeviceDetails details = new DeviceDetails();
    private final DeviceBinding binding;
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
        add = new AddDevicePane(this::openAddress, () -> RecentDevices.of(workbench.settings()), this::adding);
        binding = new DeviceBinding(workbench, details, this::scan);
        HBox.setHgrow(filter, Priority.ALWAYS);
        filter.input().textProperty().addListener(o -> devices.filter(filter.query()));
        var tools = new HBox(filter);
        tools.getStyleClass().add("view-toolbar");
        node.setTop(tools);
        details.maxHeightProperty().bind(node.heightProperty().multiply(DETAILS_SHARE));
        adding(false);
        node.getStyleClass().add("devices-view");
        node.getStylesheets()
                .add(Objects.requireNonNull(DevicesView.class.getResource("devices.css"))
                        .toExternalForm());
        ListChangeListener<DeviceSession> changed = c -> devices.fill();
        workbench.sessions().addListener(changed);
        context.own(() -> workbench.sessions().removeListener(changed));
        context.own(devices::close);
        context.watch(workbench.device(), this::select);
        scan();
    }

    /** Where a device is added takes the place of the tree meanwhile. */
    private void adding(boolean on) {
        node.setCenter(on ? add : tree);
        node.setBottom(on ? null : details);
        if (!on) {
            tree.requestFocus();
        }
    }

    /** Selecting an open device or something below it makes it the current one. */
    private void follow(TreeItem<DeviceNode> item) {
        explain(item);
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

    private void openAddress(String text) {
        workbench.open(text).exceptionally(e -> null);
    }

    /** What is known of the chosen device, below the tree. */
    private void explain(TreeItem<DeviceNode> item) {
        switch (item == null ? new DeviceNode.Root() : item.getValue()) {
            case DeviceNode.Found found -> details.show(found.device(), false, buttons(found.device()));
            case DeviceNode.Open open ->
                devices.found(open.session().address())
                        .filter(d -> d.place().exists() || d.kind() == Device.Kind.KERNEL)
                        .ifPresentOrElse(d -> details.show(d, true), details::clear);
            default -> details.clear();
        }
    }

    private Button[] buttons(DiscoveredDevice device) {
        var buttons = new ArrayList<Button>();
        var address = device.address();
        if (device.openable()) {
            var key = address.startsShielded() ? "menu.open.shielded" : "menu.open";
            buttons.add(DeviceBinding.button(
                    key, "mdi2p-power-plug-outline", "accent", "device-open", () -> openAddress(address.text())));
        }
        if (AddDevicePane.hasForm(address)) {
            buttons.add(DeviceBinding.button(
                    "menu.options", "mdi2t-tune", "outlined", "device-options", () -> add.show(address.scheme())));
        }
        if (bindable(device)) {
            buttons.add(DeviceBinding.button(
                    "menu.bind", "mdi2l-link-variant", "outlined", "device-bind", () -> binding.bind(device)));
        }
        if (unbindable(device)) {
            buttons.add(DeviceBinding.button(
                    "menu.unbind",
                    "mdi2l-link-variant-off",
                    "outlined",
                    "device-unbind",
                    () -> binding.unbind(device)));
        }
        return buttons.toArray(Button[]::new);
    }

    private static boolean bindable(DiscoveredDevice device) {
        return device.place().exists() && !unbindable(device);
    }

    private static boolean unbindable(DiscoveredDevice device) {
        return device.kernelDriver().equals("vfio-pci");
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
                                    device.address().startsShielded() ? "menu.open.shielded" : "menu.open",
                                    "mdi2p-power-plug-outline",
                                    () -> workbench
                                            .open(device.address().text())
                                            .exceptionally(e -> null)));
                } else {
                    menu.getItems().add(item("menu.reason", "mdi2c-content-copy", () -> copy(device.reason())));
                }
                if (AddDevicePane.hasForm(device.address())) {
                    menu.getItems()
                            .add(item(
                                    "menu.options",
                                    "mdi2t-tune",
                                    () -> add.show(device.address().scheme())));
                }
                if (bindable(device)) {
                    menu.getItems().add(item("menu.bind", "mdi2l-link-variant", () -> {
                        choose(device);
                        binding.bind(device);
                    }));
                }
                if (unbindable(device)) {
                    menu.getItems().add(item("menu.unbind", "mdi2l-link-variant-off", () -> {
                        choose(device);
                        binding.unbind(device);
                    }));
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
                var chosen = tree.getSelectionModel().getSelectedItem();
                devices.found(found);
                again(chosen);
                if (tree.getSelectionModel().getSelectedItem() == null) {
                    select(workbench.device().get());
                }
            } else {
                workbench.problems().add(Problem.error("devices", failure));
            }
        });
    }

    /** The same device after a new look at the machine, which may tell other things of it. */
    private void again(TreeItem<DeviceNode> chosen) {
        if (chosen == null) {
            return;
        }
        if (chosen.getValue() instanceof DeviceNode.Found found) {
            choose(found.device());
        }
        explain(tree.getSelectionModel().getSelectedItem());
    }

    private void choose(DiscoveredDevice device) {
        devices.root().getChildren().stream()
                .filter(i -> i.getValue() instanceof DeviceNode.Found f
                        && f.device().address().equals(device.address()))
                .findFirst()
                .ifPresentOrElse(
                        i -> tree.getSelectionModel().select(i),
                        () -> tree.getSelectionModel().clearSelection());
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

    /** {@code "add"} shows where devices are added, {@code "rescan"} looks again. */
    @Override
    public void open(Object argument) {
        if (argument.equals("add")) {
            add.show();
        } else if (argument.equals("rescan")) {
            scan();
        }
    }

    @Override
    public List<Node> tabActions() {
        var plus = new Button("", Icons.of("mdi2p-plus"));
        plus.setId("devices-add");
        plus.getStyleClass().add("icon-button");
        plus.setTooltip(new Tooltip(TEXTS.get("add.tip")));
        plus.setOnAction(e -> add.show());
        var rescan = new Button("", Icons.of("mdi2r-refresh"));
        rescan.getStyleClass().add("icon-button");
        rescan.setTooltip(new Tooltip(TEXTS.get("rescan.tip")));
        rescan.setOnAction(e -> scan());
        return List.of(plus, rescan);
    }
}
