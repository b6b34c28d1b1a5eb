package dev.doorbell.driver;

import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** A command on its way: who wants to know of its end, and the end once it is known. */
final class Pending {
    final Command command;
    private final Consumer<Completion> callback;
    private final CompletableFuture<Completion> future;
    /** Whether {@code waitDone} counts it. Commands of {@code execute} have their own waiter. */
    final boolean counted;

    /** Whose {@code waitDone} counts it first. */
    final Thread submitter = Thread.currentThread();

    int cid;
    volatile Completion end;

    private Pending(
            Command command, Consumer<Completion> callback, CompletableFuture<Completion> future, boolean counted) {
        this.command = command;
        this.callback = callback;
        this.future = future;
        this.counted = counted;
    }

    static Pending submitted(Command command, Consumer<Completion> callback) {
        return new Pending(command, callback, null, true);
    }

    static Pending sent(Command command, CompletableFuture<Completion> future) {
        return new Pending(command, null, future, true);
    }

    static Pending executed(Command command) {
        return new Pending(command, null, null, false);
    }

    /** Whether its end comes by a future. */
    boolean hasFuture() {
        return future != null;
    }

    /** Whether {@link #tell} has anything to do. */
    boolean hasListener() {
        return callback != null || future != null;
    }

    /** Runs the callback or completes the future; without any lock. */
    void tell() {
        if (callback != null) {
            callback.accept(end);
        } else if (future != null) {
            future.complete(end);
        }
    }
}
