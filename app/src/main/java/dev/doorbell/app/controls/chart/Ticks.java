package dev.doorbell.app.controls.chart;

import java.util.Arrays;

/** Where an axis has its marks. */
final class Ticks {
    private static final double[] TIME_STEPS = {
        0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 21600, 43200, 86400
    };

    /** In MiB. */
    private static final double GIB = 1024;

    private Ticks() {}

    /** Multiples of 1, 2 or 5 times a power of ten, about {@code count} of them. */
    static double[] linear(double from, double to, int count) {
        return multiples(from, to, step(to - from, count));
    }

    /** Round numbers of MiB, or of GiB where those would have too many digits; about {@code count} of them. */
    static double[] mebibytes(double from, double to, int count) {
        return multiples(from, to, mebibyteStep(to - from, count));
    }

    /** The distance between such marks. */
    static double mebibyteStep(double span, int count) {
        return span > GIB ? GIB * step(span / GIB, count) : step(span, count);
    }

    /** The distance between linear marks. */
    static double step(double span, int count) {
        double rough = Math.max(span, 1e-12) / Math.max(1, count);
        double decade = Math.pow(10, Math.floor(Math.log10(rough)));
        double rest = rough / decade;
        return decade * (rest <= 1 ? 1 : rest <= 2 ? 2 : rest <= 5 ? 5 : 10);
    }

    /** Round numbers of seconds, minutes or hours. */
    static double[] time(double from, double to, int count) {
        double rough = (to - from) / Math.max(1, count);
        double step =
                Arrays.stream(TIME_STEPS).filter(s -> s >= rough).findFirst().orElse(TIME_STEPS[TIME_STEPS.length - 1]);
        return multiples(from, to, step);
    }

    /** 1, 2 and 5 times the powers of ten; the powers alone where three marks a decade would be too many. */
    static double[] logarithmic(double from, double to, int count) {
        if (!(from > 0 && to > from)) {
            return new double[0];
        }
        double decades = Math.log10(to / from);
        double[] factors = decades * 3 > count ? new double[] {1} : new double[] {1, 2, 5};
        double[] marks = new double[factors.length * ((int) decades + 3)];
        int n = 0;
        for (int decade = (int) Math.floor(Math.log10(from)); decade <= Math.ceil(Math.log10(to)); decade++) {
            for (double factor : factors) {
                double mark = factor * Math.pow(10, decade);
                if (mark >= from * (1 - 1e-9) && mark <= to * (1 + 1e-9) && n < marks.length) {
                    marks[n++] = mark;
                }
            }
        }
        return Arrays.copyOf(marks, n);
    }

    private static double[] multiples(double from, double to, double step) {
        long first = (long) Math.ceil(from / step - 1e-9);
        long last = (long) Math.floor(to / step + 1e-9);
        int count = Math.clamp(last - first + 1, 0, 200);
        double[] marks = new double[count];
        for (int i = 0; i < count; i++) {
            marks[i] = (first + i) * step;
        }
        return marks;
    }
}
