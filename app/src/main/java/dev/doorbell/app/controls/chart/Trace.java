package dev.doorbell.app.controls.chart;

import java.util.Arrays;

/**
 * The course of one figure: points of time and value, oldest first. Any thread may add; old points fall out when it is
 * full. Times are seconds since the epoch and never go back.
 */
public final class Trace {
    /** Points whose smallest and largest value are kept, so that long courses are searched in strides. */
    private static final int BLOCK = 64;

    private static final int START = 1024;
    private final int capacity;
    private double[] times = new double[START];
    private double[] values = new double[START];
    private double[] least = new double[START / BLOCK];
    private double[] most = new double[START / BLOCK];
    private double[] leastPositive = new double[START / BLOCK];
    private long begin;
    private long end;

    /** A course of at most {@code capacity} points. */
    public Trace(int capacity) {
        this.capacity = Math.clamp(capacity, 2, 1 << 24);
    }

    /** Adds a point; not a number leaves a gap. A time before the last one is taken as the last one. */
    public synchronized void add(double seconds, double value) {
        double time = end == begin ? seconds : Math.max(seconds, times[index(end - 1)]);
        if (end - begin == capacity) {
            begin++;
        } else if (end - begin == times.length) {
            grow();
        }
        put(time, value);
    }

    private void put(double time, double value) {
        int at = index(end);
        times[at] = time;
        values[at] = value;
        int block = at / BLOCK;
        if (at % BLOCK == 0) {
            least[block] = Double.NaN;
            most[block] = Double.NaN;
            leastPositive[block] = Double.NaN;
        }
        least[block] = smaller(least[block], value);
        most[block] = larger(most[block], value);
        leastPositive[block] = value > 0 ? smaller(leastPositive[block], value) : leastPositive[block];
        end++;
    }

    /** Forgets everything. */
    public synchronized void clear() {
        begin = 0;
        end = 0;
    }

    public synchronized int size() {
        return (int) (end - begin);
    }

    /** The last value; not a number while there is none. */
    public synchronized double last() {
        return end == begin ? Double.NaN : values[index(end - 1)];
    }

    /** The time of the last point; not a number while there is none. */
    public synchronized double lastTime() {
        return end == begin ? Double.NaN : times[index(end - 1)];
    }

    /** The time of the first point; not a number while there is none. */
    public synchronized double firstTime() {
        return end == begin ? Double.NaN : times[index(begin)];
    }

    /** The value at a time: that of the last point before it. */
    public synchronized double at(double seconds) {
        long after = after(seconds);
        return after == begin ? Double.NaN : values[index(after - 1)];
    }

    /** The largest value between two times; not a number when there is none. */
    public synchronized double max(double from, double to) {
        return max(Math.max(begin, after(from) - 1), after(to));
    }

    /** The smallest value above zero between two times; not a number when there is none. */
    public synchronized double minPositive(double from, double to) {
        long stop = after(to);
        double found = Double.NaN;
        long i = Math.max(begin, after(from) - 1);
        while (i < stop) {
            if (isWholeBlock(i, stop)) {
                found = smaller(found, leastPositive[index(i) / BLOCK]);
                i += BLOCK;
            } else {
                double value = values[index(i++)];
                found = value > 0 ? smaller(found, value) : found;
            }
        }
        return found;
    }

    /**
     * The points between two times, thinned out: where many fall into one of {@code columns} equal steps, their first,
     * smallest, largest and last stay, so that no peak is lost. The neighbours just outside come along, so that lines
     * reach the edges.
     */
    public synchronized Points thinned(double from, double to, int columns) {
        long i = Math.max(begin, after(from) - 1);
        long stop = Math.min(end, after(to) + 1);
        Points points = new Points((int) Math.min(stop - i, columns * 4L + 8));
        double step = (to - from) / Math.max(1, columns);
        while (i < stop) {
            double column = Math.floor((times[index(i)] - from) / step);
            long next = Math.clamp(after(from + (column + 1) * step), i + 1, stop);
            take(points, i, next);
            i = next;
        }
        return points;
    }

    private void take(Points points, long from, long to) {
        if (to - from <= 4) {
            for (long i = from; i < to; i++) {
                points.add(times[index(i)], values[index(i)]);
            }
            return;
        }
        double first = times[index(from)];
        double last = times[index(to - 1)];
        points.add(first, values[index(from)]);
        points.add(first + (last - first) / 3, min(from, to));
        points.add(first + (last - first) * 2 / 3, max(from, to));
        points.add(last, values[index(to - 1)]);
    }

    private double max(long from, long to) {
        double found = Double.NaN;
        long i = from;
        while (i < to) {
            boolean whole = isWholeBlock(i, to);
            found = larger(found, whole ? most[index(i) / BLOCK] : values[index(i)]);
            i += whole ? BLOCK : 1;
        }
        return found;
    }

    private double min(long from, long to) {
        double found = Double.NaN;
        long i = from;
        while (i < to) {
            boolean whole = isWholeBlock(i, to);
            found = smaller(found, whole ? least[index(i) / BLOCK] : values[index(i)]);
            i += whole ? BLOCK : 1;
        }
        return found;
    }

    private static boolean isWholeBlock(long i, long stop) {
        return i % BLOCK == 0 && i + BLOCK <= stop;
    }

    /** Not a number gives way to anything. */
    private static double smaller(double a, double b) {
        return Double.isNaN(a) || b < a ? b : a;
    }

    private static double larger(double a, double b) {
        return Double.isNaN(a) || b > a ? b : a;
    }

    /** The first point after a time. */
    private long after(double seconds) {
        long low = begin;
        long high = end;
        while (low < high) {
            long middle = (low + high) >>> 1;
            if (times[index(middle)] <= seconds) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /** Lengths are powers of two. */
    private int index(long i) {
        return (int) (i & (times.length - 1));
    }

    private void grow() {
        double[] oldTimes = times;
        double[] oldValues = values;
        int length = times.length * 2;
        times = new double[length];
        values = new double[length];
        least = new double[length / BLOCK];
        most = new double[length / BLOCK];
        leastPositive = new double[length / BLOCK];
        begin = 0;
        end = 0;
        for (int i = 0; i < oldTimes.length; i++) {
            put(oldTimes[i], oldValues[i]);
        }
    }

    /** Points to draw. */
    public static final class Points {
        private double[] x;
        private double[] y;
        private int count;

        private Points(int expected) {
            x = new double[Math.max(4, expected)];
            y = new double[Math.max(4, expected)];
        }

        private void add(double time, double value) {
            if (count == x.length) {
                x = Arrays.copyOf(x, count * 2);
                y = Arrays.copyOf(y, count * 2);
            }
            x[count] = time;
            y[count++] = value;
        }

        public int count() {
            return count;
        }

        public double x(int i) {
            return x[i];
        }

        public double y(int i) {
            return y[i];
        }
    }
}
