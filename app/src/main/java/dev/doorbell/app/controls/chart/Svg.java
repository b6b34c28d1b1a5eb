package dev.doorbell.app.controls.chart;

import java.util.Locale;
import javafx.scene.paint.Color;
import javafx.scene.paint.Paint;

/** A drawing of lines, areas and texts that becomes an SVG file; lengths are pixels from the top left corner. */
public final class Svg {
    private final StringBuilder body = new StringBuilder();
    private final double width;
    private final double height;

    /** An empty drawing on a ground of one colour. */
    public Svg(double width, double height, Paint ground) {
        this.width = width;
        this.height = height;
        rectangle(0, 0, width, height, ground);
    }

    /** Where a text stands at its point. */
    enum Anchor {
        START,
        MIDDLE,
        END
    }

    void rectangle(double x, double y, double w, double h, Paint fill) {
        add("<rect x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\"%s/>", x, y, w, h, paint("fill", fill));
    }

    void line(double x1, double y1, double x2, double y2, Paint stroke, boolean dashed) {
        add(
                "<line x1=\"%s\" y1=\"%s\" x2=\"%s\" y2=\"%s\"%s%s/>",
                x1, y1, x2, y2, paint("stroke", stroke), dashed ? " stroke-dasharray=\"3 3\"" : "");
    }

    /** A path that is filled, if {@code fill}, else drawn as a line of a width. */
    void path(CharSequence data, Paint colour, boolean fill, double lineWidth) {
        if (data.isEmpty()) {
            return;
        }
        add(
                "<path d=\"%s\"%s/>",
                data,
                fill
                        ? paint("fill", colour)
                        : " fill=\"none\" stroke-linejoin=\"round\" stroke-width=\"" + figure(lineWidth) + "\""
                                + paint("stroke", colour));
    }

    void text(double x, double y, String text, Paint fill, Anchor anchor, boolean mono) {
        if (!text.isEmpty()) {
            add(
                    "<text x=\"%s\" y=\"%s\" text-anchor=\"%s\" font-family=\"%s\"%s>%s</text>",
                    x,
                    y,
                    anchor.name().toLowerCase(Locale.ROOT),
                    mono ? "JetBrains Mono, monospace" : "Inter, sans-serif",
                    paint("fill", fill),
                    escaped(text));
        }
    }

    private void add(String form, Object... values) {
        Object[] texts = new Object[values.length];
        for (int i = 0; i < values.length; i++) {
            texts[i] = values[i] instanceof Double d ? figure(d) : values[i];
        }
        body.append(form.formatted(texts)).append('\n');
    }

    /** A length with as many digits as can be seen. */
    static String figure(double value) {
        String text = String.format(Locale.ROOT, "%.2f", value);
        return text.replaceAll("\\.?0+$", "");
    }

    private static String paint(String attribute, Paint paint) {
        Color c = paint instanceof Color colour ? colour : Color.GRAY;
        String rgb = "#%02x%02x%02x"
                .formatted(Math.round(c.getRed() * 255), Math.round(c.getGreen() * 255), Math.round(c.getBlue() * 255));
        String opacity = c.isOpaque() ? "" : " %s-opacity=\"%s\"".formatted(attribute, figure(c.getOpacity()));
        return " %s=\"%s\"%s".formatted(attribute, rgb, opacity);
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }

    @Override
    public String toString() {
        return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                + "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%s\" height=\"%s\" viewBox=\"0 0 %s %s\" font-size=\"11\">\n"
                        .formatted(figure(width), figure(height), figure(width), figure(height))
                + body
                + "</svg>\n";
    }
}
