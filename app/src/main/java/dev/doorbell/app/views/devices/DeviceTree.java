package dev.doorbell.app.views.devices;

import dev.doorbell.driver.DeviceAddress;
import dev.doorbell.driver.DiscoveredDevice;
import dev.doorbell.driver.Namespace;
import dev.doorbell.driver.Qpair;
import dev.doorbell.plugin.DeviceEvent;
import dev.doorbell.plugin.DeviceSession;
import dev.doorbell.plugin.Workbench;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import javafx.beans.property.SimpleObjectProperty;
import javafx.scene.control.TreeItem;
import javafx.util.Subscription;

/** The tree's items: follows sessions, their namespaces and qpairs, and what was found. */
final class DeviceTree {
    private final Workbench workbench;
    private final TreeItem<DeviceNode> root = new TreeItem<>(new DeviceNode.Root());
    private final Map<DeviceSession, Branch> branches = new HashMap<>();
    private List<DiscoveredDevice> found = List.of();
    private String filter = "";

    DeviceTree(Workbench workbench) {
        this.workbench = workbench;
        root.setExpanded(true);
    }

    TreeItem<DeviceNode> root() {
        return root;
    }

    void found(List<DiscoveredDevice> devices) {
        found = devices;
        fill();
    }

    /** What was found at an address. */
    Optional<DiscoveredDevice> found(DeviceAddress address) {
        return found.stream().filter(d -> same(d.address(), address)).findFirst();
    }

    /** Whether two addresses are one device, opened for writing or not. */
    private static boolean same(DeviceAddress one, DeviceAddress other) {
        return one.writable().equals(other.writable());
    }

    void filter(String words) {
        filter = words.toLowerCase(Locale.ROOT);
        fill();
    }

    /** Makes the items again, keeping those that stay. */
    void fill() {
        branches.keySet().stream()
                .filter(s -> !workbench.sessions().contains(s))
                .toList()
                .forEach(s -> branches.remove(s).close());
        var items = new ArrayList<TreeItem<DeviceNode>>();
        for (var session : workbench.sessions()) {
            var branch = branches.computeIfAbsent(session, Branch::new);
            if (branch.matches()) {
                items.add(branch.item);
            }
        }
        for (var device : found) {
            var node = new DeviceNode.Found(device);
            boolean open = workbench.sessions().stream().anyMatch(s -> same(s.address(), device.address()));
            if (!open && node.words().toLowerCase(Locale.ROOT).contains(filter)) {
                items.add(existing(node));
            }
        }
        if (!root.getChildren().equals(items)) {
            root.getChildren().setAll(items);
        }
    }

    private TreeItem<DeviceNode> existing(DeviceNode node) {
        return root.getChildren().stream()
                .filter(i -> i.getValue().equals(node))
                .findFirst()
                .orElseGet(() -> new TreeItem<>(node));
    }

    void close() {
        branches.values().forEach(Branch::close);
        branches.clear();
    }

    /** An open device with what is below it. */
    private final class Branch {
        private final DeviceSession session;
        private final TreeItem<DeviceNode> item;
        private List<DeviceNode> spaces = List.of();
        private List<DeviceNode.Queue> queues = List.of();
        private final Subscription subscription;

        Branch(DeviceSession session) {
            this.session = session;
            item = new TreeItem<>(new DeviceNode.Open(session));
            item.setExpanded(true);
            subscription = Subscription.combine(
                    session.onEvent(this::event),
                    session.queues().subscribe(this::queues),
                    session.title().subscribe((was, is) -> arrange()));
            if (session.state().getValue() == DeviceSession.State.READY) {
                readNamespaces();
            }
        }

        void close() {
            subscription.unsubscribe();
        }

        boolean matches() {
            return item.getValue().words().toLowerCase(Locale.ROOT).contains(filter)
                    || item.getChildren().stream()
                            .anyMatch(i -> i.getValue().words().contains(filter));
        }

        private void event(DeviceEvent event) {
            switch (event) {
                case DeviceEvent.Opened e -> readNamespaces();
                case DeviceEvent.Reset e -> readNamespaces();
                case DeviceEvent.NamespacesChanged e -> readNamespaces();
                default -> {}
            }
        }

        private void readNamespaces() {
            session.ask(controller -> controller.activeNamespaces().stream()
                            .map(controller::namespace)
                            .peek(Namespace::refresh)
                            .map(this::space)
                            .toList())
                    .handle((read, failure) -> {
                        spaces = failure == null ? read : List.of();
                        arrange();
                        return true;
                    });
        }

        private DeviceNode space(Namespace n) {
            return new DeviceNode.Space(session, n.nsid(), n.lbaBytes(), n.metadataBytes(), n.sizeBytes());
        }

        private void queues(List<Qpair.Info> infos) {
            var ids = infos.stream().map(Qpair.Info::qid).toList();
            if (!ids.equals(queues.stream().map(DeviceNode.Queue::qid).toList())) {
                queues = infos.stream()
                        .map(i -> new DeviceNode.Queue(session, i.qid(), new SimpleObjectProperty<>(i)))
                        .toList();
                arrange();
            }
            for (int i = 0; i < infos.size(); i++) {
                queues.get(i).info().set(infos.get(i));
            }
        }

        private void arrange() {
            var nodes = new ArrayList<DeviceNode>(spaces);
            nodes.addAll(queues);
            item.getChildren().setAll(nodes.stream().map(TreeItem::new).toList());
        }
    }
}
