package dev.doorbell.app.controls;

import dev.doorbell.spec.Decoded;
import javafx.scene.text.Font;
import javafx.scene.text.Text;

/**
 * How much room the texts of decoded data need, in pixels, paddings included.
 *
 * @param names the widest name of the top level, as it is shown when there is room
 * @param values the widest value of the top level
 */
record FieldWidths(double names, double values) {
    static final FieldWidths NONE = new FieldWidths(0, 0);

    private static final Font WORDS = Font.font("Inter", 13);
    private static final Text MEASURE = measure();
    /** Of the monospaced face at 12 pixels. */
    private static final double DIGIT = 7.22;

    private static final double PADDING = 18;
    private static final double ARROW = 22;
    private static final double INDENT = 20;

    private static Text measure() {
        Text text = new Text();
        text.setFont(WORDS);
        return text;
    }

    /** The needs of a structure whose fields go by their titles or by their names. */
    static FieldWidths of(Decoded data, boolean byTitle) {
        double names = 0;
        double values = 0;
        for (Decoded field : data.children()) {
            names = Math.max(names, width(byTitle && !field.title().isBlank() ? field.title() : field.name()));
            if (field.children().isEmpty() || !field.value().isBlank()) {
                values = Math.max(values, field.value().length() * DIGIT);
            }
        }
        return new FieldWidths(names + ARROW + PADDING, values + PADDING);
    }

    /** Whether the top level's titles are too long for a column, so that all of it goes by names. */
    boolean shortNames(double columnWidth) {
        return names > columnWidth;
    }

    /** Whether a field's title fits into a column, behind its indent. */
    boolean fits(Decoded field, double columnWidth) {
        long depth = field.path().chars().filter(c -> c == '.').count();
        return width(field.title()) + ARROW + PADDING + depth * INDENT <= columnWidth;
    }

    private static double width(String text) {
        MEASURE.setText(text);
        return MEASURE.getLayoutBounds().getWidth();
    }
}
