package dev.doorbell.app.views.traffic;

import dev.doorbell.app.controls.chart.HeatMapChart;
import dev.doorbell.app.views.traffic.LatencyCourse.Side;
import dev.doorbell.app.views.traffic.LatencyCourse.Slice;
import dev.doorbell.driver.LatencyHistogram;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;

/** Sorts the slices of a latency course into the cells of a heat map. */
final class HeatSource implements HeatMapChart.Source {
    private final Supplier<LatencyCourse> course;
    private final Supplier<Side> side;

    HeatSource(Supplier<LatencyCourse> course, Supplier<Side> side) {
        this.course = course;
        this.side = side;
    }

    @Override
    public HeatMapChart.Extent extent(double from, double to, int columns) {
        int[] ends = {LatencyHistogram.bucketCount(), -1};
        for (Slice slice : course.get().slices(from, to, columns)) {
            slice.each(side.get(), (s, h) -> {
                ends[0] = Math.min(ends[0], h.lowest());
                ends[1] = Math.max(ends[1], h.highest());
            });
        }
        return ends[1] < 0
                ? new HeatMapChart.Extent(1, 0)
                : new HeatMapChart.Extent(LatencyHistogram.lower(ends[0]), LatencyHistogram.lower(ends[1] + 1));
    }

    @Override
    public long[] counts(double from, double to, int columns, double[] rowsFrom) {
        int rows = rowsFrom.length - 1;
        short[] row = new short[LatencyHistogram.bucketCount()];
        for (int i = 0; i < row.length; i++) {
            double middle = (LatencyHistogram.lower(i) + LatencyHistogram.lower(i + 1)) / 2.0;
            int at = Arrays.binarySearch(rowsFrom, middle);
            int found = at >= 0 ? at : -at - 2;
            row[i] = (short) (found < rows ? found : -1);
        }
        long[] counts = new long[columns * rows];
        double width = (to - from) / columns;
        List<Slice> slices = course.get().slices(from, to, columns);
        for (int i = 0; i < slices.size(); i++) {
            Slice slice = slices.get(i);
            // A slice that is longer than a column fills all that it reaches into, so as to leave no holes.
            boolean longer = slice.to() - slice.from() > width;
            double middle = (slice.from() + slice.to()) / 2;
            long first = (long) Math.floor(((longer ? slice.from() : middle) - from) / width);
            long last = longer ? (long) Math.ceil((slice.to() - from) / width) - 1 : first;
            for (long column = Math.max(0, first); column <= Math.min(columns - 1, last); column++) {
                int offset = (int) column * rows;
                slice.each(side.get(), (s, h) -> h.addTo(counts, offset, row));
            }
        }
        return counts;
    }
}
