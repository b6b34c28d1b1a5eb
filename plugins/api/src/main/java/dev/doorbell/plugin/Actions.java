package dev.doorbell.plugin;

import java.util.Optional;
import javafx.collections.ObservableList;
import javafx.util.Subscription;

/** All actions; menus, toolbar, keys and palette are made from it. */
public interface Actions {
    /**
     * Adds an action; menus and palette follow at once.
     *
     * @throws IllegalArgumentException if the id is taken
     */
    Subscription add(Action action);

    Optional<Action> action(String id);

    /** Does it if it exists and can be done. */
    default void run(String id) {
        action(id).ifPresent(Action::run);
    }

    /** Unmodifiable. */
    ObservableList<Action> all();
}
