package dev.doorbell.plugin;

import dev.doorbell.driver.Controller;

/** What happened to a device. Delivered on the JavaFX thread. */
public sealed interface DeviceEvent {
    /** The device is open and, if it could be, enabled. */
    record Opened() implements DeviceEvent {}

    /** It is about to be closed: whoever has qpairs, workers or buffers on it closes them now, through the session. */
    record Closing() implements DeviceEvent {}

    /** It is closed; its session is of no more use. */
    record Closed() implements DeviceEvent {}

    /** The controller was reset, enabled or disabled: everything read before may be stale, qpairs are gone. */
    record Reset() implements DeviceEvent {}

    /** The function vanished or the connection broke. */
    record Lost(String reason) implements DeviceEvent {}

    /** Something was read again; {@code what} is a {@link History} key. */
    record Refreshed(String what) implements DeviceEvent {}

    /** Namespaces were created, deleted, attached, detached or formatted. */
    record NamespacesChanged() implements DeviceEvent {}

    /** Qpairs or workers came or went. */
    record QueuesChanged() implements DeviceEvent {}

    /** The controller sent an asynchronous event. */
    record Async(Controller.AsyncEvent event) implements DeviceEvent {}
}
