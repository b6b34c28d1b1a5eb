package dev.doorbell.plugin;

import javafx.util.Subscription;

/** The one shared refresh beat, 10 Hz, on the JavaFX thread. It stands still while nobody listens. */
public interface Pulse {
    /** Calls {@code task} at each beat until the subscription is closed. A task that throws is reported and removed. */
    Subscription subscribe(Runnable task);
}
