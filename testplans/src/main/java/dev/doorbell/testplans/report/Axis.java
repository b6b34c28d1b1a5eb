package dev.doorbell.testplans.report;

import java.util.ArrayList;
import java.util.List;

/** A chart's axis: from values to pixels, and where the ticks go. */
final class Axis {
    /** With more decades than this, ticks stand at whole decades alone. */
    private static final double SPARSE = 2e3;

    private final double low;
    private final double high;
    private final boolean logarithmic;
    private final double from;
    private final double to;

    private Axis(double low, double high, boolean logarithmic, double from, double to) {
        this.low = low;
        this.high = high;
        this.logarithmic = logarithmic;
        this.from = from;
        this.to = to;
    }

    /** From 0 to a round number above the highest value. */
    static Axis linear(double highest, double from, double to) {
        double covered = Math.max(highest, 1e-9) * 1.05;
        double step = step(covered);
        return new Axis(0, Math.ceil(covered / step) * step, false, from, to);
    }

    /** From 0 to exactly this value. */
    static Axis exact(double highest, double from, double to) {
        return new Axis(0, Math.max(highest, 1e-9), false, from, to);
    }

    /** Logarithmic over whole thirds of decades (1, 2, 5) around the values. */
    static Axis logarithmic(double lowest, double highest, double from, double to) {
        double low = Math.max(lowest, 1);
        double bottom = Math.pow(10, Math.floor(Math.log10(low)));
        double top = Math.pow(10, Math.ceil(Math.log10(Math.max(highest, low * 1.01))));
        if (top / bottom > SPARSE) {
            return new Axis(bottom, top, true, from, to);
        }
        if (bottom * 2 <= low) {
            bottom *= bottom * 5 <= low ? 5 : 2;
        }
        if (top * 0.5 >= highest && top * 0.5 > bottom) {
            top *= top * 0.2 >= highest && top * 0.2 > bottom ? 0.2 : 0.5;
        }
        return new Axis(bottom, top, true, from, to);
    }

    double at(double value) {
        double part = logarithmic
                ? (Math.log(Math.max(value, low)) - Math.log(low)) / (Math.log(high) - Math.log(low))
                : (value - low) / (high - low);
        return from + (to - from) * Math.clamp(part, 0, 1);
    }

    List<Double> ticks() {
        List<Double> ticks = new ArrayList<>();
        if (logarithmic) {
            boolean sparse = high / low > SPARSE;
            for (double decade = Math.pow(10, Math.floor(Math.log10(low) + 1e-9));
                    decade <= high * 1.001;
                    decade *= 10) {
                for (double m : sparse ? new double[] {1} : new double[] {1, 2, 5}) {
                    if (decade * m >= low * 0.999 && decade * m <= high * 1.001) {
                        ticks.add(decade * m);
                    }
                }
            }
            return ticks;
        }
        double step = step(high);
        for (int i = 0; i * step <= high * 1.0001; i++) {
            ticks.add(i * step);
        }
        return ticks;
    }

    private static double step(double span) {
        double raw = span / 4;
        double magnitude = Math.pow(10, Math.floor(Math.log10(raw)));
        for (double m : new double[] {1, 2, 2.5, 5}) {
            if (raw <= m * magnitude) {
                return m * magnitude;
            }
        }
        return 10 * magnitude;
    }
}
