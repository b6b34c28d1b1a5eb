package dev.doorbell.app.controls;

import java.util.BitSet;
import java.util.HexFormat;
import javafx.scene.canvas.GraphicsContext;
import javafx.scene.paint.Paint;
import javafx.scene.text.Font;

/** Draws the rows of a dump. */
final class HexPainter {
    private static final double INSET = 3;
    private static final HexFormat HEX = HexFormat.of();
    private static final String[] PAIRS = new String[256];

    static {
        for (int i = 0; i < PAIRS.length; i++) {
            PAIRS[i] = HEX.toHexDigits((byte) i);
        }
    }

    private final CanvasRegion.Ink offset;
    private final CanvasRegion.Ink plain;
    private final CanvasRegion.Ink zero;
    private final CanvasRegion.Ink ascii;
    private final CanvasRegion.Ink fold;
    private final CanvasRegion.Ink selection;
    private final CanvasRegion.Ink selectionEdge;
    private final CanvasRegion.Ink changed;
    private final CanvasRegion.Ink changedFill;
    private final CanvasRegion.Ink error;
    private final CanvasRegion.Ink errorFill;
    private final CanvasRegion.Ink caret;

    private GraphicsContext g;
    private HexColumns columns;
    private byte[] data;
    private HexRange selected;
    private BitSet changedBytes;
    private BitSet errorBytes;
    private int caretAt;
    private boolean caretInAscii;
    private Font measured = Font.getDefault();
    private double charWidth = 7.2;

    HexPainter(CanvasRegion.Ink... inks) {
        offset = inks[0];
        plain = inks[1];
        zero = inks[2];
        ascii = inks[3];
        fold = inks[4];
        selection = inks[5];
        selectionEdge = inks[6];
        changed = inks[7];
        changedFill = inks[8];
        error = inks[9];
        errorFill = inks[10];
        caret = inks[11];
    }

    /** The advance of one character. */
    double charWidth() {
        if (!measured.equals(plain.font())) {
            measured = plain.font();
            charWidth = plain.width("0".repeat(64)) / 64;
        }
        return charWidth;
    }

    void begin(GraphicsContext graphics, HexColumns columns, byte[] data, HexRange selected) {
        this.g = graphics;
        this.columns = columns;
        this.data = data;
        this.selected = selected;
    }

    void marks(BitSet changedBytes, BitSet errorBytes, int caretAt, boolean caretInAscii) {
        this.changedBytes = changedBytes;
        this.errorBytes = errorBytes;
        this.caretAt = caretAt;
        this.caretInAscii = caretInAscii;
    }

    void row(HexRows.Row row, double y) {
        double base = y + HexView.ROW_HEIGHT / 2 + 4;
        if (row.folded()) {
            foldRow(row, y, base);
            return;
        }
        text(address(row.offset()), 0, base, offset);
        for (int i = 0; i < row.length(); i++) {
            int at = row.offset() + i;
            back(at, columns.byteColumn(i), 2, y, i < row.length() - 1 && i % 4 != 3);
            if (columns.ascii()) {
                back(at, columns.asciiColumn(i), 1, y, false);
            }
        }
        for (int i = 0; i < row.length(); i++) {
            int at = row.offset() + i;
            text(PAIRS[data[at] & 0xff], columns.byteColumn(i), base, ink(at, data[at] == 0 ? zero : plain));
            if (columns.ascii()) {
                String c = ByteText.isPrintable(data[at]) ? String.valueOf((char) data[at]) : "·";
                text(c, columns.asciiColumn(i), base, ink(at, ascii));
            }
        }
    }

    private void foldRow(HexRows.Row row, double y, double base) {
        g.setStroke(fold.paint());
        g.setLineWidth(1.2);
        double x = 5;
        double middle = y + HexView.ROW_HEIGHT / 2;
        for (int side : new int[] {-1, 1}) {
            g.strokePolyline(
                    new double[] {x - 2.5, x, x + 2.5},
                    new double[] {middle + side * 2.5, middle + side * 5, middle + side * 2.5},
                    3);
        }
        g.setFont(fold.font());
        g.setFill(fold.paint());
        g.fillText(ControlTexts.of("hex.fold", Figures.count(row.length())), 16, base);
    }

    private String address(int at) {
        String digits = Integer.toHexString(at);
        return "0".repeat(Math.max(0, columns.offsetDigits() - digits.length())) + digits;
    }

    private CanvasRegion.Ink ink(int at, CanvasRegion.Ink otherwise) {
        return errorBytes.get(at) ? error : selected.contains(at) ? plain : changedBytes.get(at) ? changed : otherwise;
    }

    /** Tints behind a byte; a selected byte joins the next one of its group if that is selected too. */
    private void back(int at, int column, int characters, double y, boolean joins) {
        boolean isSelected = selected.contains(at);
        Paint fill = isSelected
                ? selection.paint()
                : errorBytes.get(at) ? errorFill.paint() : changedBytes.get(at) ? changedFill.paint() : null;
        if (fill != null) {
            boolean next = joins && sameTint(at, at + 1);
            double x = Math.round(column * charWidth);
            double end = Math.round((column + characters + (next ? 1 : 0)) * charWidth);
            double top = y + INSET;
            double bottom = y + HexView.ROW_HEIGHT - INSET;
            g.setFill(fill);
            g.fillRect(x, top, end - x, bottom - top);
            if (isSelected) {
                g.setFill(selectionEdge.paint());
                g.fillRect(x, top - 1, end - x, 1);
                g.fillRect(x, bottom, end - x, 1);
            }
        }
        if (at == caretAt && (characters == 1) == caretInAscii) {
            g.setFill(caret.paint());
            g.fillRect(Math.round(column * charWidth), y + HexView.ROW_HEIGHT - INSET, characters * charWidth, 2);
        }
    }

    private boolean sameTint(int a, int b) {
        return selected.contains(a)
                ? selected.contains(b)
                : !selected.contains(b)
                        && errorBytes.get(a) == errorBytes.get(b)
                        && changedBytes.get(a) == changedBytes.get(b);
    }

    private void text(String text, int column, double base, CanvasRegion.Ink ink) {
        g.setFont(ink.font());
        g.setFill(ink.paint());
        g.fillText(text, column * charWidth, base);
    }
}
