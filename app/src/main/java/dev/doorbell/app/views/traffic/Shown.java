package dev.doorbell.app.views.traffic;

import java.util.function.Function;
import javafx.util.StringConverter;

/** Writes the values of a choice; they are chosen, not typed. */
final class Shown<T> extends StringConverter<T> {
    private final Function<T, String> text;

    Shown(Function<T, String> text) {
        this.text = text;
    }

    @Override
    public String toString(T value) {
        return value == null ? "" : text.apply(value);
    }

    @Override
    public T fromString(String string) {
        throw new UnsupportedOperationException("chosen, not typed");
    }
}
