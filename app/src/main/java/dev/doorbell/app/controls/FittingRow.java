package dev.doorbell.app.controls;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javafx.collections.ListChangeListener;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.layout.HBox;

/**
 * A row whose less important parts leave when there is no room for all of them, whole and one after the other, instead of
 * being cut. Its least width is that of the parts that stay. Who owns a part may hide it as in any other row.
 */
public final class FittingRow extends HBox {
    private static final double SLACK = 0.5;

    private final List<Node> all = new ArrayList<>();
    private final List<Node> optional = new ArrayList<>();
    /** What a part wanted when it was last here, styled: one that is not cannot be asked. */
    private final Map<Node, Double> widths = new HashMap<>();

    private boolean fitting;

    /** A row of parts, 8 pixels apart, that all stay until {@link #optional} says otherwise. */
    public FittingRow(Node... parts) {
        super(8);
        setAlignment(Pos.CENTER_LEFT);
        getChildren().addListener((ListChangeListener<Node>) change -> {
            if (!fitting) {
                all.clear();
                all.addAll(getChildren());
            }
        });
        getChildren().addAll(parts);
    }

    /** Has other parts than before, of which some may leave, the first to leave first. */
    public void show(List<Node> parts, List<Node> leaving) {
        optional.clear();
        widths.clear();
        getChildren().setAll(parts);
        optional(leaving.toArray(Node[]::new));
    }

    /** Names the parts that may leave, the first to leave first. */
    public FittingRow optional(Node... parts) {
        optional.addAll(List.of(parts));
        optional.forEach(part -> part.managedProperty().addListener(o -> requestLayout()));
        requestLayout();
        return this;
    }

    @Override
    protected double computeMinWidth(double height) {
        List<Node> staying =
                all.stream().filter(n -> n.isManaged() && !optional.contains(n)).toList();
        return staying.stream().mapToDouble(n -> n.minWidth(-1)).sum() + gaps(staying.size()) + insets();
    }

    @Override
    protected double computePrefWidth(double height) {
        List<Node> wanted = all.stream().filter(Node::isManaged).toList();
        return needs(wanted) + insets();
    }

    @Override
    protected void layoutChildren() {
        double room = getWidth() - insets() + SLACK;
        List<Node> shown = new ArrayList<>(all.stream().filter(Node::isManaged).toList());
        List<Node> gone = new ArrayList<>();
        for (Node part : optional) {
            if (needs(shown) <= room) {
                break;
            }
            if (shown.remove(part)) {
                gone.add(part);
            }
        }
        List<Node> wanted = all.stream().filter(n -> !gone.contains(n)).toList();
        if (!wanted.equals(getChildren())) {
            fitting = true;
            getChildren().setAll(wanted);
            fitting = false;
        }
        super.layoutChildren();
    }

    private double needs(List<Node> parts) {
        return parts.stream().mapToDouble(this::width).sum() + gaps(parts.size());
    }

    private double width(Node part) {
        if (part.getParent() == this) {
            widths.put(part, part.prefWidth(-1));
        }
        return widths.getOrDefault(part, 0.0);
    }

    private double gaps(int parts) {
        return Math.max(0, parts - 1) * getSpacing();
    }

    private double insets() {
        return snappedLeftInset() + snappedRightInset();
    }
}
