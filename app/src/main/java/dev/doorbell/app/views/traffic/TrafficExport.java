package dev.doorbell.app.views.traffic;

import dev.doorbell.app.controls.Csv;
import dev.doorbell.app.controls.chart.TimeFrame;
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
import javafx.scene.SnapshotParameters;
import javafx.scene.transform.Transform;
import javafx.stage.FileChooser;
import javax.imageio.ImageIO;

/** Writes charts and results to files that the user chooses. */
final class TrafficExport {
    private static final double PICTURE_SCALE = 2;

    private TrafficExport() {}

    /** The node as a PNG picture. */
    static void picture(Workbench workbench, Texts texts, Node node) {
        choose(texts, node, "traffic.png", "*.png").ifPresent(path -> {
            var parameters = new SnapshotParameters();
            parameters.setTransform(Transform.scale(PICTURE_SCALE, PICTURE_SCALE));
            var image = SwingFXUtils.fromFXImage(node.snapshot(parameters, null), null);
            write(workbench, texts, path, () -> {
                if (!ImageIO.write(image, "png", path.toFile())) {
                    throw new IOException(texts.get("export.noPng"));
                }
            });
        });
    }

    /** The charts as they are, as a vector drawing. */
    static void drawing(Workbench workbench, Texts texts, LiveCharts charts) {
        var content = charts.svg();
        text(workbench, texts, charts, "traffic.svg", "*.svg", content);
    }

    /** What stands in a stretch of time as comma-separated values. */
    static void course(Workbench workbench, Texts texts, Node near, Courses courses, TimeFrame.Span span) {
        choose(texts, near, "traffic.csv", "*.csv")
                .ifPresent(path ->
                        write(workbench, texts, path, () -> Files.writeString(path, Csv.text(rows(courses, span)))));
    }

    /** A header, a row for each interval of all workers together, and those of each by itself; times in ns, data in bytes. */
    static List<List<String>> rows(Courses courses, TimeFrame.Span span) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of(
                "time",
                "worker",
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
        add(rows, "all", courses.sum(), span);
        for (int i = 0; i < courses.each().size(); i++) {
            add(rows, "w" + (i + 1), courses.each().get(i), span);
        }
        return rows;
    }

    private static void add(List<List<String>> rows, String worker, Course course, TimeFrame.Span span) {
        for (var i : course.intervals(span.from(), span.to())) {
            rows.add(List.of(
                    Instant.ofEpochMilli(Math.round(i.seconds() * 1000)).toString(),
                    worker,
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
