package dev.doorbell.plugin;

import java.util.List;
import javafx.scene.Node;

/**
 * One open view. Created by a {@link ViewContribution}, kept for as long as it stands in any perspective, and moved
 * between docks and windows without being told. All methods are called on the JavaFX thread.
 */
public interface View {
    /** The view's content; always the same node. It fills the dock and must stay usable at 200 by 120 px. */
    Node node();

    /** The view can be seen now. Pulse subscriptions made with {@link ViewContext#onPulse} run from here on. */
    default void shown() {}

    /** The view is covered, closed or in another perspective; its pulse stands still. */
    default void hidden() {}

    /** F5: read again what this view shows. */
    default void refresh() {}

    /** Whether F5 means anything here; the action is dimmed otherwise. */
    default boolean refreshable() {
        return false;
    }

    /** Ctrl+F: put the caret into the view's filter. */
    default void find() {}

    /** Somebody navigated here, with what to show (a field path, a register name, a command, …); unknown ones are ignored. */
    default void open(Object argument) {}

    /** What {@link #open} would need to come back to the present place; goes into the navigation history. */
    default Object place() {
        return "";
    }

    /** Buttons at the right end of the tab strip while this view is the selected one of its dock. */
    default List<Node> tabActions() {
        return List.of();
    }

    /** Writes what should survive the program's end (filters, column widths, split positions). */
    default void save(Memento memento) {}

    /** Reads what {@link #save} wrote in an earlier run; called once, before {@link #node} is first shown. */
    default void restore(Memento memento) {}

    /** The program ends or the view is gone for good; subscriptions made through the context are closed already. */
    default void dispose() {}
}
