package dev.doorbell.app.controls.chart;

import java.util.Optional;
import javafx.beans.property.BooleanProperty;
import javafx.beans.property.DoubleProperty;
import javafx.beans.property.ObjectProperty;
import javafx.beans.property.ReadOnlyDoubleProperty;
import javafx.beans.property.ReadOnlyDoubleWrapper;
import javafx.beans.property.SimpleBooleanProperty;
import javafx.beans.property.SimpleDoubleProperty;
import javafx.beans.property.SimpleObjectProperty;

/**
 * The time axis that several charts share: which stretch of the past they show, whether the picture stands still, one
 * cursor through all of them, and the stretch that is being chosen with the mouse. Times are seconds since the epoch.
 */
public final class TimeFrame {
    private static final double USUAL = 60;
    private static final double SHORTEST = 0.5;
    private static final double LONGEST = 7 * 86_400.0;

    /** A stretch of time. */
    public record Span(double from, double to) {
        public double seconds() {
            return to - from;
        }
    }

    private final DoubleProperty window = new SimpleDoubleProperty(this, "window", USUAL);
    private final BooleanProperty paused = new SimpleBooleanProperty(this, "paused", false);
    private final DoubleProperty cursor = new SimpleDoubleProperty(this, "cursor", Double.NaN);
    private final ObjectProperty<Optional<Span>> selection =
            new SimpleObjectProperty<>(this, "selection", Optional.empty());
    private final ReadOnlyDoubleWrapper end = new ReadOnlyDoubleWrapper(this, "end", Double.NaN);
    private double begin = Double.NaN;
    private double newest = Double.NaN;

    public TimeFrame() {
        paused.addListener((o, was, is) -> {
            if (!is && !Double.isNaN(newest)) {
                end.set(newest);
            }
        });
    }

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

    /** What is being chosen with the mouse, to be shown when the button is let go. */
    public ObjectProperty<Optional<Span>> selectionProperty() {
        return selection;
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
        newest = nowSeconds;
        if (!paused.get() || Double.isNaN(end.get())) {
            end.set(nowSeconds);
        }
    }

    /** The left edge. */
    public double from() {
        double shown = Double.isInfinite(window.get()) ? end.get() - begin : window.get();
        return end.get() - (Double.isNaN(shown) ? USUAL : Math.max(SHORTEST, shown));
    }

    /** Both edges. */
    public Span shown() {
        return new Span(from(), end.get());
    }

    /** Shows a stretch of the past and stands still there. */
    public void show(double from, double to) {
        if (Double.isNaN(newest)) {
            return;
        }
        paused.set(true);
        double length = Math.clamp(to - from, SHORTEST, LONGEST);
        double right = Math.min(from + length, newest);
        if (!Double.isNaN(begin)) {
            // Not into the time before the first point, where nothing can be seen.
            right = Math.clamp(right, Math.min(begin + length, newest), newest);
        }
        window.set(length);
        end.set(right);
    }

    /**
     * Shows more, factor above 1, or less of the time. A picture that stands still keeps the moment {@code about} where it is, one that
     * moves its right edge.
     */
    public void zoom(double factor, double about) {
        if (Double.isNaN(end.get())) {
            return;
        }
        double length = end.get() - from();
        double next = Math.clamp(length * factor, SHORTEST, LONGEST);
        if (!Double.isNaN(begin)) {
            next = Math.min(next, Math.max(length, newest - begin));
        }
        if (paused.get()) {
            double left = about - (about - from()) / length * next;
            show(left, left + next);
        } else {
            window.set(next);
        }
    }

    /** Moves the picture by so many seconds, which stops it; positive goes on in time. */
    public void pan(double seconds) {
        if (!Double.isNaN(end.get())) {
            show(from() + seconds, end.get() + seconds);
        }
    }

    /** Lets the picture move again. */
    public void live() {
        paused.set(false);
        selection.set(Optional.empty());
    }
}
