package dev.doorbell.driver;

import java.util.List;

/** Closes many things, all of them even if some fail, and remembers the first failure with the others as suppressed. */
final class Closing {
    private static final long LIMIT_NANOS = 10_000_000_000L;

    private Throwable failure;

    /** Closes every one. */
    void all(List<? extends AutoCloseable> things) {
        for (AutoCloseable thing : things) {
            try {
                thing.close();
            } catch (Exception e) {
                failure = Ends.join(failure, e);
            }
        }
    }

    /** Closes a device with all that is open on it, even if other threads are still opening things, which they cannot for long. */
    void device(Device device) {
        long deadline = System.nanoTime() + LIMIT_NANOS;
        for (; ; ) {
            all(device.children().of(IoWorker.class));
            all(device.children().of(Qpair.class));
            all(device.children().of(RawSubmissionQueue.class));
            all(device.children().of(RawCompletionQueue.class));
            all(device.children().of(Buffer.class));
            try {
                device.close();
                return;
            } catch (Device.BusyException e) {
                if (System.nanoTime() > deadline) {
                    failure = Ends.join(failure, e);
                    return;
                }
                Thread.yield();
            }
        }
    }

    /** Throws the first failure if there was one. */
    void rethrow() {
        switch (failure) {
            case null -> {}
            case RuntimeException e -> throw e;
            default -> throw new DoorbellException("closing failed: " + failure.getMessage(), failure);
        }
    }
}
