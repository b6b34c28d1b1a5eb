package dev.doorbell.driver;

import java.util.concurrent.locks.LockSupport;

/** Waiting between two looks at a device. */
final class Pause {
    private Pause() {}

    /** Waits; an interrupt of the thread ends it by an exception. */
    static void nanos(long nanos) {
        LockSupport.parkNanos(nanos);
        if (Thread.interrupted()) {
            Thread.currentThread().interrupt();
            throw new DoorbellException("interrupted while waiting for the device");
        }
    }
}
