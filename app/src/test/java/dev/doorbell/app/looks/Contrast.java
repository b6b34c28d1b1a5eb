package dev.doorbell.app.looks;

import javafx.scene.paint.Color;

/** How well two colours can be told apart, as WCAG 2.1 (success criterion 1.4.3) measures it. */
final class Contrast {
    private Contrast() {}

    /** 1 to 21. An ink that can be seen through is mixed with the ground first. */
    static double ratio(Color ink, Color ground) {
        double a = luminance(over(ink, ground));
        double b = luminance(ground);
        return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    }

    /** A colour in front of another that cannot be seen through. */
    static Color over(Color front, Color back) {
        double share = front.getOpacity();
        return Color.color(
                front.getRed() * share + back.getRed() * (1 - share),
                front.getGreen() * share + back.getGreen() * (1 - share),
                front.getBlue() * share + back.getBlue() * (1 - share));
    }

    private static double luminance(Color colour) {
        return 0.2126 * linear(colour.getRed())
                + 0.7152 * linear(colour.getGreen())
                + 0.0722 * linear(colour.getBlue());
    }

    private static double linear(double channel) {
        return channel <= 0.04045 ? channel / 12.92 : Math.pow((channel + 0.055) / 1.055, 2.4);
    }
}
