package dev.doorbell.app.shell;

import dev.doorbell.app.shell.LayoutText.Frame;
import dev.doorbell.app.shell.LayoutText.Part;
import dev.doorbell.app.shell.LayoutText.Split;
import dev.doorbell.app.shell.LayoutText.Tabs;
import dev.doorbell.plugin.Area;
import dev.doorbell.plugin.Perspective;
import dev.doorbell.plugin.Placement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import javafx.animation.AnimationTimer;
import javafx.application.Platform;
import javafx.geometry.Orientation;
import javafx.scene.control.SplitPane;
import javafx.scene.layout.Region;
import javafx.stage.Stage;
import software.coley.bentofx.control.DragDropStage;
import software.coley.bentofx.dockable.Dockable;
import software.coley.bentofx.event.DockEvent;
import software.coley.bentofx.layout.DockContainer;
import software.coley.bentofx.layout.container.DockContainerBranch;
import software.coley.bentofx.layout.container.DockContainerLeaf;
import software.coley.bentofx.layout.container.DockContainerRootBranch;

/** One perspective: its docks in the main window and its windows, built from a layout and turned back into one. */
final class PerspectiveDocks {
    private static final int FRAMES = 4;
    /** A perspective that is not in the window by then never comes. */
    private static final int MOST_IDLE = 600;

    private final Perspective perspective;
    private final Views views;
    private final Theme theme;
    private final Seat place;
    private final List<DragDropStage> floats = new ArrayList<>();
    private Docks docks;
    private DockContainerRootBranch root;

    PerspectiveDocks(Perspective perspective, Views views, Theme theme, Consumer<Dockable> onSelected) {
        this.perspective = perspective;
        this.views = views;
        this.theme = theme;
        this.onSelected = onSelected;
        place = new Seat(() -> views.arrivals().isDone());
        place.setId("perspective-" + perspective.name().toLowerCase(java.util.Locale.ROOT));
        docks = new Docks(views, theme);
        root = docks.bento().dockBuilding().root("all");
    }

    private final Consumer<Dockable> onSelected;

    /** What stands in the main window. */
    Region node() {
        return place;
    }

    Perspective perspective() {
        return perspective;
    }

    /** Replaces everything by a layout. Views that it does not know but that are open from the start are added. */
    void build(List<Frame> layout, Stage owner) {
        floats.forEach(Stage::close);
        floats.clear();
        docks = new Docks(views, theme);
        docks.bento().events().addDockableSelectListener((path, dockable) -> onSelected.accept(dockable));
        var inMain = new LinkedHashMap<DockContainerBranch, List<Double>>();
        for (var frame : layout) {
            var dividers = frame.main() ? inMain : new LinkedHashMap<DockContainerBranch, List<Double>>();
            var built = docks.bento().dockBuilding().root(frame.root().id());
            fillRoot(built, frame.root(), dividers);
            if (frame.main()) {
                root = built;
                root.setPruneWhenEmpty(false);
            } else if (!built.getDockables().isEmpty()) {
                floats.add(window(built, frame, owner));
                whenLaidOut(built, () -> dividers.forEach(PerspectiveDocks::divide));
            }
        }
        place.take(root, inMain);
    }

    /**
     * Runs a task in the first frames in which {@code region} has a size. A split pane spreads its dividers anew as long as
     * its parts are still finding their sizes.
     */
    private static void whenLaidOut(Region region, Runnable task) {
        new AnimationTimer() {
            private int frames;
            private int asked;

            @Override
            public void handle(long now) {
                if (region.getScene() != null && region.getHeight() > 0) {
                    task.run();
                    frames++;
                }
                if (frames == FRAMES || ++asked == MOST_IDLE) {
                    stop();
                }
            }
        }.start();
    }

    private static void divide(DockContainerBranch branch, List<Double> at) {
        branch.setDividerPositions(at.stream().mapToDouble(d -> d).toArray());
    }

    private void fillRoot(DockContainerRootBranch into, Part part, Map<DockContainerBranch, List<Double>> dividers) {
        switch (part) {
            case Split split -> fill(into, split, dividers);
            case Tabs tabs -> into.addContainer(leaf(tabs));
        }
    }

