package dev.doorbell.testplans.run;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Lets other threads cancel and pause a run; the run asks here before it goes on. */
final class Flow {
    private static final long LOOK_NANOS = 50_000_000;

    /** The run was cancelled. */
    static final class CancelledException extends RuntimeException {
        private static final long serialVersionUID = 1;

        CancelledException() {
            super("the run was cancelled", null, false, false);
        }
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private boolean cancelled;
    private boolean paused;
    private long endNanos = Long.MAX_VALUE;

    void cancel() {
        set(true, false);
    }

    void pause(boolean pause) {
        set(cancelled(), pause);
    }

    /** Lets a teardown go on after a cancel, for so long at most. */
    void grace(Duration limit) {
        lock.lock();
        try {
            endNanos = System.nanoTime() + limit.toNanos();
        } finally {
            lock.unlock();
        }
    }

    /** Ends what {@link #grace} began. */
    void noGrace() {
        lock.lock();
        try {
            endNanos = Long.MAX_VALUE;
        } finally {
            lock.unlock();
        }
    }

    boolean cancelled() {
        lock.lock();
        try {
            return cancelled;
        } finally {
            lock.unlock();
        }
    }

    boolean paused() {
        lock.lock();
        try {
            return paused;
        } finally {
            lock.unlock();
        }
    }

    /** Throws {@link CancelledException} when the run is to end. */
    void check() {
        lock.lock();
        try {
            boolean inGrace = endNanos != Long.MAX_VALUE && System.nanoTime() - endNanos < 0;
            if (cancelled && !inGrace) {
                throw new CancelledException();
            }
        } finally {
            lock.unlock();
        }
    }

    /** As {@link #check}, and stays here as long as the run is paused. */
    void checkpoint() {
        lock.lock();
        try {
            while (paused && !cancelled) {
                changed.awaitUninterruptibly();
            }
        } finally {
            lock.unlock();
        }
        check();
    }

    /** Sleeps; wakes up with {@link CancelledException} on a cancel or an interrupt. */
    void sleep(long nanos) {
        long end = System.nanoTime() + nanos;
        lock.lock();
        try {
            for (long left = nanos; left > 0; left = end - System.nanoTime()) {
                check();
                changed.awaitNanos(Math.min(left, LOOK_NANOS));
            }
            check();
        } catch (InterruptedException e) {
            cancelled = true;
            Thread.currentThread().interrupt();
            throw new CancelledException();
        } finally {
            lock.unlock();
        }
    }

    private void set(boolean cancel, boolean pause) {
        lock.lock();
        try {
            cancelled |= cancel;
            paused = pause;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
