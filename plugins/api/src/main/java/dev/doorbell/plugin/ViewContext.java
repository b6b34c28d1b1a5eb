package dev.doorbell.plugin;

import java.util.function.Consumer;
import javafx.beans.property.IntegerProperty;
import javafx.beans.property.ObjectProperty;
import javafx.beans.property.StringProperty;
import javafx.beans.value.ObservableValue;
import javafx.util.Subscription;

/** What one view may ask of the window around it. Made by the workbench, one a view. */
public interface ViewContext {
    /** The workbench: jobs, actions, selection, settings, navigation. */
    Workbench workbench();

    /** The device this view is about: the pinned one, else the workbench's current one; empty when none is open. */
    ObservableValue<DeviceSession> device();

    /** The device this view stays with; {@code null} follows the current one. Bind a pin button to it. */
    ObjectProperty<DeviceSession> pinned();

    /** Whether the view can be seen. */
    ObservableValue<Boolean> visible();

    /** The tab's text; starts as the contribution's title. */
    StringProperty title();

    /** The tab's second, muted text, also shown as its tooltip; empty at first. */
    StringProperty subtitle();

    /** The count on the tab; 0 shows none. */
    IntegerProperty badge();

    /** Runs at 10 Hz while the view is visible and not otherwise, until the view is disposed of. */
    Subscription onPulse(Runnable task);

    /**
     * Calls {@code listener} with the value now and at every change, until the view is disposed of. Runs also while
     * hidden.
     */
    <T> Subscription watch(ObservableValue<T> value, Consumer<? super T> listener);

    /** Calls {@code listener} with every event of whatever {@link #device} is, until the view is disposed of. */
    Subscription onDeviceEvent(Consumer<DeviceEvent> listener);

    /** Closes {@code subscription} together with the view. */
    void own(Subscription subscription);

    /** The view's texts: the bundle named {@code texts} in the folder of {@code owner}. */
    Texts texts(Class<?> owner);
}