    private void fill(DockContainerBranch into, Split split, Map<DockContainerBranch, List<Double>> dividers) {
        into.setOrientation(split.vertical() ? Orientation.VERTICAL : Orientation.HORIZONTAL);
        for (var part : split.parts()) {
            into.addContainer(container(part, dividers));
        }
        dividers.put(into, split.dividers());
    }

    private DockContainer container(Part part, Map<DockContainerBranch, List<Double>> dividers) {
        return switch (part) {
            case Tabs tabs -> leaf(tabs);
            case Split split -> {
                var branch = docks.bento().dockBuilding().branch(split.id());
                fill(branch, split, dividers);
                yield branch;
            }
        };
    }

    private DockContainerLeaf leaf(Tabs tabs) {
        var leaf = docks.bento().dockBuilding().leaf(tabs.id());
        boolean center = tabs.id().equals(DefaultLayouts.id(Area.CENTER));
        leaf.setPruneWhenEmpty(!center);
        SplitPane.setResizableWithParent(leaf, center);
        tabs.views().forEach(id -> docks.dockable(id).ifPresent(leaf::addDockable));
        leaf.getDockables().stream()
                .filter(d -> d.getIdentifier().equals(tabs.selected()))
                .findFirst()
                .ifPresent(leaf::selectDockable);
        return leaf;
    }

    private DragDropStage window(DockContainerRootBranch content, Frame frame, Stage owner) {
        var stage = new DragDropStage(true);
        var scene = new javafx.scene.Scene(content, frame.width(), frame.height());
        theme.dress(scene);
        stage.setScene(scene);
        stage.initOwner(owner);
        stage.setX(frame.x());
        stage.setY(frame.y());
        Docks.entitle(stage, content);
        return stage;
    }

    /** Calls {@code task} when the last tab of the main window was closed. */
    void onEmpty(Runnable task) {
        docks.bento().events().addEventListener(event -> {
            if (event instanceof DockEvent.DockableRemoved && tabs().isEmpty()) {
                Platform.runLater(task);
            }
        });
    }

    /** Shows or hides the windows of their own, as the perspective comes and goes. */
    void showFloats(boolean shown) {
        if (shown) {
            floats.forEach(Stage::show);
        } else {
            rememberFloats();
            floats.forEach(Stage::hide);
        }
    }

    /** Windows that the user made by dragging are only known to Bento. */
    private void rememberFloats() {
        for (var r : docks.bento().getRootContainers()) {
            if (r.getScene().getWindow() instanceof DragDropStage stage && !floats.contains(stage)) {
                floats.add(stage);
            }
        }
        floats.removeIf(stage -> !stage.isShowing());
    }

    /** The layout as it is now; only while this perspective is in the window. */
    List<Frame> layout() {
        rememberFloats();
        var frames = new ArrayList<Frame>();
        frames.add(new Frame(true, 0, 0, 0, 0, part(root)));
        for (var stage : floats) {
            if (stage.getScene().getRoot() instanceof DockContainerRootBranch r) {
                var scene = stage.getScene();
                frames.add(new Frame(false, stage.getX(), stage.getY(), scene.getWidth(), scene.getHeight(), part(r)));
            }
        }
        return frames;
    }

    private static Part part(DockContainer container) {
        return switch (container) {
            case DockContainerBranch branch -> {
                var dividers = new ArrayList<Double>();
                for (double d : branch.getDividerPositions()) {
                    dividers.add(d);
                }
                yield new Split(
                        branch.getIdentifier(),
                        branch.getOrientation() == Orientation.VERTICAL,
                        dividers,
                        branch.getChildContainers().stream()
                                .map(PerspectiveDocks::part)
                                .toList());
            }
            case DockContainerLeaf leaf -> {
                var selected = leaf.getSelectedDockable();
                yield new Tabs(
                        leaf.getIdentifier(),
                        selected == null ? "" : selected.getIdentifier(),
                        leaf.getDockables().stream()
                                .map(Dockable::getIdentifier)
                                .toList());
            }
        };
    }

