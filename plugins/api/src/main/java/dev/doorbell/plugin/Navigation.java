package dev.doorbell.plugin;

import javafx.beans.value.ObservableValue;

/** Going to places, and back. */
public interface Navigation {
    /** Shows a view, opening its tab if need be, and gives it the caret. Unknown ids are reported as a problem. */
    void open(String viewId);

    /** The same, then {@link View#open} with {@code argument}. */
    void open(String viewId, Object argument);

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
