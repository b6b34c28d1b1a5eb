package dev.doorbell.app.views.devices;

import dev.doorbell.app.controls.Figures;
import dev.doorbell.app.controls.FittingRow;
import dev.doorbell.app.controls.Icons;
import dev.doorbell.app.controls.QdepthBar;
import dev.doorbell.app.model.DeviceKinds;
import dev.doorbell.driver.Device;
import dev.doorbell.driver.DiscoveredDevice;
import dev.doorbell.driver.Qpair;
import dev.doorbell.plugin.DeviceSession;
import dev.doorbell.plugin.Texts;
import java.util.Locale;
import java.util.function.Function;
import javafx.css.PseudoClass;
import javafx.scene.Node;
import javafx.scene.control.ContextMenu;
import javafx.scene.control.Label;
import javafx.scene.control.Tooltip;
import javafx.scene.control.TreeCell;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;
import javafx.util.Subscription;

/** One line of the tree; a device that cannot be opened has a second and third that say why. */
final class DeviceCell extends TreeCell<DeviceNode> {
    private static final Texts TEXTS = Texts.of(DeviceCell.class);
    private static final double INDENT = 20;
    private static final double TIP_WIDTH = 420;

    private final Function<DeviceNode, ContextMenu> menus;
    private Subscription live = Subscription.EMPTY;

    DeviceCell(Function<DeviceNode, ContextMenu> menus) {
        this.menus = menus;
        setMinWidth(0);
        setPrefWidth(0);
    }

    @Override
    protected void updateItem(DeviceNode node, boolean empty) {
        super.updateItem(node, empty);
        live.unsubscribe();
        live = Subscription.EMPTY;
        setText(null);
        setGraphic(empty || node == null ? null : content(node));
        setContextMenu(empty || node == null ? null : menus.apply(node));
    }

    private Node content(DeviceNode node) {
        return switch (node) {
            case DeviceNode.Root root -> new Label();
            case DeviceNode.Open open -> open(open.session());
            case DeviceNode.Space space -> space(space);
            case DeviceNode.Queue queue -> queue(queue);
            case DeviceNode.Found found ->
                found.device().openable() ? openable(found.device()) : locked(found.device());
        };
    }

    private Node open(DeviceSession session) {
        var name = label(session.name(), "strong");
        var title = label("", "muted", "small");
        title.setId("device-title");
        title.setMinWidth(0);
        title.setMaxWidth(Double.MAX_VALUE);
        HBox.setHgrow(title, Priority.ALWAYS);
        var dot = new Region();
        dot.getStyleClass().add("dot");
        live = Subscription.combine(
                session.title().subscribe(title::setText), session.state().subscribe(s -> show(dot, s)));
        return row(Icons.of(session.icon()), name, title, dot);
    }

    private static void show(Region dot, DeviceSession.State state) {
        for (var each : DeviceSession.State.values()) {
            dot.pseudoClassStateChanged(
                    PseudoClass.getPseudoClass(each.name().toLowerCase(Locale.ROOT)), each == state);
        }
    }

    private static Node space(DeviceNode.Space space) {
        var name = label("ns " + Integer.toUnsignedString(space.nsid()));
        name.setPrefWidth(34);
        var format = space.metadataBytes() == 0
                ? Figures.bytes(space.lbaBytes())
                : Figures.bytes(space.lbaBytes()) + " + " + space.metadataBytes();
        var lba = label(format, "muted", "small");
        return row(
                        Icons.small("mdi2d-database-outline"),
                        name,
                        lba,
                        gap(),
                        label(Figures.bytes(space.sizeBytes()), "mono", "muted"))
                .optional(lba);
    }

    private Node queue(DeviceNode.Queue queue) {
        var name = label(queue.qid() == 0 ? "admin" : "q" + queue.qid());
        name.setPrefWidth(40);
        var role = label("", "muted", "small");
        var bar = new QdepthBar();
        bar.setMinWidth(20);
        var figures = label("", "mono");
        figures.getStyleClass().add("right");
        live = queue.info().subscribe(info -> show(info, role, bar, figures));
        return row(Icons.small("mdi2s-swap-vertical"), name, role, gap(), bar, figures)
                .optional(role, bar);
    }

    private static void show(Qpair.Info info, Label role, QdepthBar bar, Label figures) {
        role.setText(TEXTS.get(
                info.qid() == 0
                        ? "queue.admin"
                        : !info.alive() ? "queue.dead" : info.worker() ? "queue.worker" : "queue.hand"));
        bar.show(info.outstanding(), info.depth());
        figures.setText(info.outstanding() + "/" + info.depth());
    }

    private static Node openable(DiscoveredDevice device) {
        var name = label(device.name(), "muted", "small");
        var state = label(TEXTS.get("found.open"), "small", "muted");
        return row(
                        styled(Icons.of(DeviceKinds.icon(device.address())), "muted"),
                        label(device.address().text(), "mono"),
                        name,
                        gap(),
                        state)
                .optional(state, name);
    }

    private Node locked(DiscoveredDevice device) {
        var head = row(
                styled(Icons.of(DeviceKinds.icon(device.address())), "muted"),
                label(device.address().text(), "mono"),
                gap(),
                styled(Icons.small("mdi2l-lock-outline"), "attention"));
        var what = device.model().isEmpty() || device.capacityBytes() == 0
                ? device.name()
                : device.model() + ", " + Figures.bytes(device.capacityBytes());
        var model = label(what, "muted", "small");
        model.setMinWidth(0);
        var reason = label(state(device), "attention", "small");
        reason.setWrapText(true);
        reason.setMinHeight(Region.USE_PREF_SIZE);
        var tip = new Tooltip(device.reason());
        tip.setWrapText(true);
        tip.setMaxWidth(TIP_WIDTH);
        Tooltip.install(head, tip);
        var words = new VBox(model, reason);
        words.getStyleClass().add("found-words");
        var all = new VBox(head, words);
        all.getStyleClass().add("found-locked");
        // The cell has no width of its own; text wraps at what the tree leaves it.
        all.prefWidthProperty().bind(getTreeView().widthProperty().subtract(2 * INDENT + 16));
        all.setMaxWidth(Region.USE_PREF_SIZE);
        return all;
    }

    /** What stands in the way, short; the details below the tree say all of it. */
    private static String state(DiscoveredDevice device) {
        var place = device.place();
        if (!place.exists() || device.kind() == Device.Kind.KERNEL) {
            return device.reason();
        }
        if (!place.users().isEmpty()) {
            return TEXTS.get("found.used", place.driver());
        }
        return place.driver().isEmpty()
                ? TEXTS.get("found.unbound")
                : place.driver().equals("vfio-pci") ? device.reason() : TEXTS.get("found.bound", place.driver());
    }

    private static Node styled(Node node, String styleClass) {
        node.getStyleClass().add(styleClass);
        return node;
    }

    private static Label label(String text, String... styleClasses) {
        var label = new Label(text);
        label.getStyleClass().addAll(styleClasses);
        label.setMinWidth(Region.USE_PREF_SIZE);
        return label;
    }

    private static Region gap() {
        var gap = new Region();
        HBox.setHgrow(gap, Priority.ALWAYS);
        return gap;
    }

    private static FittingRow row(Node... nodes) {
        var row = new FittingRow(nodes);
        row.setSpacing(6);
        row.setMinHeight(24);
        row.setMaxWidth(Double.MAX_VALUE);
        return row;
    }
}
