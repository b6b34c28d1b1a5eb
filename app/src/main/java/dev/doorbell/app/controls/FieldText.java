package dev.doorbell.app.controls;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.doorbell.spec.Decoded;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/** Decoded fields as text to paste or save. */
public final class FieldText {
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    private FieldText() {}

    /** One line a field: path, value, meaning, in columns. */
    public static String text(List<Decoded> fields) {
        int name = fields.stream().mapToInt(f -> f.path().length()).max().orElse(0);
        int value = fields.stream().mapToInt(f -> f.value().length()).max().orElse(0);
        StringBuilder text = new StringBuilder();
        for (Decoded field : fields) {
            String line = pad(field.path(), name + 2) + pad(field.value(), Math.min(value, 40) + 2) + field.meaning();
            text.append(line.stripTrailing()).append('\n');
        }
        return text.toString();
    }

    /** A table with a header line; fields with commas, quotes or line ends are quoted. */
    public static String csv(List<Decoded> fields) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("path", "title", "bytes", "value", "meaning"));
        for (Decoded field : fields) {
            rows.add(List.of(field.path(), field.title(), bytes(field), field.value(), field.meaning()));
        }
        return Csv.text(rows);
    }

    /** The JSON form of the catalogue: one object with a member for each field. */
    public static String json(List<Decoded> fields) {
        if (fields.size() == 1) {
            return write(fields.getFirst().toJson());
        }
        ObjectNode all = JSON.createObjectNode();
        fields.forEach(f -> all.set(f.path(), f.toJson()));
        return write(all);
    }

    /** All fields below a node, parents before their children. */
    public static List<Decoded> flat(Decoded root) {
        List<Decoded> fields = new ArrayList<>();
        for (Decoded child : root.children()) {
            fields.add(child);
            fields.addAll(flat(child));
        }
        return fields;
    }

    /** Where a field is, as the specifications write it: {@code 257:256}, {@code 72}, {@code bit 3}, {@code [10:7]}. */
    public static String bytes(Decoded field) {
        if (field.isBits()) {
            return field.bitLow() == field.bitHigh()
                    ? "bit " + field.bitLow()
                    : "[" + field.bitHigh() + ":" + field.bitLow() + "]";
        }
        int last = field.byteOffset() + field.byteLength() - 1;
        return field.byteLength() <= 1
                ? Integer.toString(field.byteOffset())
                : String.format("%02d:%02d", last, field.byteOffset());
    }

    /** The same for registers and configuration space, which are known by their offset: {@code 0x14}. */
    public static String offset(Decoded field) {
        return field.isBits() ? bytes(field) : String.format("0x%02x", field.byteOffset());
    }

    private static String write(Object node) {
        try {
            return JSON.writeValueAsString(node) + "\n";
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String pad(String text, int width) {
        return text.length() >= width ? text + "  " : text + " ".repeat(width - text.length());
    }
}