    private Optional<Dockable> find(String id) {
        return root.getDockables().stream()
                .filter(d -> d.getIdentifier().equals(id))
                .findFirst()
                .or(() -> docks.bento().search().allDockables().stream()
                        .map(path -> path.dockable())
                        .filter(d -> d.getIdentifier().equals(id))
                        .findFirst());
    }

    boolean has(String id) {
        return find(id).isPresent();
    }

    /** Brings a view to the front, adding its tab if it has none; false for an unknown view. */
    boolean open(String id) {
        var there = find(id);
        if (there.isEmpty()) {
            there = docks.dockable(id);
            there.ifPresent(d -> dock(area(id)).addDockable(d));
        }
        there.ifPresent(d -> d.inContainer((leaf, dockable) -> {
            leaf.selectDockable(dockable);
            if (leaf.getScene() != null && leaf.getScene().getWindow() instanceof DragDropStage stage) {
                stage.toFront();
            }
        }));
        return there.isPresent();
    }

    private Area area(String id) {
        return views.kind(id)
                .flatMap(kind -> Views.placement(kind, perspective)
                        .or(() -> kind.placements().stream().findFirst()))
                .map(Placement::area)
                .orElse(Area.CENTER);
    }

    /** The dock that stands for an area; made again at the window's edge if the user closed it. */
    private DockContainerLeaf dock(Area area) {
        var id = DefaultLayouts.id(area);
        return leaves().stream()
                .filter(l -> l.getIdentifier().equals(id))
                .findFirst()
                .orElseGet(() -> atEdge(area));
    }

    private DockContainerLeaf atEdge(Area area) {
        var leaf = leaf(new Tabs(DefaultLayouts.id(area), "", List.of()));
        var orientation = area == Area.BOTTOM ? Orientation.VERTICAL : Orientation.HORIZONTAL;
        boolean first = area == Area.LEFT;
        var beside = docks.bento().dockBuilding().root("all");
        beside.setOrientation(orientation);
        beside.setPruneWhenEmpty(false);
        var inner = docks.bento().dockBuilding().branch("inner" + area.name().charAt(0));
        inner.setOrientation(root.getOrientation());
        var dividers = root.getDividerPositions();
        List.copyOf(root.getChildContainers()).forEach(child -> {
            root.removeContainer(child);
            inner.addContainer(child);
        });
        if (first) {
            beside.addContainers(leaf, inner);
        } else {
            beside.addContainers(inner, leaf);
        }
        root = beside;
        double at = switch (area) {
            case LEFT -> 0.2;
            case RIGHT -> 0.75;
            default -> 0.7;
        };
        var kept = new LinkedHashMap<DockContainerBranch, List<Double>>();
        kept.put(beside, List.of(at));
        kept.put(inner, Arrays.stream(dividers).boxed().toList());
        place.take(root, kept);
        return leaf;
    }

    private List<DockContainerLeaf> leaves() {
        var found = new ArrayList<DockContainerLeaf>();
        collect(root, found);
        return found;
    }

    private static void collect(DockContainer container, List<DockContainerLeaf> into) {
        switch (container) {
            case DockContainerLeaf leaf -> into.add(leaf);
            case DockContainerBranch branch -> branch.getChildContainers().forEach(c -> collect(c, into));
        }
    }

    /** All tabs, the editor area's first. */
    List<Dockable> tabs() {
        var center = DefaultLayouts.id(Area.CENTER);
        var all = new ArrayList<Dockable>();
        leaves().stream().filter(l -> l.getIdentifier().equals(center)).forEach(l -> all.addAll(l.getDockables()));
        leaves().stream().filter(l -> !l.getIdentifier().equals(center)).forEach(l -> all.addAll(l.getDockables()));
        return all;
    }

    /** The tab in front in the editor area. */
    Optional<String> front() {
        return leaves().stream()
                .filter(l ->
                        l.getIdentifier().equals(DefaultLayouts.id(Area.CENTER)) && l.getSelectedDockable() != null)
                .map(l -> l.getSelectedDockable().getIdentifier())
                .findFirst();
    }

    void close(String id) {
        find(id).ifPresent(d -> d.inContainer((leaf, dockable) -> leaf.closeDockable(dockable)));
    }

    void detach(String id) {
        find(id).ifPresent(docks::detach);
    }
}
