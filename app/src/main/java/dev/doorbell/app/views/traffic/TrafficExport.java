package dev.doorbell.app.views.traffic;

import dev.doorbell.app.controls.Csv;
import dev.doorbell.plugin.Problem;
import dev.doorbell.plugin.Texts;
import dev.doorbell.plugin.Workbench;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import javafx.embed.swing.SwingFXUtils;
import javafx.scene.Node;
import javafx.stage.FileChooser;
import javax.imageio.ImageIO;

/** Writes charts and results to files that the user chooses. */
final class TrafficExport {
    private TrafficExport() {}

    /** The node as a PNG picture. */
    static void picture(Workbench workbench, Texts texts, Node node) {
        choose(texts, node, "traffic.png", "*.png").ifPresent(path -> {
            var image = SwingFXUtils.fromFXImage(node.snapshot(null, null), null);
            write(workbench, texts, path, () -> {
                if (!ImageIO.write(image, "png", path.toFile())) {
                    throw new IOException(texts.get("export.noPng"));
                }
            });
        });
    }

    /** The intervals as comma-separated values. */
    static void course(Workbench workbench, Texts texts, Node near, List<Interval> intervals) {
        choose(texts, near, "traffic.csv", "*.csv")
                .ifPresent(path ->
                        write(workbench, texts, path, () -> Files.writeString(path, Csv.text(rows(intervals)))));
    }

    /** A header and a row for each interval; times in ns, data in bytes. */
    static List<List<String>> rows(List<Interval> intervals) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of(
                "time",
                "seconds",
                "ios",
                "iops",
                "bytes_per_second",
                "p50_ns",
                "p99_ns",
                "p99_9_ns",
                "max_ns",
                "errors",
                "celsius"));
        for (var i : intervals) {
            rows.add(List.of(
                    Instant.ofEpochMilli(Math.round(i.seconds() * 1000)).toString(),
                    String.format(Locale.ROOT, "%.6f", i.lengthSeconds()),
                    Long.toString(i.completed()),
                    whole(i.iops()),
                    whole(i.bytesPerSecond()),
                    whole(i.p50()),
                    whole(i.p99()),
                    whole(i.p999()),
                    whole(i.max()),
                    Long.toString(i.errors()),
                    whole(i.celsius())));
        }
        return rows;
    }

    private static String whole(double value) {
        return Double.isNaN(value) ? "" : Long.toString(Math.round(value));
    }

    static void text(Workbench workbench, Texts texts, Node near, String name, String pattern, String content) {
        choose(texts, near, name, pattern)
                .ifPresent(path -> write(workbench, texts, path, () -> Files.writeString(path, content)));
    }

    private static Optional<Path> choose(Texts texts, Node near, String name, String pattern) {
        var chooser = new FileChooser();
        chooser.setInitialFileName(name);
        chooser.getExtensionFilters().add(new FileChooser.ExtensionFilter(texts.get("export.files", pattern), pattern));
        return Optional.ofNullable(chooser.showSaveDialog(near.getScene().getWindow()))
                .map(File::toPath);
    }

    private static void write(Workbench workbench, Texts texts, Path path, Writer writer) {
        workbench
                .jobs()
                .submit(texts.get("export.job", path.getFileName()), monitor -> {
                    writer.write();
                    return path;
                })
                .result()
                .whenComplete((done, failure) -> {
                    if (failure == null) {
                        workbench.say(texts.get("export.done", path));
                    } else {
                        workbench.problems().show(Problem.error("traffic", failure));
                    }
                });
    }

    private interface Writer {
        void write() throws IOException;
    }
}
