package dev.doorbell.app.model;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * A future that knows whether somebody deals with its failure, so that one that nobody deals with can be reported. What
 * is derived from it shares that knowledge.
 */
final class Answer<T> extends CompletableFuture<T> {
    private final AtomicBoolean dealtWith;

    Answer() {
        this(new AtomicBoolean());
    }

    private Answer(AtomicBoolean dealtWith) {
        this.dealtWith = dealtWith;
    }

    boolean isDealtWith() {
        return dealtWith.get();
    }

    @Override
    public <U> CompletableFuture<U> newIncompleteFuture() {
        return new Answer<>(dealtWith);
    }

    @Override
    public CompletableFuture<T> exceptionally(Function<Throwable, ? extends T> handler) {
        dealtWith.set(true);
        return super.exceptionally(handler);
    }

    @Override
    public CompletableFuture<T> exceptionallyCompose(Function<Throwable, ? extends CompletionStage<T>> handler) {
        dealtWith.set(true);
        return super.exceptionallyCompose(handler);
    }

    @Override
    public <U> CompletableFuture<U> handle(BiFunction<? super T, Throwable, ? extends U> handler) {
        dealtWith.set(true);
        return super.handle(handler);
    }

    @Override
    public CompletableFuture<T> whenComplete(BiConsumer<? super T, ? super Throwable> action) {
        dealtWith.set(true);
        return super.whenComplete(action);
    }
}
