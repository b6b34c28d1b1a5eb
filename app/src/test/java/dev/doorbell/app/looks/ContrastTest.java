package dev.doorbell.app.looks;

import static org.assertj.core.api.Assertions.assertThat;

import atlantafx.base.theme.PrimerDark;
import atlantafx.base.theme.PrimerLight;
import atlantafx.base.theme.Theme;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javafx.scene.paint.Color;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every colour in which something is written stands out from every ground on which it may be written, in both themes. */
class ContrastTest {
    private static final double TEXT = 4.5;
    private static final double MARK = 3;
    private static final Pattern TOKEN = Pattern.compile("(-(?:color|series)-[a-z0-9-]+)\\s*:\\s*([^;]+);");
    private static final Pattern INK = Pattern.compile("-fx-(?:text-fill|prompt-text-fill)\\s*:\\s*([^;]+);");
    private static final Pattern LITERAL = Pattern.compile("#[0-9a-fA-F]{3,8}\\b|rgba?\\(");

    /** Where views, bars and popups begin. */
    private static final List<String> GROUNDS = List.of("-color-bg-default", "-color-bg-subtle", "-color-bg-overlay");

    /** Inks for words on any of those. */
    private static final List<String> WORDS = List.of(
            "-color-fg-default",
            "-color-fg-muted",
            "-color-accent-fg",
            "-color-success-fg",
            "-color-warning-fg",
            "-color-danger-fg",
            "-color-changed-fg");

    /** Tints for rows, chips and banners over a ground, and the inks for words on each. */
    private static final Map<String, List<String>> TINTS = Map.of(
            "-color-accent-subtle", List.of("-color-fg-default", "-color-accent-fg"),
            "-color-success-subtle", List.of("-color-fg-default", "-color-success-fg"),
            "-color-warning-subtle", List.of("-color-fg-default", "-color-warning-fg"),
            "-color-danger-subtle", List.of("-color-fg-default", "-color-danger-fg"),
            "-color-changed-subtle", List.of("-color-fg-default", "-color-changed-fg"),
            "-color-neutral-subtle", List.of("-color-fg-default"),
            "-color-neutral-muted", List.of("-color-fg-default"),
            "-color-accent-muted", List.of("-color-fg-default"),
            "-color-changed-muted", List.of("-color-fg-default"),
            "-color-accent-emphasis", List.of("-color-fg-emphasis"));

    /** What is drawn, not written, and means something: curves, bars, states, the selection's line, the focus ring. */
    private static final List<String> MARKS = List.of(
            "-series-1",
            "-series-1b",
            "-series-2",
            "-series-3",
            "-series-4",
            "-color-accent-emphasis",
            "-color-accent-fg",
            "-color-success-fg",
            "-color-warning-fg",
            "-color-danger-fg",
            "-color-changed-fg",
            "-color-fg-subtle",
            "-color-fg-muted");

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void wordsAndMarksStandOut(boolean dark) throws IOException {
        var tokens = tokens(dark);
        var faint = new ArrayList<String>();
        for (var ground : GROUNDS) {
            var below = colour(tokens, ground);
            WORDS.forEach(ink -> check(tokens, ink, ground, below, TEXT, faint));
            MARKS.forEach(ink -> check(tokens, ink, ground, below, MARK, faint));
            TINTS.forEach((tint, inks) -> {
                var tinted = Contrast.over(colour(tokens, tint), below);
                inks.forEach(ink -> check(tokens, ink, tint + " over " + ground, tinted, TEXT, faint));
            });
        }
        assertThat(faint).isEmpty();
    }

    private static void check(
            Map<String, String> tokens, String ink, String ground, Color behind, double least, List<String> faint) {
        double ratio = Contrast.ratio(colour(tokens, ink), behind);
        if (ratio < least) {
            faint.add("%s on %s is %.2f:1, not %.1f:1".formatted(ink, ground, ratio, least));
        }
    }

    @Test
    void styleSheetsWriteWithNoOtherInk() throws IOException {
        var known = new TreeSet<>(WORDS);
        known.addAll(Set.of("-color-fg-emphasis", "-color-cell-fg", "transparent"));
        var foreign = new ArrayList<String>();
        for (var sheet : sheets()) {
            var inks = INK.matcher(Files.readString(sheet));
            while (inks.find()) {
                if (!known.contains(inks.group(1).strip())) {
                    foreign.add(sheet.getFileName() + " writes in " + inks.group(1));
                }
            }
        }
        assertThat(foreign).isEmpty();
    }

    @Test
    void onlyTheThemesNameColoursByNumber() throws IOException {
        var literal = new ArrayList<String>();
        for (var sheet : sheets()) {
            var name = sheet.getFileName().toString();
            if (!name.equals("dark.css") && !name.equals("light.css")) {
                LITERAL.matcher(Files.readString(sheet).replaceAll("(?s)/\\*.*?\\*/", ""))
                        .results()
                        .forEach(r -> literal.add(name + ": " + r.group()));
            }
        }
        assertThat(literal).isEmpty();
    }

    private static List<Path> sheets() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("src/main/resources"))) {
            return files.filter(f -> f.toString().endsWith(".css")).toList();
        }
    }

    /** What each name stands for: the theme's own, then what Doorbell adds. */
    private static Map<String, String> tokens(boolean dark) throws IOException {
        Theme theme = dark ? new PrimerDark() : new PrimerLight();
        var tokens = new HashMap<String, String>();
        for (var sheet :
                List.of(theme.getUserAgentStylesheet(), "/dev/doorbell/app/" + (dark ? "dark.css" : "light.css"))) {
            try (var in = Objects.requireNonNull(ContrastTest.class.getResourceAsStream(sheet), sheet)) {
                var here = new HashMap<String, String>();
                var found = TOKEN.matcher(new String(in.readAllBytes(), StandardCharsets.UTF_8));
                while (found.find()) {
                    // What a control redefines for itself comes later in the theme and does not count.
                    here.putIfAbsent(found.group(1), found.group(2).strip());
                }
                tokens.putAll(here);
            }
        }
        return tokens;
    }

    private static Color colour(Map<String, String> tokens, String name) {
        var value = tokens.get(name);
        if (value == null) {
            throw new AssertionError("The theme has no " + name);
        }
        return value.startsWith("-") ? colour(tokens, value) : Color.web(value);
    }
}
