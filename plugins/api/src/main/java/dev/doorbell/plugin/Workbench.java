package dev.doorbell.plugin;

import dev.doorbell.spec.Catalogue;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import javafx.beans.property.ObjectProperty;
import javafx.beans.value.ObservableValue;
import javafx.collections.ObservableList;

/** The running program as views and actions see it. One object; JavaFX thread only. */
public interface Workbench {
    /** The current device, which all views follow that are not pinned; {@code null} inside when none is open. */
    ObjectProperty<DeviceSession> device();

    /** All open devices, in the order they were opened. Unmodifiable. */
    ObservableList<DeviceSession> sessions();

    /**
     * Opens a device as a job, makes it the current one when it is ready, and returns its session. A device that is open
     * already is only made current. The future fails with a {@code DoorbellException} that the window has already shown.
     */
    CompletableFuture<DeviceSession> open(String address);

    /** Stops what runs on the session and closes its device, as a job. */
    CompletableFuture<Void> close(DeviceSession session);

    /** Registers, structures, commands and status codes, including what add-ons brought. Immutable. */
    Catalogue catalogue();

    /** What the Inspector explains; views write it when the user selects something. {@code null} inside: nothing. */
    ObjectProperty<Selection> selection();

    Jobs jobs();

    Problems problems();

    Actions actions();

    Navigation navigation();

    /** Persisted values; keys start with the view's id. */
    Memento settings();

    /** Whether the dark theme is on; views rarely need it, as colours come from the style sheet. */
    ObservableValue<Boolean> dark();

    /** Runs at 10 Hz, visible or not; views use {@link ViewContext#onPulse} instead. */
    Pulse pulse();

    /** A short remark at the lower right, gone after some seconds; for failures use {@link #problems}. */
    void say(String message);

    /**
     * The one object of this class that views which belong together share, for example a form and its result. Made at the
     * first request, and kept as long as the workbench.
     */
    <T> T shared(Class<T> type, Function<Workbench, T> make);
}
