package dev.doorbell.app.controls;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * Which line of a dump stands in which row when runs of zero lines are folded into one row each. Immutable; finding a
 * row is logarithmic, so data of any size scrolls alike.
 */
final class HexRows {
    /** Shorter runs are shown: a row saved is not worth a gap in the picture. */
    static final int FOLD_FROM_LINES = 4;

    private final int bytesPerLine;
    private final int size;
    private final List<Segment> segments;
    private final int rows;

    /** Lines {@code line … line+lines-1}, beginning at visual row {@code row}; folded, they take one row. */
    private record Segment(int row, int line, int lines, boolean folded) {}

    /** A visual row: the bytes it stands for, and whether it is the one row of a fold. */
    record Row(int offset, int length, boolean folded) {}

    /**
     * @param keep bytes whose lines are never folded (changed, wrong)
     * @param opened offsets inside folds that the user has opened
     */
    HexRows(byte[] data, int bytesPerLine, boolean fold, BitSet keep, BitSet opened) {
        this.bytesPerLine = bytesPerLine;
        this.size = data.length;
        this.segments = new ArrayList<>();
        int lines = (data.length + bytesPerLine - 1) / bytesPerLine;
        int row = 0;
        int line = 0;
        while (line < lines) {
            int zero = fold ? zeroLines(data, line, lines, keep) : 0;
            boolean folded = zero >= FOLD_FROM_LINES && !isOpened(opened, line, zero);
            int run = zero;
            if (zero == 0) {
                run = 1;
            }
            row += append(row, line, run, folded);
            line += run;
        }
        this.rows = row;
    }

    private int append(int row, int line, int lines, boolean folded) {
        if (!folded && !segments.isEmpty() && !segments.getLast().folded) {
            Segment last = segments.removeLast();
            segments.add(new Segment(last.row, last.line, last.lines + lines, false));
            return lines;
        }
        segments.add(new Segment(row, line, lines, folded));
        return folded ? 1 : lines;
    }

    private boolean isOpened(BitSet opened, int line, int lines) {
        int hit = opened.nextSetBit(line * bytesPerLine);
        return hit >= 0 && hit < (line + lines) * bytesPerLine;
    }

    private int zeroLines(byte[] data, int from, int lines, BitSet keep) {
        int limit = keep.nextSetBit(from * bytesPerLine);
        int stop = limit < 0 ? lines : Math.min(lines, limit / bytesPerLine);
        int line = from;
        while (line < stop && isZero(data, line)) {
            line++;
        }
        return line - from;
    }

    private boolean isZero(byte[] data, int line) {
        int end = Math.min(data.length, (line + 1) * bytesPerLine);
        for (int i = line * bytesPerLine; i < end; i++) {
            if (data[i] != 0) {
                return false;
            }
        }
        return true;
    }

    /** How many rows there are. */
    int count() {
        return rows;
    }

    /** The row at an index from 0 to {@link #count()} - 1. */
    Row row(int index) {
        Segment segment = segments.get(find(index, true));
        int line = segment.folded ? segment.line : segment.line + index - segment.row;
        int offset = line * bytesPerLine;
        int length = (segment.folded ? segment.lines : 1) * bytesPerLine;
        return new Row(offset, Math.min(length, size - offset), segment.folded);
    }

    /** The index of the row that stands for a byte. */
    int rowOf(int offset) {
        int line = offset / bytesPerLine;
        Segment segment = segments.get(find(line, false));
        return segment.folded ? segment.row : segment.row + line - segment.line;
    }

    private int find(int key, boolean byRow) {
        int low = 0;
        int high = segments.size() - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            Segment segment = segments.get(middle);
            if ((byRow ? segment.row : segment.line) <= key) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }
}
