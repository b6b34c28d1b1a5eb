package dev.doorbell.app.controls;

import java.util.List;
import java.util.stream.Collectors;

/** Comma-separated values as RFC 4180 has them, with line feeds. */
public final class Csv {
    private Csv() {}

    /** All rows, each ended by a line feed. */
    public static String text(List<? extends List<String>> rows) {
        return rows.stream()
                .map(row -> row.stream().map(Csv::cell).collect(Collectors.joining(",")) + "\n")
                .collect(Collectors.joining());
    }

    private static String cell(String value) {
        boolean quoted = value.contains(",") || value.contains("\"") || value.contains("\n") || value.contains("\r");
        return quoted ? '"' + value.replace("\"", "\"\"") + '"' : value;
    }
}
