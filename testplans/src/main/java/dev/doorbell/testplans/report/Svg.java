package dev.doorbell.testplans.report;

import java.util.Locale;

/** Builds a chart's SVG. Colours come from the page's style sheet, by class. */
final class Svg {
    static final int WIDTH = 520;
    static final int HEIGHT = 200;
    static final int LEFT = 58;
    static final int RIGHT = 12;
    static final int TOP = 10;
    static final int BOTTOM = 26;

    private final StringBuilder out = new StringBuilder();

    /** Starts a chart; the title is what screen readers say. */
    Svg(String title) {
        out.append("<svg class=\"chart\" viewBox=\"0 0 %d %d\" role=\"img\"><title>%s</title>"
                .formatted(WIDTH, HEIGHT, title.replace("&", "&amp;").replace("<", "&lt;")));
    }

    Svg line(String type, double x1, double y1, double x2, double y2) {
        out.append("<line class=\"%s\" x1=\"%s\" y1=\"%s\" x2=\"%s\" y2=\"%s\"/>"
                .formatted(type, n(x1), n(y1), n(x2), n(y2)));
        return this;
    }

    Svg label(String anchor, double x, double y, String text) {
        out.append("<text text-anchor=\"%s\" x=\"%s\" y=\"%s\">%s</text>".formatted(anchor, n(x), n(y), text));
        return this;
    }

    Svg bar(double x, double y, double width, double height, String hint) {
        out.append("<rect class=\"column\" x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\"><title>%s</title></rect>"
                .formatted(n(x), n(y), n(width), n(height), hint));
        return this;
    }

    Svg path(String type, String d) {
        out.append("<path class=\"%s\" d=\"%s\"/>".formatted(type, d));
        return this;
    }

    /** Horizontal grid lines with their labels at the left. */
    Svg grid(Axis y, java.util.function.DoubleFunction<String> text) {
        for (double tick : y.ticks()) {
            line("grid", LEFT, y.at(tick), WIDTH - RIGHT, y.at(tick));
            label("end", LEFT - 8, y.at(tick) + 3.5, text.apply(tick));
        }
        return this;
    }

    /** Labels along the bottom. */
    Svg bottom(Axis x, java.util.function.DoubleFunction<String> text) {
        double last = -100;
        for (double tick : x.ticks()) {
            if (x.at(tick) - last >= 44) {
                last = x.at(tick);
                line("tick", last, HEIGHT - BOTTOM, last, HEIGHT - BOTTOM + 4);
                label(last > WIDTH - RIGHT - 24 ? "end" : "middle", last, HEIGHT - 8, text.apply(tick));
            }
        }
        return this;
    }

    static String n(double number) {
        String text = String.format(Locale.ROOT, "%.1f", number);
        return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
    }

    String end() {
        return out.append("</svg>").toString();
    }
}
