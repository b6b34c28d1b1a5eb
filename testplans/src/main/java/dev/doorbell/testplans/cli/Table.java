package dev.doorbell.testplans.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** Text in aligned columns. Columns that are empty everywhere are left out. */
final class Table {
    private final List<String> heads;
    private final List<Boolean> right;
    private final List<List<String>> rows = new ArrayList<>();

    /** Heads that start with {@code >} align to the right. */
    Table(String... heads) {
        this.heads = List.of(heads).stream().map(h -> h.replaceFirst("^>", "")).toList();
        this.right = List.of(heads).stream().map(h -> h.startsWith(">")).toList();
    }

    Table row(String... cells) {
        rows.add(List.of(cells));
        return this;
    }

    boolean isEmpty() {
        return rows.isEmpty();
    }

    void print(PrintWriter out, UnaryOperator<String> head) {
        List<Integer> shown = new ArrayList<>();
        List<Integer> widths = new ArrayList<>();
        for (int i = 0; i < heads.size(); i++) {
            int column = i;
            int width = rows.stream().mapToInt(r -> width(r.get(column))).max().orElse(0);
            if (width > 0) {
                shown.add(i);
            }
            widths.add(Math.max(width, heads.get(i).length()));
        }
        out.println(head.apply(line(heads, shown, widths)));
        rows.forEach(r -> out.println(line(r, shown, widths)));
    }

    private String line(List<String> cells, List<Integer> shown, List<Integer> widths) {
        StringBuilder out = new StringBuilder();
        for (int i : shown) {
            String cell = cells.get(i);
            String space = " ".repeat(Math.max(0, widths.get(i) - width(cell)));
            out.append(out.isEmpty() ? "" : "  ").append(right.get(i) ? space + cell : cell + space);
        }
        return out.toString().stripTrailing();
    }

    private static int width(String text) {
        return text.codePointCount(0, text.length());
    }
}
