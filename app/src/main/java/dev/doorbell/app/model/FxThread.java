package dev.doorbell.app.model;

import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import javafx.application.Platform;

/** The law of the JavaFX thread: what touches a property runs there. */
public final class FxThread {
    /** Runs at once when already there, else later there. */
    public static final Executor EXECUTOR = FxThread::run;

    private FxThread() {}

    public static void run(Runnable task) {
        if (Platform.isFxApplicationThread()) {
            task.run();
        } else {
            Platform.runLater(task);
        }
    }

    /** @throws IllegalStateException on any other thread */
    public static void check() {
        if (!Platform.isFxApplicationThread()) {
            throw new IllegalStateException(
                    "Only for the JavaFX thread, not " + Thread.currentThread().getName());
        }
    }

    /** The failure itself, out of the wrappings that futures put around it. */
    public static Throwable cause(Throwable failure) {
        var t = failure;
        while (t instanceof CompletionException && t.getCause() != null) {
            t = t.getCause();
        }
        return t;
    }

    public static boolean cancelled(Throwable failure) {
        return cause(failure) instanceof CancellationException;
    }

    /** A future that completes on the JavaFX thread with what {@code source} completes with. */
    public static <T> CompletableFuture<T> hop(CompletableFuture<T> source) {
        var there = new CompletableFuture<T>();
        source.whenComplete((value, failure) -> run(() -> {
            if (failure == null) {
                there.complete(value);
            } else {
                there.completeExceptionally(cause(failure));
            }
        }));
        return there;
    }
}
