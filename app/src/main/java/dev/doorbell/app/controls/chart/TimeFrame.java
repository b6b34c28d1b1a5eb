package dev.doorbell.app.controls.chart;

import javafx.beans.property.BooleanProperty;
import javafx.beans.property.DoubleProperty;
import javafx.beans.property.ReadOnlyDoubleProperty;
import javafx.beans.property.ReadOnlyDoubleWrapper;
import javafx.beans.property.SimpleBooleanProperty;
import javafx.beans.property.SimpleDoubleProperty;

/**
 * The time axis that several charts share: how much of the past they show, whether the picture stands still, and one
 * cursor through all of them. Times are seconds since the epoch.
 */
public final class TimeFrame {
    private final DoubleProperty window = new SimpleDoubleProperty(this, "window", 60);
    private final BooleanProperty paused = new SimpleBooleanProperty(this, "paused", false);
    private final DoubleProperty cursor = new SimpleDoubleProperty(this, "cursor", Double.NaN);
    private final ReadOnlyDoubleWrapper end = new ReadOnlyDoubleWrapper(this, "end", Double.NaN);
    private double begin = Double.NaN;

    /** How many seconds are shown; infinite shows everything since {@link #since}. 60 at first. */
    public DoubleProperty windowProperty() {
        return window;
    }

    /** Whether the picture stands still; the data goes on. */
    public BooleanProperty pausedProperty() {
        return paused;
    }

    /** The time under the pointer; not a number when there is none. */
    public DoubleProperty cursorProperty() {
        return cursor;
    }

    /** The right edge. */
    public ReadOnlyDoubleProperty endProperty() {
        return end.getReadOnlyProperty();
    }

    /** Where "everything" begins. */
    public void since(double seconds) {
        begin = seconds;
    }

    /** Moves the right edge to now, unless the picture stands still; charts redraw. Called at each pulse. */
    public void advance(double nowSeconds) {
        if (!paused.get() || Double.isNaN(end.get())) {
            end.set(nowSeconds);
        }
    }

    /** The left edge. */
    public double from() {
        double shown = Double.isInfinite(window.get()) ? end.get() - begin : window.get();
        return end.get() - (Double.isNaN(shown) ? 60 : Math.max(1, shown));
    }
}
