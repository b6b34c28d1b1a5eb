package dev.doorbell.app.views.inspector;

import dev.doorbell.plugin.Selection;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** What the Inspector has shown, to go back and forward in. A newer value of the same thing takes its place. */
final class Trail {
    private static final int KEPT = 100;
    private final List<Selection> shown = new ArrayList<>();
    private int at = -1;

    /** Takes note of what is shown now; whatever was ahead is forgotten. */
    void visit(Selection selection) {
        if (current().filter(c -> isSame(c, selection)).isPresent()) {
            shown.set(at, selection);
            return;
        }
        while (shown.size() > at + 1) {
            shown.removeLast();
        }
        shown.add(selection);
        if (shown.size() > KEPT) {
            shown.removeFirst();
        }
        at = shown.size() - 1;
    }

    Optional<Selection> current() {
        return at < 0 ? Optional.empty() : Optional.of(shown.get(at));
    }

    boolean canGoBack() {
        return at > 0;
    }

    boolean canGoForward() {
        return at < shown.size() - 1;
    }

    /** One step; stays where there is none. */
    Optional<Selection> go(int step) {
        at = shown.isEmpty() ? -1 : Math.clamp(at + step, 0, shown.size() - 1);
        return current();
    }

    /** Forgets what is not to be kept; true when anything was forgotten. */
    boolean keep(Predicate<Selection> wanted) {
        Optional<Selection> here = current();
        boolean changed = shown.removeIf(wanted.negate());
        if (changed) {
            at = here.map(shown::indexOf).filter(i -> i >= 0).orElse(shown.size() - 1);
        }
        return changed;
    }

    static boolean isSame(Selection a, Selection b) {
        return a.device().equals(b.device()) && a.path().equals(b.path());
    }
}
