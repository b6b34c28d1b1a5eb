package dev.doorbell.plugin;

import javafx.collections.ObservableList;

/** Messages that wait for the user in the Problems view. */
public interface Problems {
    /** Adds to the list only. Any thread. */
    void add(Problem problem);

    /** Adds, and shows it across the window until dismissed, with "copy details". Any thread. */
    void show(Problem problem);

    void remove(Problem problem);

    void clear();

    /** Newest first, at most 500. Unmodifiable. */
    ObservableList<Problem> all();
}
