package dev.doorbell.driver;

import java.util.ArrayList;
import java.util.List;

/** What one poll has reaped and somebody wants to be told of, once the qpair's lock is released. */
final class Ends {
    private List<Pending> told = List.of();
    private List<Controller.AsyncEvent> events = List.of();
    private int count;

    void add(Pending pending) {
        count++;
        if (pending.hasListener()) {
            if (told.isEmpty()) {
                told = new ArrayList<>();
            }
            told.add(pending);
        }
    }

    void add(Controller.AsyncEvent event) {
        count++;
        if (events.isEmpty()) {
            events = new ArrayList<>();
        }
        events.add(event);
    }

    /** Ends of commands and events. */
    int count() {
        return count;
    }

    /**
     * Runs the callbacks, completes the futures, tells the listeners of events. All are told, even if some of them throw.
     *
     * @return the first thing thrown, with the others as suppressed; null if none
     */
    Throwable dispatch(Controller controller) {
        Throwable failure = null;
        for (Pending pending : told) {
            try {
                pending.tell();
            } catch (Throwable t) {
                failure = join(failure, t);
            }
        }
        for (Controller.AsyncEvent event : events) {
            try {
                controller.tell(event);
            } catch (Throwable t) {
                failure = join(failure, t);
            }
        }
        return failure;
    }

    /** The first of two failures, either of which may be null, with the other as suppressed. */
    static Throwable join(Throwable first, Throwable next) {
        if (first == null) {
            return next;
        }
        if (next != null && first != next) {
            first.addSuppressed(next);
        }
        return first;
    }
}
