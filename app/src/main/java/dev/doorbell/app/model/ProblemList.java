package dev.doorbell.app.model;

import dev.doorbell.plugin.Problem;
import dev.doorbell.plugin.Problems;
import javafx.beans.property.ObjectProperty;
import javafx.beans.property.SimpleObjectProperty;
import javafx.collections.FXCollections;
import javafx.collections.ObservableList;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The problems, newest first, and the one that stands across the window. */
public final class ProblemList implements Problems {
    private static final Logger LOG = LoggerFactory.getLogger("problem");
    private static final int MOST = 500;

    private final ObservableList<Problem> all = FXCollections.observableArrayList();
    private final ObservableList<Problem> view = FXCollections.unmodifiableObservableList(all);
    private final ObjectProperty<Problem> shown = new SimpleObjectProperty<>();

    @Override
    public void add(Problem problem) {
        switch (problem.severity()) {
            case ERROR -> LOG.error("{}", problem.summary());
            case WARNING -> LOG.warn("{}", problem.summary());
            case INFO -> LOG.info("{}", problem.summary());
        }
        FxThread.run(() -> {
            all.addFirst(problem);
            if (all.size() > MOST) {
                all.remove(MOST, all.size());
            }
        });
    }

    @Override
    public void show(Problem problem) {
        add(problem);
        FxThread.run(() -> shown.set(problem));
    }

    /** What stands across the window; {@code null} inside: nothing. */
    public ObjectProperty<Problem> shown() {
        return shown;
    }

    @Override
    public void remove(Problem problem) {
        all.remove(problem);
        if (shown.get() == problem) {
            shown.set(null);
        }
    }

    @Override
    public void clear() {
        all.clear();
        shown.set(null);
    }

    @Override
    public ObservableList<Problem> all() {
        return view;
    }
}
