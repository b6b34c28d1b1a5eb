package dev.doorbell.driver;

import java.util.ArrayDeque;
import java.util.Iterator;

/**
 * Ends that {@code waitDone} has not counted yet, because another call reaped them. Each is for the thread that submitted the command;
 * those that nobody waits for are forgotten, the oldest first. Guarded by the qpair's lock.
 */
final class KeptEnds {
    /** What a call that reaps leaves for {@code waitDone} to count. */
    enum Keep {
        /** Everything: {@code waitDone} itself is reaping. */
        ALL,
        /** What was given to {@code submit}; a future has its own way to its owner. */
        SUBMITTED,
        /** Nothing: the caller counts. */
        NONE
    }

    private static final int ROOM = 8192;

    private final ArrayDeque<Pending> ends = new ArrayDeque<>();

    void add(Pending pending, Keep keep) {
        boolean kept = switch (keep) {
            case ALL -> pending.counted;
            case SUBMITTED -> pending.counted && !pending.hasFuture();
            case NONE -> false;
        };
        if (kept) {
            if (ends.size() == ROOM) {
                ends.remove();
            }
            ends.add(pending);
        }
    }

    /** The first end of a command that this thread submitted; null if there is none. */
    Completion takeOwn(Thread self) {
        for (Iterator<Pending> i = ends.iterator(); i.hasNext(); ) {
            Pending pending = i.next();
            if (pending.submitter == self) {
                i.remove();
                return pending.end;
            }
        }
        return null;
    }

    /** The first end of anybody's command; null if there is none. */
    Completion takeAny() {
        Pending pending = ends.poll();
        return pending == null ? null : pending.end;
    }

    void clear() {
        ends.clear();
    }
}
