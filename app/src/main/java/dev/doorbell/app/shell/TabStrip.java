package dev.doorbell.app.shell;

import java.util.HashSet;
import java.util.Set;
import javafx.css.PseudoClass;
import javafx.geometry.Orientation;
import javafx.geometry.Side;
import javafx.scene.Node;
import javafx.scene.layout.GridPane;
import software.coley.bentofx.control.Header;
import software.coley.bentofx.control.Headers;
import software.coley.bentofx.layout.container.DockContainerLeaf;

/**
 * Tabs side by side. When they do not all fit, those that are not in front show their icon alone, the last ones first; those
 * for which that is still too much are left out, and the dock's menu lists them. None is ever shown in part.
 */
final class TabStrip extends Headers {
    private static final String TITLE = "doorbell.title";
    private static final PseudoClass SELECTED = PseudoClass.getPseudoClass("selected");

    TabStrip(DockContainerLeaf container, Orientation orientation, Side side) {
        super(container, orientation, side);
        setMinWidth(0);
        setupClip();
    }

    /** Notes which part of a tab is its title, the part that may go. */
    static void remember(Header tab, Node title) {
        tab.getProperties().put(TITLE, title);
    }

    @Override
    protected void layoutHorizontal() {
        double room = getWidth();
        double all = getChildren().stream().mapToDouble(tab -> width(tab, true)).sum();
        boolean tight = all > room;
        Set<Node> bare = new HashSet<>();
        for (int i = getChildren().size() - 1; i >= 0 && all > room; i--) {
            var tab = getChildren().get(i);
            if (!inFront(tab)) {
                bare.add(tab);
                all -= width(tab, true) - width(tab, false);
            }
        }
        double x = 0;
        double left = room - (tight ? widthInFront() : 0);
        for (var tab : getChildren()) {
            double width = width(tab, !bare.contains(tab));
            boolean kept = inFront(tab);
            boolean fits = !tight || kept || width <= left;
            entitle(tab, !bare.contains(tab));
            tab.setVisible(fits);
            if (fits) {
                tab.resizeRelocate(x, 0, Math.min(width, Math.max(0, room - x)), getHeight());
                x += width;
                left -= kept ? 0 : width;
            }
        }
        overflowingProperty().set(tight);
    }

    /** What a tab wants with its title, or without; whichever it has at the moment. */
    private static double width(Node tab, boolean titled) {
        double now = Math.ceil(tab.prefWidth(-1));
        if (!(tab.getProperties().get(TITLE) instanceof Node title) || title.isManaged() == titled) {
            return now;
        }
        double gap = title.getParent() instanceof GridPane grid ? grid.getHgap() : 0;
        double part = Math.ceil(title.getLayoutBounds().getWidth() + gap);
        return titled ? now + part : now - part;
    }

    private double widthInFront() {
        return getChildren().stream()
                .filter(TabStrip::inFront)
                .mapToDouble(tab -> width(tab, true))
                .sum();
    }

    private static boolean inFront(Node tab) {
        return tab.getPseudoClassStates().contains(SELECTED);
    }

    private static void entitle(Node tab, boolean shown) {
        if (tab.getProperties().get(TITLE) instanceof Node title && title.isManaged() != shown) {
            title.setVisible(shown);
            title.setManaged(shown);
        }
    }
}
