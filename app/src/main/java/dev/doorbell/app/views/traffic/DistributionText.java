package dev.doorbell.app.views.traffic;

import dev.doorbell.driver.LbaDistribution;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/** Distributions as one reads and writes them: {@code zipf 1.2}, {@code normal 50 10}, {@code sections 5x50 15x30 80x20}. */
final class DistributionText {
    private DistributionText() {}

    static String write(LbaDistribution distribution) {
        return switch (distribution) {
            case LbaDistribution.Uniform u -> "even";
            case LbaDistribution.Zipf z -> "zipf " + plain(z.theta());
            case LbaDistribution.Pareto p -> "pareto " + plain(p.h());
            case LbaDistribution.Normal n -> "normal " + plain(n.centrePercent()) + " " + plain(n.deviationPercent());
            case LbaDistribution.Sections s -> "sections " + sections(s.shares());
        };
    }

    /** What stands behind the name of its kind. */
    static String values(LbaDistribution distribution) {
        String text = write(distribution);
        int space = text.indexOf(' ');
        return space < 0 ? "" : text.substring(space + 1);
    }

    /** @throws IllegalArgumentException with the reason */
    static LbaDistribution read(String text) {
        String[] words = text.strip().toLowerCase(Locale.ROOT).split("[\\s,]+");
        return switch (words[0]) {
            case "even" -> LbaDistribution.uniform();
            case "zipf" -> LbaDistribution.zipf(figure(words, 1, 1e-3, 10, "the exponent"));
            case "pareto" -> LbaDistribution.pareto(figure(words, 1, 1e-3, 0.999, "the share of places"));
            case "normal" ->
                LbaDistribution.normal(
                        figure(words, 1, 0, 100, "the centre in percent"),
                        figure(words, 2, 1e-3, 100, "the deviation in percent"));
            case "sections" -> LbaDistribution.sections(sections(words));
            default -> throw new IllegalArgumentException("“" + words[0] + "” is no distribution");
        };
    }

    private static double figure(String[] words, int at, double least, double most, String what) {
        if (words.length <= at) {
            throw new IllegalArgumentException(what + " is missing");
        }
        try {
            double value = Double.parseDouble(words[at]);
            if (value >= least && value <= most) {
                return value;
            }
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("“" + words[at] + "” is no number", e);
        }
        throw new IllegalArgumentException(
                what + ", " + words[at] + ", is not between " + plain(least) + " and " + plain(most));
    }

    /** Runs of equal sections: so many percent of the range, and what share of the I/Os all of them get. */
    private static String sections(List<Integer> shares) {
        List<String> runs = new ArrayList<>();
        for (int i = 0; i < shares.size(); ) {
            int next = i;
            while (next < shares.size() && shares.get(next).equals(shares.get(i))) {
                next++;
            }
            runs.add((next - i) + "x" + shares.get(i));
            i = next;
        }
        return String.join(" ", runs);
    }

    private static List<Integer> sections(String[] words) {
        List<Integer> shares = new ArrayList<>();
        for (int i = 1; i < words.length; i++) {
            String[] parts = words[i].split("x");
            if (parts.length != 2) {
                throw new IllegalArgumentException(
                        "“" + words[i] + "” is not sections × share, such as 10x50 for 10 % of the range");
            }
            int count = (int) Amounts.count(parts[0], 1, LbaDistribution.SECTIONS);
            shares.addAll(Collections.nCopies(count, (int) Amounts.count(parts[1], 0, 1_000_000)));
        }
        if (shares.size() != LbaDistribution.SECTIONS) {
            throw new IllegalArgumentException(
                    "these are " + shares.size() + " sections; there must be " + LbaDistribution.SECTIONS);
        }
        if (shares.stream().allMatch(s -> s == 0)) {
            throw new IllegalArgumentException("all sections have share 0: give one of them more");
        }
        return shares;
    }

    static String plain(double value) {
        return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
    }
}
