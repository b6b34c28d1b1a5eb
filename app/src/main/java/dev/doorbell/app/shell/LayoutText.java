package dev.doorbell.app.shell;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A perspective's layout as text, one line a part, depth by indentation:
 *
 * <pre>
 * main 0 0 0 0
 *  split all VERTICAL 0.6800
 *   tabs left devices
 *    view devices
 * float 200 100 640 480
 *  …
 * </pre>
 */
final class LayoutText {
    private LayoutText() {}

    /** The main window's content or a window of its own, at a place on the screen. */
    record Frame(boolean main, double x, double y, double width, double height, Part root) {}

    /** A split or a dock. */
    sealed interface Part {
        String id();
    }

    /** Parts side by side ({@code vertical} false) or one above the other, with dividers at fractions of the whole. */
    record Split(String id, boolean vertical, List<Double> dividers, List<Part> parts) implements Part {}

    /** A dock with its views' ids in order. */
    record Tabs(String id, String selected, List<String> views) implements Part {}

    static String print(List<Frame> frames) {
        var out = new StringBuilder();
        for (var f : frames) {
            out.append(String.format(
                    Locale.ROOT, "%s %.0f %.0f %.0f %.0f%n", f.main ? "main" : "float", f.x, f.y, f.width, f.height));
            print(f.root, 1, out);
        }
        return out.toString();
    }

    private static void print(Part part, int depth, StringBuilder out) {
        var indent = " ".repeat(depth);
        switch (part) {
            case Split s -> {
                out.append(indent).append("split ").append(s.id).append(s.vertical ? " VERTICAL" : " HORIZONTAL");
                s.dividers.forEach(d -> out.append(String.format(Locale.ROOT, " %.4f", d)));
                out.append('\n');
                s.parts.forEach(p -> print(p, depth + 1, out));
            }
            case Tabs t -> {
                out.append(indent).append("tabs ").append(t.id).append(' ');
                out.append(t.selected.isEmpty() ? "-" : t.selected).append('\n');
                t.views.forEach(
                        v -> out.append(indent).append(" view ").append(v).append('\n'));
            }
        }
    }

    /** @throws IllegalArgumentException naming the line that makes no sense */
    static List<Frame> parse(String text) {
        var lines = text.lines().filter(l -> !l.isBlank()).toList();
        var frames = new ArrayList<Frame>();
        int[] at = {0};
        while (at[0] < lines.size()) {
            var line = lines.get(at[0]);
            var words = line.strip().split(" ");
            if (depth(line) != 0 || words.length != 5 || !words[0].equals("main") && !words[0].equals("float")) {
                throw new IllegalArgumentException("Not a window: " + line);
            }
            at[0]++;
            var root = part(lines, at, 1);
            frames.add(new Frame(
                    words[0].equals("main"),
                    number(words[1]),
                    number(words[2]),
                    number(words[3]),
                    number(words[4]),
                    root));
        }
        return frames;
    }

    private static Part part(List<String> lines, int[] at, int depth) {
        if (at[0] >= lines.size() || depth(lines.get(at[0])) != depth) {
            throw new IllegalArgumentException("A part is missing at depth " + depth);
        }
        var line = lines.get(at[0]++);
        var words = line.strip().split(" ");
        if (words.length < 3) {
            throw new IllegalArgumentException("Too short: " + line);
        }
        return switch (words[0]) {
            case "split" -> {
                var dividers = new ArrayList<Double>();
                for (int i = 3; i < words.length; i++) {
                    dividers.add(number(words[i]));
                }
                var parts = new ArrayList<Part>();
                while (at[0] < lines.size() && depth(lines.get(at[0])) > depth) {
                    parts.add(part(lines, at, depth + 1));
                }
                yield new Split(words[1], words[2].equals("VERTICAL"), dividers, parts);
            }
            case "tabs" -> {
                var views = new ArrayList<String>();
                while (at[0] < lines.size() && depth(lines.get(at[0])) == depth + 1) {
                    views.add(lines.get(at[0]++).strip().substring("view ".length()));
                }
                yield new Tabs(words[1], words[2].equals("-") ? "" : words[2], views);
            }
            default -> throw new IllegalArgumentException("Neither split nor tabs: " + line);
        };
    }

    private static double number(String word) {
        return Double.parseDouble(word);
    }

    private static int depth(String line) {
        return line.length() - line.stripLeading().length();
    }
}
