package dev.doorbell.app.controls;

import java.util.Arrays;
import java.util.BitSet;
import javafx.beans.property.BooleanProperty;
import javafx.beans.property.ObjectProperty;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;
import javafx.beans.property.SimpleBooleanProperty;
import javafx.beans.property.SimpleObjectProperty;
import javafx.geometry.Orientation;
import javafx.scene.AccessibleRole;
import javafx.scene.canvas.GraphicsContext;
import javafx.scene.control.ScrollBar;
import javafx.scene.input.MouseEvent;
import javafx.scene.input.ScrollEvent;

/**
 * A dump of bytes: offset, bytes in groups of four, characters. Only the rows in sight are drawn, so megabytes scroll
 * like a page. Runs of zero lines fold into one row that a click opens; sixteen bytes stand in a line, eight where
 * there is no room, and the characters go first when it gets narrow.
 *
 * <p>The user selects bytes with mouse and keyboard ({@link #selectionProperty}); the program lights up bytes
 * ({@link #highlightProperty}), marks what differs from an earlier state ({@link #setBaseline}) and what is wrong
 * ({@link #setErrors}). With {@link #editableProperty} digits typed at the caret change the bytes.
 */
public final class HexView extends CanvasRegion {
    static final double ROW_HEIGHT = 24;
    private static final double SCROLL_BAR_WIDTH = 10;

    private final HexPainter painter;
    private final ScrollBar scroll = new ScrollBar();
    private final ObjectProperty<HexRange> highlight = new SimpleObjectProperty<>(this, "highlight", HexRange.NONE);
    private final ReadOnlyObjectWrapper<HexRange> selection =
            new ReadOnlyObjectWrapper<>(this, "selection", HexRange.NONE);
    private final BooleanProperty editable = new SimpleBooleanProperty(this, "editable", false);
    private final BooleanProperty foldZeros = new SimpleBooleanProperty(this, "foldZeros", true);
    private final ObjectProperty<EditHandler> onEdit = new SimpleObjectProperty<>(this, "onEdit", (o, b) -> {});
    private final HexKeys keys = new HexKeys(this);

    private byte[] data = {};
    private byte[] baseline = {};
    private BitSet changed = new BitSet();
    private BitSet errors = new BitSet();
    private final BitSet opened = new BitSet();
    private HexColumns columns = HexColumns.fitting(200, 0);
    private HexRows rows = new HexRows(data, 16, true, changed, opened);
    private int anchor = -1;
    private int caret = -1;
    private boolean asciiSide;
    private int revealOnLayout = -1;

    /** Told after the user changed one byte. */
    @FunctionalInterface
    public interface EditHandler {
        void edited(int offset, byte now);
    }

    public HexView() {
        super("hex-view");
        painter = new HexPainter(
                ink("offset"),
                ink("byte"),
                ink("zero"),
                ink("ascii"),
                ink("fold"),
                ink("selection"),
                ink("selection-edge"),
                ink("changed"),
                ink("changed-fill"),
                ink("error"),
                ink("error-fill"),
                ink("caret"));
        setFocusTraversable(true);
        setAccessibleRole(AccessibleRole.TEXT_AREA);
        scroll.setOrientation(Orientation.VERTICAL);
        scroll.setFocusTraversable(false);
        scroll.valueProperty().addListener(o -> redraw());
        getChildren().add(scroll);
        setMinSize(80, ROW_HEIGHT);
        setPrefSize(560, 400);
        highlight.addListener((o, was, is) -> redraw());
        foldZeros.addListener(o -> rebuild());
        focusedProperty().addListener(o -> redraw());
        addEventHandler(MouseEvent.MOUSE_PRESSED, this::pressed);
        addEventHandler(MouseEvent.MOUSE_DRAGGED, this::dragged);
        addEventHandler(ScrollEvent.SCROLL, this::scrolled);
        setOnKeyPressed(keys::pressed);
        setOnKeyTyped(keys::typed);
        setOnContextMenuRequested(e -> new HexMenu(this).show(this, e.getScreenX(), e.getScreenY()));
    }

    /** Shows these bytes (a copy); selection and scroll position stay where they still exist, marks of wrong bytes go. */
    public void setData(byte[] bytes) {
        boolean other = bytes.length != data.length;
        data = bytes.clone();
        errors = new BitSet();
        if (other) {
            opened.clear();
            clearSelection();
            scroll.setValue(0);
        }
        compare();
    }

    /** A copy of the bytes, with the user's edits. */
    public byte[] getData() {
        return data.clone();
    }

