package dev.doorbell.app.controls.chart;

import java.util.Optional;
import java.util.function.DoubleFunction;

/**
 * One curve of a chart.
 *
 * @param name as the legend says it
 * @param trace its points
 * @param colour the ink that colours it: {@code series-1}, {@code series-1b}, {@code series-2} … {@code series-muted}
 * @param text how its values are written
 * @param right whether it belongs to the axis at the right
 * @param filled whether the area below is tinted
 * @param bandTo the name of the curve up to which the area is tinted
 * @param steps whether it jumps from value to value instead of sloping
 * @param width of its line, in pixels
 */
public record TimeSeries(
        String name,
        Trace trace,
        String colour,
        DoubleFunction<String> text,
        boolean right,
        boolean filled,
        Optional<String> bandTo,
        boolean steps,
        double width) {
    private static final double USUAL = 1.4;

    /** A plain line on the left axis. */
    public static TimeSeries line(String name, Trace trace, String colour, DoubleFunction<String> text) {
        return new TimeSeries(name, trace, colour, text, false, false, Optional.empty(), false, USUAL);
    }

    /** The same on the right axis. */
    public TimeSeries onRight() {
        return new TimeSeries(name, trace, colour, text, true, filled, bandTo, steps, width);
    }

    /** The same with the area below tinted. */
    public TimeSeries withArea() {
        return new TimeSeries(name, trace, colour, text, right, true, bandTo, steps, width);
    }

    /** The same with the area up to another curve of the chart tinted. */
    public TimeSeries withBandTo(String other) {
        return new TimeSeries(name, trace, colour, text, right, filled, Optional.of(other), steps, width);
    }

    /** The same in steps. */
    public TimeSeries inSteps() {
        return new TimeSeries(name, trace, colour, text, right, filled, bandTo, true, width);
    }

    /** The same with a line of another width. */
    public TimeSeries wide(double pixels) {
        return new TimeSeries(name, trace, colour, text, right, filled, bandTo, steps, pixels);
    }
}
