package dev.doorbell.app.tour;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The page beside the pictures. */
final class Summary {
    private static final String FIGURES = "summary.txt";

    private Summary() {}

    /** Writes what was found on the way, as text. */
    static void figures(Path folder, Map<String, String> figures, List<String> troubles) throws IOException {
        List<String> lines = new ArrayList<>();
        figures.forEach((name, value) -> lines.add(name + ": " + value));
        troubles.forEach(t -> lines.add("PROBLEM: " + t));
        Files.createDirectories(folder);
        Files.write(folder.resolve(FIGURES), lines);
    }

    static Path write(Path folder, List<Stop> stops, List<Boolean> themes) throws IOException {
        StringBuilder page = new StringBuilder("""
                <!doctype html>
                <html lang="en"><meta charset="utf-8"><title>Doorbell: a tour</title>
                <style>
                  :root { color-scheme: light dark }
                  body { font: 16px/1.5 Inter, system-ui, sans-serif; max-width: 1200px; margin: 32px auto; padding: 0 16px }
                  img { width: 100%; border: 1px solid #8884; border-radius: 6px; margin: 4px 0 12px }
                  h2 { margin: 40px 0 4px } pre { background: #8882; padding: 12px; border-radius: 6px }
                </style>
                <h1>Doorbell: a tour</h1>
                <p>Every view of the workbench, on the simulated SSD.</p>
                """);
        page.append("<pre>")
                .append(escape(Files.readString(folder.resolve(FIGURES))))
                .append("</pre>\n");
        for (Stop stop : stops) {
            page.append("<h2>")
                    .append(escape(stop.title()))
                    .append("</h2>\n<p>")
                    .append(escape(stop.text()))
                    .append("</p>\n");
            for (boolean dark : themes) {
                String picture = stop.id() + (dark ? "-dark.png" : "-light.png");
                page.append("<img loading=\"lazy\" alt=\"%s\" src=\"%s\">\n".formatted(escape(stop.title()), picture));
            }
        }
        Path file = folder.resolve("index.html");
        Files.writeString(file, page);
        return file;
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace("\"", "&quot;");
    }
}
