package dev.doorbell.spec;

import java.util.AbstractList;
import java.util.List;
import java.util.RandomAccess;
import java.util.function.Supplier;

/** An immutable list that is made when somebody first looks into it. Safe to use from several threads. */
final class LazyList<T> extends AbstractList<T> implements RandomAccess {
    private Supplier<List<T>> source;
    private volatile List<T> items;

    LazyList(Supplier<List<T>> source) {
        this.source = source;
    }

    private List<T> items() {
        List<T> made = items;
        return made != null ? made : make();
    }

    private synchronized List<T> make() {
        if (items == null) {
            items = List.copyOf(source.get());
            source = null;
        }
        return items;
    }

    @Override
    public T get(int index) {
        return items().get(index);
    }

    @Override
    public int size() {
        return items().size();
    }
}
