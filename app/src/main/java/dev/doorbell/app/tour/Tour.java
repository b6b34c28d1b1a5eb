package dev.doorbell.app.tour;

import dev.doorbell.app.shell.DrivenWindow;
import dev.doorbell.app.shell.Options;
import dev.doorbell.spec.Catalogue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;

/** Shows the workbench by itself, see the package. Exit status 1 when something on the way did not work. */
public final class Tour {
    private static final double WIDTH = 1600;
    private static final double HEIGHT = 1000;
    private static final String USAGE =
            "Usage: doorbell tour [--out DIR] [--theme dark|light|both] [--size WIDTHxHEIGHT]";

    private Tour() {}

    /** {@code --out DIR}: where the pictures go, {@code ./doorbell-tour} by default. */
    public static void main(String[] args) throws IOException {
        Path out = Path.of("doorbell-tour");
        List<Boolean> themes = List.of(true, false);
        double width = WIDTH;
        double height = HEIGHT;
        for (int i = 0; i < args.length; i += 2) {
            String value = i + 1 < args.length ? args[i + 1] : "";
            switch (args[i]) {
                case "--out" -> out = Path.of(value);
                case "--theme" ->
                    themes = value.equals("dark") ? List.of(true) : value.equals("light") ? List.of(false) : themes;
                case "--size" -> {
                    width = Double.parseDouble(value.split("x")[0]);
                    height = Double.parseDouble(value.split("x")[1]);
                }
                default -> {
                    System.err.println("doorbell: the tour has no option " + args[i] + "\n" + USAGE);
                    System.exit(2);
                }
            }
        }
        Logger.getLogger("javafx").setLevel(Level.SEVERE);
        Thread.ofPlatform()
                .daemon()
                .name("catalogue")
                .start(() -> Catalogue.standard().prepareSearch());
        int troubles = 0;
        for (boolean dark : themes) {
            troubles += lead(out, dark, width, height);
        }
        Path page = Summary.write(out, Stops.all(), themes);
        System.out.println("The tour's pictures and its summary are in "
                + out.toAbsolutePath().normalize());
        System.out.println("Open " + page.toAbsolutePath().normalize());
        System.exit(troubles == 0 ? 0 : 1);
    }

    /** The whole way in one theme; returns the number of troubles, which it prints. */
    public static int lead(Path out, boolean dark, double width, double height) throws IOException {
        Path home = Files.createTempDirectory("doorbell-tour");
        String suffix = dark ? "dark" : "light";
        Options options = new Options(home, List.of(), Optional.empty(), Optional.of(dark));
        int troubles;
        try (DrivenWindow window = DrivenWindow.start(options, width, height)) {
            Guide guide = new Guide(window, out);
            for (Stop stop : Stops.all()) {
                try {
                    stop.visit().go(guide);
                    guide.picture(stop.id() + "-" + suffix);
                    System.out.println(stop.title());
                } catch (RuntimeException e) {
                    guide.trouble(stop.title() + ": " + e.getMessage());
                }
            }
            guide.figures().forEach((name, value) -> System.out.println(name + ": " + value));
            guide.troubles().forEach(t -> System.err.println("doorbell: " + t));
            troubles = guide.troubles().size();
            Summary.figures(out, guide.figures(), guide.troubles());
        } finally {
            delete(home);
        }
        return troubles;
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }
}
