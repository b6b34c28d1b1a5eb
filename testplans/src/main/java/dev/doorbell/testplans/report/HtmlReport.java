package dev.doorbell.testplans.report;

import dev.doorbell.testplans.run.RunResult;
import io.pebbletemplates.pebble.PebbleEngine;
import io.pebbletemplates.pebble.loader.ClasspathLoader;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;

/** Writes a run as one HTML file that needs nothing else: style, script and charts are inside. */
public final class HtmlReport {
    private static final String FOLDER = "dev/doorbell/testplans/report";

    private HtmlReport() {}

    /** Writes the file, and its folder when that is missing. */
    public static void write(RunResult run, Path file) {
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            try (Writer out = Files.newBufferedWriter(file)) {
                write(run, out);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Writes the page. */
    public static void write(RunResult run, Writer out) throws IOException {
        ClasspathLoader loader = new ClasspathLoader(HtmlReport.class.getClassLoader());
        loader.setPrefix(FOLDER);
        PebbleEngine engine = new PebbleEngine.Builder()
                .loader(loader)
                .defaultLocale(Locale.ROOT)
                .strictVariables(true)
                .newLineTrimming(true)
                .build();
        Map<String, Object> model = Map.of(
                "run", ReportModel.of(run),
                "style", resource("report.css"),
                "script", resource("report.js"));
        engine.getTemplate("report.html").evaluate(out, model);
    }

    private static String resource(String name) throws IOException {
        try (InputStream in = HtmlReport.class.getResourceAsStream("/" + FOLDER + "/" + name)) {
            if (in == null) {
                throw new IllegalStateException(name + " is missing in this jar, beside HtmlReport");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
