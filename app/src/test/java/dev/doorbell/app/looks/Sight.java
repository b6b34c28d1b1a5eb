package dev.doorbell.app.looks;

import javafx.geometry.BoundingBox;
import javafx.geometry.Bounds;
import javafx.geometry.Point2D;
import javafx.scene.Node;
import javafx.scene.Scene;
import javafx.scene.control.ScrollPane;
import javafx.scene.control.skin.VirtualFlow;

/**
 * What can be seen of a scene through the clips of the nodes around a place in it.
 *
 * @param bounds the rectangle that is left, in the scene's coordinates
 * @param pans whether one of the nodes has a scroll bar for going left and right
 * @param scrolls whether one of the nodes scrolls up and down, so that what is cut there can be brought into sight
 */
record Sight(Bounds bounds, boolean scrolls, boolean pans) {
    /** Half a pixel of antialiasing at each side is nobody's loss. */
    private static final double SLACK = 1;
    /** Line boxes are higher than their letters. */
    private static final double LEADING = 4;

    /** The whole window. */
    static Sight of(Scene scene) {
        return new Sight(new BoundingBox(0, 0, scene.getWidth(), scene.getHeight()), false, false);
    }

    /** The part of it that a node leaves to what is inside. */
    Sight through(Node node) {
        var inside = bounds;
        if (node.getClip() != null) {
            inside = cross(bounds, node.localToScene(node.getClip().getBoundsInParent()));
        }
        boolean panning = node instanceof ScrollPane pane && pane.getHbarPolicy() != ScrollPane.ScrollBarPolicy.NEVER;
        return new Sight(inside, scrolls || node instanceof VirtualFlow || node instanceof ScrollPane, pans || panning);
    }

    private static Bounds cross(Bounds a, Bounds b) {
        double x = Math.max(a.getMinX(), b.getMinX());
        double y = Math.max(a.getMinY(), b.getMinY());
        return new BoundingBox(
                x,
                y,
                Math.max(0, Math.min(a.getMaxX(), b.getMaxX()) - x),
                Math.max(0, Math.min(a.getMaxY(), b.getMaxY()) - y));
    }

    boolean contains(Point2D point) {
        return bounds.contains(point);
    }

    /** Whether something may be looked for here: it was not scrolled out of sight. */
    boolean concerns(Bounds text) {
        return !scrolls || text.getMaxY() > bounds.getMinY() && text.getMinY() < bounds.getMaxY();
    }

    /** Whether a text's bounds reach out of it, other than by scrolling. */
    boolean cuts(Bounds text) {
        boolean sideways = text.getMinX() < bounds.getMinX() - SLACK || text.getMaxX() > bounds.getMaxX() + SLACK;
        boolean upright = text.getMinY() < bounds.getMinY() - LEADING || text.getMaxY() > bounds.getMaxY() + LEADING;
        return sideways && !pans || upright && !scrolls;
    }
}
