package dev.doorbell.app.shell;

import javafx.geometry.Orientation;
import javafx.geometry.Side;
import javafx.scene.Node;
import software.coley.bentofx.control.Headers;
import software.coley.bentofx.layout.container.DockContainerLeaf;

/** Tabs side by side, each as wide as it wants to be now; the selected one stays in sight when they do not all fit. */
final class TabStrip extends Headers {
    TabStrip(DockContainerLeaf container, Orientation orientation, Side side) {
        super(container, orientation, side);
        setMinWidth(0);
        setupClip();
    }

    @Override
    protected void layoutHorizontal() {
        double room = getWidth();
        double all = getChildren().stream().mapToDouble(TabStrip::width).sum();
        double x = all <= room ? 0 : -Math.max(0, endOf(keepInViewProperty().get()) - room);
        for (var tab : getChildren()) {
            double width = width(tab);
            boolean visible = x + width > 0 && x < room;
            tab.setVisible(visible);
            tab.resizeRelocate(x, 0, width, getHeight());
            x += width;
        }
        overflowingProperty().set(all > room);
    }

    private static double width(Node tab) {
        return Math.ceil(tab.prefWidth(-1));
    }

    private double endOf(Node wanted) {
        double end = 0;
        for (var tab : getChildren()) {
            end += width(tab);
            if (tab == wanted) {
                return end;
            }
        }
        return 0;
    }
}