    /** How many bytes there are. */
    public int size() {
        return data.length;
    }

    /** Marks the bytes that differ from an earlier state; an empty array marks none. */
    public void setBaseline(byte[] earlier) {
        baseline = earlier.clone();
        compare();
    }

    /** The bytes that differ from the baseline. */
    public BitSet changedBytes() {
        return (BitSet) changed.clone();
    }

    /** Marks wrong bytes, by offset. */
    public void setErrors(BitSet wrong) {
        errors = (BitSet) wrong.clone();
        rebuild();
    }

    /** The bytes of what is selected elsewhere, such as a field. */
    public ObjectProperty<HexRange> highlightProperty() {
        return highlight;
    }

    /** The bytes the user selected here. */
    public ReadOnlyObjectProperty<HexRange> selectionProperty() {
        return selection.getReadOnlyProperty();
    }

    /** Whether typed digits and pasted bytes change the data; false at first. */
    public BooleanProperty editableProperty() {
        return editable;
    }

    /** Whether runs of zero lines are folded; true at first. */
    public BooleanProperty foldZerosProperty() {
        return foldZeros;
    }

    /** Told after each byte the user changed. */
    public ObjectProperty<EditHandler> onEditProperty() {
        return onEdit;
    }

    /** Selects bytes as the user would, and brings them into sight. */
    public void select(HexRange range) {
        if (range.isEmpty() || range.last() >= data.length) {
            clearSelection();
        } else {
            anchor = range.offset();
            moveTo(range.last(), true);
        }
    }

    /** Selects nothing. */
    public void clearSelection() {
        anchor = -1;
        caret = -1;
        selection.set(HexRange.NONE);
        redraw();
    }

    /** Opens the fold over a byte if there is one, and scrolls until the byte is in sight. */
    public void reveal(int offset) {
        if (offset < 0 || offset >= data.length) {
            return;
        }
        if (rows.row(rows.rowOf(offset)).folded()) {
            opened.set(offset);
            rebuild();
        }
        if (getHeight() <= 0) {
            revealOnLayout = offset;
            return;
        }
        int row = rows.rowOf(offset);
        double visible = visibleRows();
        if (row < scroll.getValue()) {
            scroll.setValue(row);
        } else if (row + 1 > scroll.getValue() + visible) {
            scroll.setValue(Math.clamp(row + 1 - visible, 0, Math.max(0, rows.count() - visible)));
        }
    }

    /** Scrolls so that a byte's line is the first, without opening folds. */
    public void scrollToTop(int offset) {
        if (offset >= 0 && offset < data.length) {
            scroll.setValue(Math.min(rows.rowOf(offset), scroll.getMax()));
        }
    }

    /** How many rows there are, folds counted as one. */
    public int rowCount() {
        return rows.count();
    }

    /** How many bytes stand in a line: 16, or 8 where it is narrow. */
    public int bytesPerLine() {
        return columns.bytesPerLine();
    }

    /** The width that a dump of this many bytes in a line needs, with the characters. */
    public double widthFor(int bytesPerLine) {
        int digits =
                Math.max(3, Integer.toHexString(Math.max(0, data.length - 1)).length());
        return new HexColumns(bytesPerLine, digits, true).characters() * painter.charWidth()
                + snappedLeftInset()
                + snappedRightInset()
                + SCROLL_BAR_WIDTH
                + 1;
    }

    /** The width of a dump of eight bytes in a line without the characters, the least that shows everything. */
    public double narrowWidth() {
        return widthFor(8) - (2 + 8) * painter.charWidth();
    }

    int caret() {
        return caret;
    }

    boolean isAsciiSide() {
        return asciiSide;
    }

    void setAsciiSide(boolean ascii) {
        asciiSide = ascii && columns.ascii();
        redraw();
    }

    int rowsPerPage() {
        return Math.max(1, (int) visibleRows() - 1);
    }

    /** Moves the caret; without {@code extend} the selection becomes that one byte. */
    void moveTo(int offset, boolean extend) {
        if (data.length == 0) {
            return;
        }
        caret = Math.clamp(offset, 0, data.length - 1);
        if (!extend || anchor < 0) {
            anchor = caret;
        }
        keys.leaveByte();
        selection.set(HexRange.between(anchor, caret));
        reveal(caret);
        redraw();
    }

    void put(int offset, byte value) {
        if (offset < data.length && editable.get()) {
            data[offset] = value;
            compare();
            onEdit.get().edited(offset, value);
        }
    }

    byte byteAt(int offset) {
        return data[offset];
    }

