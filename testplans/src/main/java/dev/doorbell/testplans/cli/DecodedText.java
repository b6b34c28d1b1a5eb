package dev.doorbell.testplans.cli;

import dev.doorbell.spec.Decoded;
import java.io.PrintWriter;

/** A decoded tree as a table: where, field, value, meaning. */
final class DecodedText {
    private final Style style;
    private final boolean all;

    /** {@code all}: reserved fields too, and elements that are zero. */
    DecodedText(Style style, boolean all) {
        this.style = style;
        this.all = all;
    }

    void print(Decoded root, PrintWriter out, String where) {
        Table table = new Table(">" + where, "FIELD", "VALUE", "MEANING");
        root.children().forEach(c -> add(c, 0, table));
        table.print(out, style::bold);
    }

    private void add(Decoded d, int depth, Table table) {
        boolean reserved = d.spec().reserved();
        if (!all && (reserved && d.isZero() || d.name().endsWith("]") && d.isZero())) {
            return;
        }
        String value = d.children().isEmpty() || d.children().getFirst().isBits() ? d.value() : "";
        boolean alone = d.children().isEmpty() && !d.meaning().isEmpty();
        String meaning = alone ? d.title() + ": " + d.meaning() : d.title();
        table.row(where(d), "  ".repeat(depth) + d.name(), value, reserved ? "reserved" : meaning);
        d.children().forEach(c -> add(c, depth + 1, table));
    }

    private static String where(Decoded d) {
        if (d.isBits()) {
            return "bit " + (d.bitLow() == d.bitHigh() ? "" + d.bitLow() : d.bitHigh() + ":" + d.bitLow());
        }
        int last = d.byteOffset() + d.byteLength() - 1;
        return last == d.byteOffset() ? "" + last : last + ":" + d.byteOffset();
    }
}
