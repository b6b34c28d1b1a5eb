package dev.doorbell.app.controls.chart;

import io.fair_acc.chartfx.XYChart;
import io.fair_acc.chartfx.axes.spi.AxisRange;
import io.fair_acc.chartfx.axes.spi.DefaultNumericAxis;
import io.fair_acc.chartfx.ui.geometry.Side;
import io.fair_acc.dataset.spi.fastutil.DoubleArrayList;
import java.util.function.DoubleFunction;
import javafx.util.StringConverter;

/** A ChartFX axis with a fixed range, round marks and labels of one's own. */
final class ScaleAxis extends DefaultNumericAxis {
    private static final double PIXELS_PER_TIME_MARK = 110;
    private static final double HALF_A_TIME = 30;
    private static final double PIXELS_PER_MARK = 28;
    private static final double PIXELS_PER_LINEAR_MARK = 30;
    private final boolean time;
    private final DoubleFunction<String> label;
    private boolean mebibytes;

    ScaleAxis(Side side, boolean time, DoubleFunction<String> label) {
        this.time = time;
        this.label = label;
        setSide(side);
        setAutoRanging(false);
        setAutoGrowRanging(false);
        setAutoUnitScaling(false);
        setAnimated(false);
        setName("");
        setUnit(null);
        setMinorTickCount(0);
        setTickLabelGap(6);
        setTickLabelFormatter(new StringConverter<>() {
            @Override
            public String toString(Number value) {
                return nearAnEnd(value.doubleValue()) ? "" : text(value.doubleValue());
            }

            @Override
            public Number fromString(String text) {
                return Double.valueOf(text);
            }
        });
    }

    /** Its values are MiB, and round marks are those that are round in MiB or GiB. */
    void inMebibytes() {
        mebibytes = true;
    }

    /** The distance between its marks on a linear range. */
    double step(double span, int count) {
        return mebibytes ? Ticks.mebibyteStep(span, count) : Ticks.step(span, count);
    }

    /** A time there would be cut. */
    private boolean nearAnEnd(double value) {
        double at = fraction(value) * getLength();
        return time && getLength() > 0 && (at < HALF_A_TIME || at > getLength() - HALF_A_TIME / 2);
    }

    /** Where a value lies between the ends, 0 to 1; of the range that is set, whether or not it has been laid out. */
    double fraction(double value) {
        if (isLogAxis()) {
            return Math.log(Math.max(value, getMin()) / getMin()) / Math.log(getMax() / getMin());
        }
        return (value - getMin()) / (getMax() - getMin());
    }

    @Override
    protected void calculateMajorTickValues(AxisRange range, DoubleArrayList marks) {
        marks.clear();
        for (double value : marks(getLength())) {
            marks.add(value);
        }
    }

    /** Its marks when it is so many pixels long. */
    double[] marks(double length) {
        boolean wide = time || getSide().isHorizontal();
        double room = wide ? PIXELS_PER_TIME_MARK : isLogAxis() ? PIXELS_PER_MARK : PIXELS_PER_LINEAR_MARK;
        int count = (int) Math.max(2, length / room);
        return time
                ? Ticks.time(getMin(), getMax(), count)
                : isLogAxis()
                        ? Ticks.logarithmic(getMin(), getMax(), getSide().isHorizontal() ? count * 2 : count)
                        : mebibytes
                                ? Ticks.mebibytes(getMin(), getMax(), count)
                                : Ticks.linear(getMin(), getMax(), count);
    }

    /** How it writes a value. */
    String text(double value) {
        return label.apply(value).replaceAll("\\.0+(?= |$)", "");
    }

    @Override
    protected void calculateMinorTickValues(DoubleArrayList marks) {
        marks.clear();
    }

    /**
     * Leaves a chart's grid with its main lines, under the curves. By code and not by style sheet: ChartFX matches the styles of the
     * whole window anew whenever a sheet changes whether there are lines between.
     */
    static void withoutMinorGrid(XYChart chart) {
        var grid = chart.getGridRenderer();
        grid.setDrawOnTop(false);
        grid.getHorizontalMinorGrid().setVisible(false);
        grid.getVerticalMinorGrid().setVisible(false);
    }
}
