package dev.doorbell.driver;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;

/**
 * One native handle and the guard around it: calls hold it between {@link #acquire} and {@link #release}, closing waits for them, and
 * nobody gets the address afterwards.
 */
final class Handle {
    private static final int CLOSED = Integer.MIN_VALUE;

    private final long address;
    private final String what;
    private final AtomicInteger users = new AtomicInteger();

    Handle(long address, String what) {
        this.address = address;
        this.what = what;
    }

    /** The address for the length of one call; always followed by {@link #release} in a finally block, which keeps this reachable. */
    long acquire() {
        for (; ; ) {
            int n = users.get();
            if (n < 0) {
                throw new Device.ClosedException(what + " is closed");
            }
            if (users.compareAndSet(n, n + 1)) {
                return address;
            }
        }
    }

    void release() {
        users.decrementAndGet();
    }

    boolean isOpen() {
        return users.get() >= 0;
    }

    void check() {
        if (!isOpen()) {
            throw new Device.ClosedException(what + " is closed");
        }
    }

    /**
     * Refuses new calls, waits for the running ones, and frees. The caller must not hold the handle itself. When {@code free} throws,
     * the handle is open again.
     *
     * @return false if it was closed already
     */
    boolean close(LongConsumer free) {
        for (; ; ) {
            int n = users.get();
            if (n < 0) {
                return false;
            }
            if (users.compareAndSet(n, n | CLOSED)) {
                break;
            }
        }
        while (users.get() != CLOSED) {
            LockSupport.parkNanos(20_000);
        }
        boolean freed = false;
        try {
            free.accept(address);
            freed = true;
        } finally {
            if (!freed) {
                users.set(0);
            }
        }
        return true;
    }

    @Override
    public String toString() {
        return what;
    }
}
