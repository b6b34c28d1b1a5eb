package dev.doorbell.testplans.report;

import dev.doorbell.testplans.plan.Hex;
import dev.doorbell.testplans.run.Difference;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A difference as rows of eight bytes, expected beside got. */
final class HexRows {
    private static final int ROW = 8;

    private HexRows() {}

    /** A row; the cells are bytes as hex, marked where they differ. */
    record Row(int offset, List<Cell> expected, List<Cell> got, boolean differs) {
        String expectedText() {
            return text(expected);
        }

        String gotText() {
            return text(got);
        }

        private static String text(List<Cell> cells) {
            return String.join(" ", cells.stream().map(Cell::hex).toList());
        }
    }

    /** A byte. */
    record Cell(String hex, boolean differs, boolean zero) {}

    static List<Row> of(Difference d) {
        List<Row> rows = new ArrayList<>();
        int length = Math.max(d.expected().length, d.got().length);
        for (int at = 0; at < length; at += ROW) {
            List<Cell> expected = cells(d.expected(), d.got(), at);
            List<Cell> got = cells(d.got(), d.expected(), at);
            rows.add(new Row(d.windowOffset() + at, expected, got, got.stream().anyMatch(Cell::differs)));
        }
        return rows;
    }

    private static List<Cell> cells(byte[] data, byte[] other, int from) {
        List<Cell> cells = new ArrayList<>();
        for (int i = from; i < Math.min(from + ROW, data.length); i++) {
            boolean differs = i >= other.length || data[i] != other[i];
            cells.add(new Cell(Hex.text(Arrays.copyOfRange(data, i, i + 1)), differs, data[i] == 0));
        }
        return cells;
    }
}
