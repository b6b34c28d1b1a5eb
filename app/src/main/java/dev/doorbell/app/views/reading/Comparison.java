package dev.doorbell.app.views.reading;

import dev.doorbell.plugin.DeviceSession;
import dev.doorbell.plugin.History;

/** What a reading is compared with. */
public sealed interface Comparison {
    /** Nothing: no change is marked. */
    record Off() implements Comparison {}

    /** The reading before the newest. */
    record LastRefresh() implements Comparison {}

    /** An earlier reading that was kept. */
    record Earlier(History.Reading reading) implements Comparison {}

    /** The same of another open device, read when needed. */
    record Other(DeviceSession session) implements Comparison {}
}
