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
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Shows the workbench by itself, see the package. Exit status 1 when something on the way did not work. */
public final class Tour {
    private static final double WIDTH = 1600;
    private static final double HEIGHT = 1000;
    private static final String USAGE =
            "Usage: doorbell tour [--out DIR] [--theme dark|light|both] [--size WIDTHxHEIGHT] [--scale 1|2]";

    private static final Pattern SIZE = Pattern.compile("([0-9]{3,4})x([0-9]{3,4})");

    private Tour() {}

    /**
     * What the tour was asked for.
     *
     * @param out where the pictures go, {@code ./doorbell-tour} by default
     * @param themes whether dark, for each round
     * @param width of the window, as is {@code height}; a picture is {@code scale} times as wide
     */
    private record Wish(Path out, List<Boolean> themes, double width, double height, double scale) {
        static Wish of(String[] args) {
            var wish = new Wish(Path.of("doorbell-tour"), List.of(true, false), WIDTH, HEIGHT, 1);
            for (int i = 0; i < args.length; i += 2) {
                if (i + 1 == args.length) {
                    throw new IllegalArgumentException(args[i] + " needs a value");
                }
                wish = wish.with(args[i], args[i + 1]);
            }
            return wish;
        }

        private Wish with(String option, String value) {
            return switch (option) {
                case "--out" -> new Wish(Path.of(value), themes, width, height, scale);
                case "--theme" -> new Wish(out, themes(value), width, height, scale);
                case "--size" -> {
                    var size = SIZE.matcher(value);
                    if (!size.matches()) {
                        throw new IllegalArgumentException("--size wants WIDTHxHEIGHT, like 1280x800, not " + value);
                    }
                    yield new Wish(
                            out, themes, Integer.parseInt(size.group(1)), Integer.parseInt(size.group(2)), scale);
                }
                case "--scale" -> {
                    if (!value.equals("1") && !value.equals("2")) {
                        throw new IllegalArgumentException("--scale is 1 or 2, not " + value);
                    }
                    yield new Wish(out, themes, width, height, Integer.parseInt(value));
                }
                default -> throw new IllegalArgumentException("the tour has no option " + option);
            };
        }

        private static List<Boolean> themes(String value) {
            return switch (value) {
                case "dark" -> List.of(true);
                case "light" -> List.of(false);
                case "both" -> List.of(true, false);
                default -> throw new IllegalArgumentException("--theme is dark, light or both, not " + value);
            };
        }
    }

    /** See {@link #USAGE}. */
    public static void main(String[] args) {
        try {
            System.exit(run(args));
        } catch (IOException | RuntimeException | LinkageError e) {
            e.printStackTrace();
            System.err.println("doorbell: the tour ended early: " + e.getMessage());
            // JavaFX's thread would keep the process alive.
            System.exit(1);
        }
    }

    private static int run(String[] args) throws IOException {
        Wish wish;
        try {
            wish = Wish.of(args);
        } catch (IllegalArgumentException e) {
            System.err.println("doorbell: " + e.getMessage() + "\n" + USAGE);
            return 2;
        }
        Logger.getLogger("javafx").setLevel(Level.SEVERE);
        Thread.ofPlatform()
                .daemon()
                .name("catalogue")
                .start(() -> Catalogue.standard().prepareSearch());
        int troubles = 0;
        for (boolean dark : wish.themes) {
            troubles += lead(wish.out, dark, wish.width, wish.height, wish.scale);
        }
        Path page = Summary.write(wish.out, Stops.all(), wish.themes);
        System.out.println("The tour's pictures and its summary are in "
                + wish.out.toAbsolutePath().normalize());
        System.out.println("Open " + page.toAbsolutePath().normalize());
        return troubles == 0 ? 0 : 1;
    }

    /** The whole way in one theme; returns the number of troubles, which it prints. */
    public static int lead(Path out, boolean dark, double width, double height, double scale) throws IOException {
        Path home = Files.createTempDirectory("doorbell-tour");
        String suffix = dark ? "dark" : "light";
        Options options = new Options(home, List.of(), Optional.empty(), Optional.of(dark));
        int troubles;
        try (DrivenWindow window = DrivenWindow.start(options, width, height, scale)) {
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
