package dev.doorbell.app.shell;

import dev.doorbell.app.controls.Icons;
import java.util.Optional;
import java.util.stream.Collectors;
import javafx.beans.binding.Bindings;
import javafx.collections.SetChangeListener;
import javafx.css.PseudoClass;
import javafx.geometry.Insets;
import javafx.geometry.Pos;
import javafx.geometry.Side;
import javafx.geometry.VPos;
import javafx.scene.Node;
import javafx.scene.Scene;
import javafx.scene.control.Button;
import javafx.scene.control.ContextMenu;
import javafx.scene.control.Label;
import javafx.scene.control.MenuItem;
import javafx.scene.control.SeparatorMenuItem;
import javafx.scene.control.Tooltip;
import javafx.scene.input.MouseButton;
import javafx.scene.input.MouseEvent;
import javafx.scene.layout.BorderPane;
import javafx.scene.layout.GridPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Pane;
import javafx.scene.layout.Region;
import javafx.scene.layout.StackPane;
import javafx.scene.shape.Rectangle;
import javafx.stage.Stage;
import software.coley.bentofx.Bento;
import software.coley.bentofx.control.DragDropStage;
import software.coley.bentofx.control.Header;
import software.coley.bentofx.control.HeaderPane;
import software.coley.bentofx.dockable.Dockable;
import software.coley.bentofx.dockable.DockableClickBehavior;
import software.coley.bentofx.layout.container.DockContainerLeaf;
import software.coley.bentofx.layout.container.DockContainerRootBranch;

/** One perspective's docking space, with tabs, corner buttons and windows in the workbench's manner. */
final class Docks {
    private static final double TAB_HEIGHT = 32;
    private static final PseudoClass SELECTED = PseudoClass.getPseudoClass("selected");
    private static final String DETACH = "mdi2o-open-in-new";

    private final Bento bento = new Bento() {
        @Override
        protected DockableClickBehavior newClickBehavior() {
            return new TabClicks();
        }
    };
    private final Views views;
    private final Theme theme;

    Docks(Views views, Theme theme) {
        this.views = views;
        this.theme = theme;
        bento.controlsBuilding().setHeadersFactory(TabStrip::new);
        bento.controlsBuilding().setHeaderFactory(this::header);
        bento.controlsBuilding().setHeaderPaneFactory(leaf -> new Tabs(leaf));
        bento.placeholderBuilding().setContainerPlaceholderFactory(leaf -> new StackPane());
        bento.stageBuilding().setSceneFactory((source, content, width, height) -> {
            var scene = new Scene(content, Math.max(320, width), Math.max(200, height));
            theme.dress(scene);
            scene.windowProperty().subscribe(window -> {
                if (window instanceof Stage stage && content instanceof DockContainerRootBranch root) {
                    entitle(stage, root);
                }
            });
            return scene;
        });
    }

    Bento bento() {
        return bento;
    }

    /** A tab for a view; its content follows when the tab is first seen in this perspective. */
    Optional<Dockable> dockable(String id) {
        return views.get(id).map(open -> {
            var dockable = bento.dockBuilding().dockable(id);
            dockable.titleProperty().bind(open.title());
            dockable.setIconFactory(d -> Icons.small(open.contribution().icon()));
            dockable.setNode(host(open));
            var tooltip = new Tooltip();
            tooltip.textProperty()
                    .bind(Bindings.createStringBinding(
                            () -> open.subtitle().get().isEmpty()
                                    ? open.title().get()
                                    : open.title().get() + ", "
                                            + open.subtitle().get(),
                            open.title(),
                            open.subtitle()));
            dockable.setTooltip(tooltip);
            dockable.setContextMenuFactory(d -> menu(dockable));
            return dockable;
        });
    }

    private StackPane host(OpenView open) {
        var host = new StackPane();
        host.getStyleClass().add("view-host");
        host.setMinSize(0, 0);
        host.setAlignment(Pos.TOP_LEFT);
        var inside = new Rectangle();
        inside.widthProperty().bind(host.widthProperty());
        inside.heightProperty().bind(host.heightProperty());
        host.setClip(inside);
        host.sceneProperty().addListener((o, was, is) -> {
            if (is != null) {
                views.arrivals().add(open, host);
            }
        });
        return host;
    }

    private ContextMenu menu(Dockable dockable) {
        var close = new MenuItem("Close", Icons.of("mdi2c-close"));
        close.setOnAction(e -> leaf(dockable).closeDockable(dockable));
        var others = new MenuItem("Close others");
        others.setOnAction(e -> {
            var leaf = leaf(dockable);
            leaf.getDockables().stream().filter(d -> d != dockable).toList().forEach(leaf::closeDockable);
        });
        var detach = new MenuItem("Move to a window of its own", Icons.of(DETACH));
        detach.setOnAction(e -> detach(dockable));
        return new ContextMenu(close, others, new SeparatorMenuItem(), detach);
    }

    private static DockContainerLeaf leaf(Dockable dockable) {
        var leaf = dockable.getContainer();
        if (leaf == null) {
            throw new IllegalStateException(dockable.getIdentifier() + " is in no dock");
        }
        return leaf;
    }

    /** Takes a tab out of its dock into a window of its own. */
    void detach(Dockable dockable) {
        var leaf = leaf(dockable);
        var scene = leaf.getScene();
        double width = leaf.getWidth();
        double height = leaf.getHeight();
        leaf.removeDockable(dockable);
        var stage = bento.stageBuilding().newStageForDockable(scene, dockable, width, height);
        stage.show();
    }

