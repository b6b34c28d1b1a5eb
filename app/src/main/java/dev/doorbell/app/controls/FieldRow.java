package dev.doorbell.app.controls;

import dev.doorbell.spec.Decoded;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A field with what it was before, and the rows below it. Immutable.
 *
 * @param field the field now
 * @param before the same field in the reading compared with; empty without comparison or where it did not exist
 * @param changed whether the two differ
 * @param children rows of the fields inside
 */
public record FieldRow(Decoded field, Optional<Decoded> before, boolean changed, List<FieldRow> children) {
    public FieldRow {
        children = List.copyOf(children);
    }

    /** Pairs a decoded tree with an earlier one of the same structure, field by field. */
    public static FieldRow pair(Decoded now, Optional<Decoded> earlier) {
        Map<String, Decoded> before = new HashMap<>();
        earlier.ifPresent(e -> e.children().forEach(c -> before.put(c.path(), c)));
        List<FieldRow> rows = new ArrayList<>();
        for (Decoded child : now.children()) {
            Optional<Decoded> was = Optional.ofNullable(before.get(child.path()));
            rows.add(earlier.isPresent() ? pair(child, was) : pair(child, Optional.empty()));
        }
        boolean changed = earlier.map(e -> differs(now, e)).orElse(false);
        return new FieldRow(now, earlier, changed, rows);
    }

    private static boolean differs(Decoded now, Decoded before) {
        return now.byteLength() != before.byteLength() || !now.raw().equals(before.raw());
    }

    /** Whether the field stands for whole fields below it rather than for a value of its own. */
    public boolean isContainer() {
        return !children.isEmpty() && !children.getFirst().field.isBits();
    }

    /** How many values differ, in this row and below. */
    public int changes() {
        int below = children.stream().mapToInt(FieldRow::changes).sum();
        return below + (changed && !isContainer() && !field.path().isEmpty() ? 1 : 0);
    }

    /** Whether a filter text in lower case occurs in name, title, value or, unless it sums up the rows below, meaning. */
    boolean matches(String filter) {
        return contains(field.name(), filter)
                || contains(field.path(), filter)
                || contains(field.title(), filter)
                || contains(field.value(), filter)
                || children.isEmpty() && contains(field.meaning(), filter);
    }

    private static boolean contains(String text, String filter) {
        return text.toLowerCase(Locale.ROOT).contains(filter);
    }

    /** Its bytes in the decoded data, minus {@code base}. */
    public HexRange range(int base) {
        int from = field.byteOffset() - base;
        return from < 0 ? HexRange.NONE : new HexRange(from, field.byteLength());
    }
}
