package dev.doorbell.app.controls;

import dev.doorbell.spec.Decoded;
import java.util.Optional;
import javafx.geometry.Orientation;
import javafx.geometry.Pos;
import javafx.scene.control.Label;
import javafx.scene.control.SplitPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;

/** Decoded fields at the left, their bytes at the right, linked both ways. */
public final class FieldsPane extends SplitPane {
    /** Below this the dump stands under the tree. */
    private static final double SLIM = 440;

    private static final double TREE_ABOVE = 0.6;
    private static final double NARROW = 800;
    private static final double WIDE = 1240;
    private static final double SLACK = 6;
    private final FieldTree tree;
    private final HexView hex = new HexView();
    private final FieldLink link;
    private final Label size = new Label();
    private final Label chosenBytes = new Label();
    private final Label chosenWord = new Label(ControlTexts.of("hex.selected"));
    private final VBox raw;

    /** A pane around a tree; {@code base} is the offset of the data's first byte. */
    public FieldsPane(FieldTree tree, int base) {
        this.tree = tree;
        getStyleClass().add("fields-pane");
        setOrientation(Orientation.HORIZONTAL);
        link = new FieldLink(tree, hex, base);
        Region gap = new Region();
        HBox.setHgrow(gap, Priority.ALWAYS);
        chosenBytes.getStyleClass().addAll("mono", "accent-text");
        HBox head = new HBox(4, size, gap, chosenBytes, chosenWord);
        head.getStyleClass().add("pane-header");
        head.setAlignment(Pos.CENTER_LEFT);
        VBox.setVgrow(hex, Priority.ALWAYS);
        raw = new VBox(head, hex);
        raw.setMinWidth(120);
        tree.setMinWidth(120);
        SplitPane.setResizableWithParent(raw, false);
        getItems().addAll(tree, raw);
        hex.highlightProperty().addListener(o -> header());
        hex.selectionProperty().addListener(o -> header());
        widthProperty().addListener((o, was, is) -> fit(was.doubleValue(), is.doubleValue()));
        header();
    }

    /** A pane whose second column says byte numbers. */
    public FieldsPane() {
        this(new FieldTree(), 0);
    }

    /** Shows bytes and their fields, and what changed since an earlier reading. */
    public void show(byte[] data, Decoded now, byte[] earlierData, Optional<Decoded> earlier) {
        hex.setData(data);
        hex.setBaseline(earlier.isPresent() ? earlierData : new byte[0]);
        tree.show(now, earlier);
        header();
    }

    public FieldTree tree() {
        return tree;
    }

    public HexView hex() {
        return hex;
    }

    public FieldLink link() {
        return link;
    }

    private void header() {
        size.setText(ControlTexts.of("hex.raw", Figures.bytes(hex.size())));
        HexRange range = hex.selectionProperty().get().isEmpty()
                ? hex.highlightProperty().get()
                : hex.selectionProperty().get();
        chosenBytes.setText(range.text());
        chosenBytes.setVisible(!range.isEmpty());
        chosenWord.setVisible(!range.isEmpty());
    }

    /** Gives the dump the width it needs, and the tree the rest; afterwards the divider is the user's. */
    private void fit(double was, double is) {
        Orientation direction = is > 0 && is < SLIM ? Orientation.VERTICAL : Orientation.HORIZONTAL;
        if (is > 0 && direction != getOrientation()) {
            setOrientation(direction);
            setDividerPositions(TREE_ABOVE);
            if (direction == Orientation.HORIZONTAL) {
                fit(0, is);
            }
        }
        if (direction == Orientation.VERTICAL) {
            return;
        }
        if (is > 0 && (was <= 0 || was < NARROW != is < NARROW || was < WIDE != is < WIDE)) {
            boolean narrow = is < NARROW;
            double wanted = SLACK + (narrow ? hex.narrowWidth() : hex.widthFor(is >= WIDE ? 16 : 8));
            raw.setPrefWidth(wanted);
            setDividerPositions(Math.clamp(1 - wanted / is, 0.2, 0.9));
        }
    }
}
