package dev.doorbell.app.model;

import dev.doorbell.plugin.Action;
import dev.doorbell.plugin.Actions;
import java.util.Optional;
import javafx.collections.FXCollections;
import javafx.collections.ObservableList;
import javafx.util.Subscription;

/** All actions, by id. */
public final class ActionRegistry implements Actions {
    private final ObservableList<Action> all = FXCollections.observableArrayList();
    private final ObservableList<Action> view = FXCollections.unmodifiableObservableList(all);

    @Override
    public Subscription add(Action action) {
        if (action(action.id()).isPresent()) {
            throw new IllegalArgumentException("There is an action " + action.id() + " already");
        }
        all.add(action);
        return () -> all.remove(action);
    }

    @Override
    public Optional<Action> action(String id) {
        return all.stream().filter(a -> a.id().equals(id)).findFirst();
    }

    @Override
    public ObservableList<Action> all() {
        return view;
    }
}
