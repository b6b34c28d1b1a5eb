package dev.doorbell.app.looks;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import javafx.geometry.Point2D;
import javafx.scene.Node;
import javafx.scene.Parent;
import javafx.scene.layout.Region;
import javafx.scene.paint.Color;
import javafx.scene.text.Text;

/**
 * A text or icon in a window that stands out too little from what is behind it. What is disabled may be faint.
 *
 * @param node the text
 * @param text its words; icons are texts of one letter from a font of their own
 * @param ink its colour
 * @param ground the colour behind it
 * @param ratio its contrast, 1 to 21
 */
record FaintText(Node node, String text, Color ink, Color ground, double ratio) {
    private static final double TEXT = 4.5;
    private static final double ICON = 3;

    /** All faint texts below {@code root}; on the JavaFX thread, after a layout. */
    static List<FaintText> in(Parent root, Color ground) {
        var found = new ArrayList<FaintText>();
        walk(root, Sight.of(root.getScene()), List.of(), ground, found);
        return found;
    }

    private static void walk(Node node, Sight sight, List<Region> behind, Color ground, List<FaintText> found) {
        if (!node.isVisible() || node.isDisabled() || node.getOpacity() == 0) {
            return;
        }
        var inside = sight.through(node);
        if (node instanceof Text text
                && !text.getText().isBlank()
                && inside.contains(middle(text))
                && text.getFill() instanceof Color ink) {
            boolean icon = text.getStyleClass().contains("ikonli-font-icon");
            var back = ground(text, behind, ground);
            double ratio = Contrast.ratio(ink, back);
            if (ratio < (icon ? ICON : TEXT)) {
                found.add(new FaintText(text, text.getText(), ink, back, ratio));
            }
        }
        if (node instanceof Parent parent) {
            var deeper = new ArrayList<>(behind);
            if (node instanceof Region region && region.getBackground() != null) {
                deeper.add(region);
            }
            parent.getChildrenUnmodifiable().forEach(child -> walk(child, inside, deeper, ground, found));
        }
    }

    /** The colour in the middle of a text: the fills of all regions around it, one over the other. */
    private static Color ground(Text text, List<Region> behind, Color lowest) {
        var middle = middle(text);
        var colour = lowest;
        for (var region : behind) {
            colour = over(region, region.sceneToLocal(middle), colour);
        }
        return colour;
    }

    private static Point2D middle(Text text) {
        var bounds = text.getLayoutBounds();
        return text.localToScene(bounds.getCenterX(), bounds.getCenterY());
    }

    private static Color over(Region region, Point2D at, Color below) {
        var colour = below;
        for (var fill : region.getBackground().getFills()) {
            var insets = fill.getInsets();
            boolean covers = at.getX() >= insets.getLeft()
                    && at.getX() <= region.getWidth() - insets.getRight()
                    && at.getY() >= insets.getTop()
                    && at.getY() <= region.getHeight() - insets.getBottom();
            if (covers && fill.getFill() instanceof Color paint) {
                colour = Contrast.over(paint, colour);
            }
        }
        return colour;
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "\"%s\" in %s on %s has %.2f:1 at %s",
                text,
                ink,
                ground,
                ratio,
                new CutText(node, "", "").path());
    }
}
