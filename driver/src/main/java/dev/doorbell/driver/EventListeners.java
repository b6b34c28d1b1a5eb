package dev.doorbell.driver;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** Who wants to know of asynchronous events. */
final class EventListeners {
    private final List<Consumer<Controller.AsyncEvent>> listeners = new CopyOnWriteArrayList<>();

    /** Adds a listener; closing the result removes it. */
    AutoCloseable add(Consumer<Controller.AsyncEvent> listener) {
        // A listener that is added twice is told twice and removed once.
        Consumer<Controller.AsyncEvent> own = listener::accept;
        listeners.add(own);
        return () -> listeners.remove(own);
    }

    /** Tells all, even if some of them throw. */
    void tell(Controller.AsyncEvent event) {
        Throwable failure = null;
        for (Consumer<Controller.AsyncEvent> listener : listeners) {
            try {
                listener.accept(event);
            } catch (Throwable t) {
                failure = Ends.join(failure, t);
            }
        }
        if (failure != null) {
            throw new DoorbellException("a listener for asynchronous events failed: " + failure.getMessage(), failure);
        }
    }

    void clear() {
        listeners.clear();
    }
}
