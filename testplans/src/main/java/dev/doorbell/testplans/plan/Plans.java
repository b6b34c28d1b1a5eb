package dev.doorbell.testplans.plan;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The plans that come with Doorbell, and plans in folders. */
public final class Plans {
    private static final String FOLDER = "/dev/doorbell/testplans/plans/";

    private Plans() {}

    /** The ids of the bundled plans, in the order to show them. */
    public static List<String> bundledIds() {
        try (BufferedReader index =
                new BufferedReader(new InputStreamReader(open("index.txt"), StandardCharsets.UTF_8))) {
            return index.lines().map(String::strip).filter(l -> !l.isEmpty()).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** All bundled plans, read. */
    public static List<Plan> bundled() {
        return bundledIds().stream()
                .map(Plans::bundled)
                .flatMap(Optional::stream)
                .toList();
    }

    /** A bundled plan by its id. */
    public static Optional<Plan> bundled(String id) {
        if (!bundledIds().contains(id)) {
            return Optional.empty();
        }
        try (InputStream in = open(id + ".yaml")) {
            return Optional.of(PlanReader.read(in, id + ".yaml"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The plan files ({@code *.yaml}, {@code *.yml}) of a folder and those below it, sorted. */
    public static List<Path> files(Path folder) {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(p -> p.getFileName().toString().matches(".*\\.ya?ml"))
                    .filter(Files::isRegularFile)
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static InputStream open(String name) {
        InputStream in = Plans.class.getResourceAsStream(FOLDER + name);
        if (in == null) {
            throw new IllegalStateException("the bundled plans are not in this jar: " + FOLDER + name + " is missing");
        }
        return in;
    }
}