    private Header header(Dockable dockable, HeaderPane pane) {
        var header = new Header(dockable, pane).withDragDrop();
        header.setId("tab-" + dockable.getIdentifier());
        views.get(dockable.getIdentifier()).ifPresent(open -> finish(header, open));
        return header;
    }

    /** Adds the count behind the title; only the selected tab has a close button and is a stop for the Tab key. */
    private static void finish(Header header, OpenView open) {
        if (!(header.getChildrenUnmodifiable().getFirst() instanceof BorderPane pane)
                || !(pane.getCenter() instanceof GridPane grid)) {
            return;
        }
        var title = grid.getChildren().get(1);
        var close = grid.getChildren().getLast();
        var count = new Label();
        count.getStyleClass().add("count");
        count.setMinWidth(Region.USE_PREF_SIZE);
        count.textProperty().bind(open.badge().asString());
        count.visibleProperty().bind(open.badge().greaterThan(0));
        count.managedProperty().bind(count.visibleProperty());
        grid.getChildren().clear();
        pane.setMinHeight(TAB_HEIGHT);
        grid.setPadding(new Insets(0, 12, 0, 12));
        grid.addRow(0, new StackPane(Icons.small(open.contribution().icon())), title, count, close);
        grid.getChildren().forEach(n -> GridPane.setValignment(n, VPos.CENTER));
        if (close instanceof Pane wrapper && wrapper.getChildren().getFirst() instanceof Button button) {
            button.setText("");
            button.setGraphic(Icons.small("mdi2c-close"));
            button.setTooltip(new Tooltip("Close"));
        }
        TabStrip.remember(header, title);
        Runnable update = () -> {
            boolean selected = header.getPseudoClassStates().contains(SELECTED);
            close.setVisible(selected);
            close.setManaged(selected);
            // A tab that gets the focus is selected: what JavaFX gives the focus to when its owner vanishes must be
            // selected.
            header.setFocusTraversable(selected);
        };
        header.getPseudoClassStates().addListener((SetChangeListener<PseudoClass>) c -> update.run());
        update.run();
    }

    /** The dock's tab strip: the selected view's buttons and a menu stand at its right end. */
    private final class Tabs extends HeaderPane {
        // Set by createButtonArray, which the super class's constructor calls: an initialiser would undo that.
        private HBox end;

        Tabs(DockContainerLeaf leaf) {
            super(leaf);
            leaf.selectedDockableProperty().addListener((o, was, is) -> refill());
            leaf.sceneProperty().addListener((o, was, is) -> refill());
            refill();
        }

        @Override
        protected Node[] createButtonArray() {
            var box = new HBox();
            box.getStyleClass().add("tab-actions");
            end = box;
            var more = new Button("", Icons.of("mdi2d-dots-horizontal"));
            more.getStyleClass().add("icon-button");
            more.setFocusTraversable(false);
            more.setTooltip(new Tooltip("Views in this dock"));
            more.setOnAction(e -> list().show(more, Side.BOTTOM, 0, 0));
            more.visibleProperty()
                    .bind(getContainer()
                            .selectedDockableProperty()
                            .map(d -> true)
                            .orElse(false));
            return new Node[] {box, more};
        }

        private void refill() {
            var selected = getContainer().getSelectedDockable();
            if (selected == null || getContainer().getScene() == null) {
                end.getChildren().clear();
            } else {
                end.getChildren().clear();
                views.get(selected.getIdentifier()).ifPresent(open -> open.whenMade(() -> fill(selected, open)));
            }
        }

        private void fill(Dockable dockable, OpenView open) {
            if (getContainer().getSelectedDockable() == dockable
                    && getContainer().getScene() != null) {
                open.view().ifPresent(view -> end.getChildren().setAll(view.tabActions()));
            }
        }

        private ContextMenu list() {
            var menu = new ContextMenu();
            for (var d : getContainer().getDockables()) {
                var item = new MenuItem(d.getTitle(), d.getIconFactory().build(d));
                item.setOnAction(e -> getContainer().selectDockable(d));
                menu.getItems().add(item);
            }
            var selected = getContainer().getSelectedDockable();
            if (selected != null) {
                menu.getItems().add(new SeparatorMenuItem());
                menu.getItems().addAll(menu(selected).getItems());
            }
            return menu;
        }

        private ContextMenu menu(Dockable dockable) {
            return Docks.this.menu(dockable);
        }
    }

    /** Names a window after the views in it, now and whenever it is turned to. */
    static void entitle(Stage stage, DockContainerRootBranch root) {
        Runnable name = () -> stage.setTitle(
                root.getDockables().stream().map(Dockable::getTitle).collect(Collectors.joining(", ")));
        stage.focusedProperty().subscribe(name);
        stage.showingProperty().subscribe(name);
    }

    /** Whether a root is the content of a window of its own. */
    static boolean floating(DockContainerRootBranch root) {
        return root.getScene() != null && root.getScene().getWindow() instanceof DragDropStage;
    }

    /** A click selects and nothing else; collapsing a dock by clicking its tab twice happens by accident. */
    private static final class TabClicks implements DockableClickBehavior {
        @Override
        public void onMouseClick(DockContainerLeaf leaf, Dockable dockable, Header header, MouseEvent event) {
            if (event.getButton() == MouseButton.PRIMARY) {
                leaf.selectDockable(dockable);
            } else if (event.getButton() == MouseButton.SECONDARY) {
                dockable.getContextMenuFactory().build(dockable).show(header, event.getScreenX(), event.getScreenY());
            }
        }
    }
}
