package dev.doorbell.app.controls;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import javafx.scene.Node;
import javafx.scene.control.Label;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.Region;
import javafx.scene.shape.Polyline;

/**
 * The bits of a value as a row of boxes, sixteen a row, the highest first: index numbers above, the fields bracketed
 * with their names below. The selected field is tinted, and so are bits that differ from an earlier value. A click on a
 * bit chooses the field it belongs to.
 */
public final class BitRuler extends Region {
    private static final int PER_ROW = 16;
    private static final double CELL_HEIGHT = 22;
    private static final double INDEX_HEIGHT = 16;
    private static final double ROW_HEIGHT = 68;
    private static final double LAST_ROW_HEIGHT = 64;
    private static final double MIN_CELL = 10;
    private static final double MAX_CELL = 28;

    /**
     * A named run of bits.
     *
     * @param name as the specification abbreviates it
     * @param low the lowest bit
     * @param high the highest bit, included
     * @param reserved drawn in the background, without a bracket
     */
    public record Field(String name, int low, int high, boolean reserved) {
        boolean covers(int bit) {
            return bit >= low && bit <= high;
        }
    }

    private record Cell(int bit, Label index, Label box) {}

    private record Bracket(Field field, int row, int fromBit, int toBit, Polyline line, Label name) {}

    private final List<Cell> cells = new ArrayList<>();
    private final List<Bracket> brackets = new ArrayList<>();
    private List<Field> fields = List.of();
    private Consumer<Field> onChoose = f -> {};
    private int bits = 32;

    public BitRuler() {
        getStyleClass().add("bit-ruler");
    }

    /** Told which field the user clicked on. */
    public void setOnChoose(Consumer<Field> chosen) {
        onChoose = chosen;
    }

    /**
     * Shows a value.
     *
     * @param bits its width, 1 to 64 and more; rows are of sixteen
     * @param earlier the value to compare with; the same value when there is none
     * @param selected the name of the selected field; empty for none
     */
    public void show(int bits, BigInteger value, BigInteger earlier, List<Field> fields, String selected) {
        this.bits = Math.max(1, bits);
        this.fields = List.copyOf(fields);
        getChildren().clear();
        cells.clear();
        brackets.clear();
        for (int bit = this.bits - 1; bit >= 0; bit--) {
            addCell(bit, value.testBit(bit), value.testBit(bit) != earlier.testBit(bit), selected);
        }
        for (Field field : this.fields) {
            for (int row = row(field.high); row <= row(field.low); row++) {
                addBracket(field, row, selected);
            }
        }
        setAccessibleText("0x" + value.toString(16));
        requestLayout();
    }

    private void addCell(int bit, boolean set, boolean changed, String selected) {
        Label index = new Label(Integer.toString(bit));
        index.getStyleClass().setAll("bit-index");
        Label box = new Label(set ? "1" : "0");
        box.getStyleClass().setAll("bit");
        Field field = fieldAt(bit);
        box.pseudoClassStateChanged(Pseudo.SET, set);
        box.pseudoClassStateChanged(Pseudo.CHANGED, changed);
        box.pseudoClassStateChanged(Pseudo.RESERVED, field.reserved);
        box.pseudoClassStateChanged(Pseudo.SELECTED, !field.reserved && field.name.equals(selected));
        box.setId("bit-" + bit);
        if (!field.name.isEmpty()) {
            box.setTooltip(new Tooltip(field.name + "  " + range(field)));
            box.setOnMouseClicked(e -> onChoose.accept(field));
        }
        cells.add(new Cell(bit, index, box));
        getChildren().addAll(index, box);
    }

    private void addBracket(Field field, int row, String selected) {
        int fromBit = Math.min(field.high, highest(row));
        int toBit = Math.max(field.low, highest(row) - rowBits(row) + 1);
        Polyline line = new Polyline();
        line.getStyleClass().setAll("bit-bracket");
        line.setManaged(false);
        Label name = new Label(field.name);
        name.getStyleClass().setAll("bit-name");
        boolean isSelected = !field.reserved && field.name.equals(selected);
        for (Node node : List.of(line, name)) {
            node.pseudoClassStateChanged(Pseudo.SELECTED, isSelected);
            node.pseudoClassStateChanged(Pseudo.RESERVED, field.reserved);
        }
        if (!field.name.isEmpty()) {
            name.setOnMouseClicked(e -> onChoose.accept(field));
        }
        line.setVisible(!field.reserved);
        brackets.add(new Bracket(field, row, fromBit, toBit, line, name));
        getChildren().addAll(line, name);
    }

    private Field fieldAt(int bit) {
        return fields.stream().filter(f -> f.covers(bit)).findFirst().orElse(new Field("", bit, bit, true));
    }

    /** The bits of a field as specifications write them. */
    static String range(Field field) {
        return field.low == field.high ? Integer.toString(field.low) : field.high + ":" + field.low;
    }

    private int rows() {
        return (bits + PER_ROW - 1) / PER_ROW;
    }

    private int highest(int row) {
        return bits - 1 - row * PER_ROW;
    }

    private int rowBits(int row) {
        return Math.min(PER_ROW, bits - row * PER_ROW);
    }

    private int row(int bit) {
        return Math.clamp((bits - 1 - bit) / PER_ROW, 0, rows() - 1);
    }

    private double cellWidth() {
        return Math.clamp(Math.floor(getWidth() / Math.min(PER_ROW, bits)), MIN_CELL, MAX_CELL);
    }

    @Override
    protected void layoutChildren() {
        double cell = cellWidth();
        for (Cell each : cells) {
            int row = row(each.bit);
            double x = (highest(row) - each.bit) * cell;
            double y = row * ROW_HEIGHT;
            each.index.resizeRelocate(x, y, cell, INDEX_HEIGHT);
            each.box.resizeRelocate(x, y + INDEX_HEIGHT, cell + 1, CELL_HEIGHT);
        }
        double free = 0;
        int row = -1;
        for (Bracket each : brackets) {
            if (each.row != row) {
                row = each.row;
                free = 0;
            }
            free = layoutBracket(each, cell, free);
        }
    }

    /** Lays out a bracket and its name no further left than {@code free}; returns where the name ends. */
    private double layoutBracket(Bracket each, double cell, double free) {
        double left = (highest(each.row) - each.fromBit) * cell;
        double right = (highest(each.row) - each.toBit + 1) * cell;
        double y = each.row * ROW_HEIGHT + INDEX_HEIGHT + CELL_HEIGHT + 2.5;
        each.line.getPoints().setAll(left + 2.5, y, left + 2.5, y + 4, right - 2.5, y + 4, right - 2.5, y);
        double width = Math.ceil(each.name.prefWidth(Region.USE_COMPUTED_SIZE));
        double x = Math.clamp((left + right - width) / 2, 0, Math.max(0, getWidth() - width));
        x = Math.max(x, free);
        boolean fits = x + width / 2 <= right + cell && x + width <= getWidth() + 1;
        each.name.setVisible(fits);
        each.name.resizeRelocate(Math.round(x), y + 6, width, 14);
        return fits ? x + width + 4 : free;
    }

    @Override
    protected double computePrefWidth(double height) {
        return Math.min(PER_ROW, bits) * 22 + 1;
    }

    @Override
    protected double computeMinWidth(double height) {
        return Math.min(PER_ROW, bits) * MIN_CELL;
    }

    @Override
    protected double computePrefHeight(double width) {
        return (rows() - 1) * ROW_HEIGHT + LAST_ROW_HEIGHT;
    }

    @Override
    protected double computeMinHeight(double width) {
        return computePrefHeight(width);
    }
}
