package dev.doorbell.plugin;

import javafx.beans.value.ObservableValue;

/** Going to places, and back. */
public interface Navigation {
    /** Shows a view, opening its tab if need be, and gives it the caret. Unknown ids are reported as a problem. */
    void open(String viewId);

    /** The same, then {@link View#open} with {@code argument}. */
    void open(String viewId, Object argument);

    /**
     * Brings a view's tab to the front of its dock, without the caret and without a step in the history; nothing happens
     * when the tab is not there.
     */
    void reveal(String viewId);

    /** The perspective in the window. */
    ObservableValue<Perspective> perspective();

    void show(Perspective perspective);

    /** Alt+Left. */
    void back();

    /** Alt+Right. */
    void forward();

    ObservableValue<Boolean> canGoBack();

    ObservableValue<Boolean> canGoForward();
}
