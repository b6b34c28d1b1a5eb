package dev.doorbell.app.views.cmdlog;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import javafx.beans.property.BooleanProperty;
import javafx.beans.property.LongProperty;
import javafx.beans.property.SimpleBooleanProperty;
import javafx.beans.property.SimpleLongProperty;
import javafx.collections.FXCollections;
import javafx.collections.ObservableList;

/** The rows of the command log: all that are kept, and those that the filter shows. JavaFX thread only. */
final class CmdlogModel {
    /** Rows kept; the oldest go first. */
    static final int CAPACITY = 20_000;

    private final List<CmdlogRow> all = new ArrayList<>();
    private final ObservableList<CmdlogRow> shown = FXCollections.observableArrayList();
    private final LongProperty total = new SimpleLongProperty();
    private final LongProperty failed = new SimpleLongProperty();
    private final BooleanProperty paused = new SimpleBooleanProperty();
    private Predicate<CmdlogRow> filter = row -> true;

    ObservableList<CmdlogRow> shown() {
        return shown;
    }

    /** All kept rows, shown or not. */
    LongProperty total() {
        return total;
    }

    /** How many of the shown ones failed. */
    LongProperty failed() {
        return failed;
    }

    /** While on, the picture stands still; nothing is lost. */
    BooleanProperty paused() {
        return paused;
    }

    /** Oldest first. */
    List<CmdlogRow> all() {
        return List.copyOf(all);
    }

    void filter(Predicate<CmdlogRow> wanted) {
        filter = wanted;
        showAll();
    }

    /** Shows what has been held back by a pause or a filter. */
    void showAll() {
        shown.setAll(all.stream().filter(filter).toList());
        count();
    }

    void clear() {
        all.clear();
        showAll();
    }

    void add(CmdlogCollector.News news) {
        for (CmdlogRow row : news.ended()) {
            replace(row);
        }
        all.addAll(news.sent());
        boolean overflow = all.size() > CAPACITY;
        if (overflow) {
            all.subList(0, all.size() - CAPACITY).clear();
        }
        if (!paused.get()) {
            List<CmdlogRow> more = news.sent().stream().filter(filter).toList();
            if (overflow && shown.size() + more.size() > CAPACITY) {
                showAll();
            } else if (!more.isEmpty()) {
                shown.addAll(more);
            }
        }
        count();
    }

    private void replace(CmdlogRow row) {
        int at = indexFromEnd(all, row);
        if (at >= 0) {
            all.set(at, row);
        }
        if (paused.get()) {
            return;
        }
        int visible = indexFromEnd(shown, row);
        if (visible >= 0 && filter.test(row)) {
            shown.set(visible, row);
        } else if (visible >= 0) {
            shown.remove(visible);
        } else if (filter.test(row)) {
            showAll();
        }
    }

    private static int indexFromEnd(List<CmdlogRow> rows, CmdlogRow wanted) {
        for (int i = rows.size() - 1; i >= 0; i--) {
            if (rows.get(i).sameCommand(wanted)) {
                return i;
            }
        }
        return -1;
    }

    private void count() {
        total.set(all.size());
        failed.set(shown.stream().filter(CmdlogRow::failed).count());
    }
}