    byte[] selectedBytes() {
        HexRange range = selection.get();
        return range.isEmpty()
                ? data.clone()
                : Arrays.copyOfRange(data, range.offset(), range.offset() + range.length());
    }

    private void compare() {
        changed = new BitSet();
        if (baseline.length > 0) {
            for (int i = 0; i < data.length; i++) {
                changed.set(i, i >= baseline.length || baseline[i] != data[i]);
            }
        }
        rebuild();
    }

    private void rebuild() {
        BitSet keep = (BitSet) changed.clone();
        keep.or(errors);
        rows = new HexRows(data, columns.bytesPerLine(), foldZeros.get(), keep, opened);
        requestLayout();
    }

    @Override
    protected double insideWidth() {
        return Math.max(0, super.insideWidth() - SCROLL_BAR_WIDTH);
    }

    @Override
    protected void layoutChildren() {
        HexColumns fitting = HexColumns.fitting(insideWidth() / painter.charWidth(), data.length);
        if (!fitting.equals(columns)) {
            int top = rows.count() == 0 ? 0 : rows.row((int) scroll.getValue()).offset();
            columns = fitting;
            rebuild();
            scroll.setValue(rows.count() == 0 ? 0 : rows.rowOf(top));
        }
        double visible = visibleRows();
        scroll.setMax(Math.max(0, rows.count() - visible));
        scroll.setVisibleAmount(scroll.getMax() * Math.min(1, visible / Math.max(1, rows.count())));
        scroll.setValue(Math.min(scroll.getValue(), scroll.getMax()));
        scroll.setVisible(scroll.getMax() > 0);
        scroll.setUnitIncrement(1);
        scroll.setBlockIncrement(rowsPerPage());
        scroll.resizeRelocate(
                getWidth() - SCROLL_BAR_WIDTH - 1,
                snappedTopInset(),
                SCROLL_BAR_WIDTH,
                Math.max(0, getHeight() - snappedTopInset() - snappedBottomInset()));
        super.layoutChildren();
        if (revealOnLayout >= 0 && getHeight() > 0) {
            int offset = revealOnLayout;
            revealOnLayout = -1;
            reveal(offset);
        }
    }

    @Override
    protected void draw(GraphicsContext g, double width, double height) {
        painter.begin(g, columns, data, selection.get().isEmpty() ? highlight.get() : selection.get());
        painter.marks(changed, errors, isFocused() && editable.get() ? caret : -1, asciiSide);
        int first = (int) scroll.getValue();
        double y = (first - scroll.getValue()) * ROW_HEIGHT;
        for (int row = first; row < rows.count() && y < height; row++, y += ROW_HEIGHT) {
            painter.row(rows.row(row), Math.round(y));
        }
    }

    private double visibleRows() {
        return Math.max(1, (getHeight() - snappedTopInset() - snappedBottomInset()) / ROW_HEIGHT);
    }

    private void pressed(MouseEvent e) {
        requestFocus();
        int row = rowAt(e.getY());
        if (row >= rows.count()) {
            return;
        }
        if (rows.row(row).folded()) {
            opened.set(rows.row(row).offset());
            rebuild();
            return;
        }
        if (e.isPrimaryButtonDown() || selection.get().isEmpty()) {
            asciiSide = columns.isAscii(columnAt(e.getX()));
            moveTo(offsetAt(row, e.getX()), e.isShiftDown());
        }
    }

    private void dragged(MouseEvent e) {
        int row = Math.clamp(rowAt(e.getY()), 0, Math.max(0, rows.count() - 1));
        if (e.isPrimaryButtonDown() && rows.count() > 0 && anchor >= 0) {
            HexRows.Row target = rows.row(row);
            if (!target.folded()) {
                moveTo(offsetAt(row, e.getX()), true);
            }
        }
    }

    private void scrolled(ScrollEvent e) {
        double to = scroll.getValue() - e.getDeltaY() / ROW_HEIGHT;
        scroll.setValue(Math.clamp(to, 0, scroll.getMax()));
        e.consume();
    }

    private int rowAt(double y) {
        return (int) Math.floor((y - snappedTopInset()) / ROW_HEIGHT + scroll.getValue());
    }

    private double columnAt(double x) {
        return (x - snappedLeftInset()) / painter.charWidth();
    }

    private int offsetAt(int row, double x) {
        double column = columnAt(x);
        int index = columns.isAscii(column) ? columns.asciiAt(column) : columns.byteAt(column);
        HexRows.Row line = rows.row(row);
        return line.offset() + Math.min(index, line.length() - 1);
    }
}
