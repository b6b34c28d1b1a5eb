package dev.doorbell.app.controls;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Which rows of a tree are shown.
 *
 * @param text what name, title, value or meaning contain; empty for everything
 * @param nonZeroOnly leaves out fields of which every bit is zero, unless they have just become so
 */
record FieldFilter(String text, boolean nonZeroOnly) {
    FieldFilter {
        text = text.strip().toLowerCase(Locale.ROOT);
    }

    boolean isSearching() {
        return !text.isEmpty();
    }

    /** The rows below {@code row} that pass, each with those of its own rows that pass. */
    List<FieldRow> apply(FieldRow row) {
        List<FieldRow> passed = new ArrayList<>();
        for (FieldRow child : row.children()) {
            if (nonZeroOnly && child.field().isZero() && !child.changed()) {
                continue;
            }
            boolean hit = text.isEmpty() || child.matches(text);
            List<FieldRow> below = (hit ? new FieldFilter("", nonZeroOnly) : this).apply(child);
            if (hit || !below.isEmpty()) {
                passed.add(new FieldRow(child.field(), child.before(), child.changed(), below));
            }
        }
        return passed;
    }
}
