package dev.doorbell.app.controls;

import java.util.List;
import java.util.function.Function;
import javafx.beans.property.ObjectProperty;
import javafx.beans.property.SimpleObjectProperty;
import javafx.scene.control.ToggleButton;
import javafx.scene.input.KeyCode;
import javafx.scene.input.KeyEvent;
import javafx.scene.layout.HBox;

/**
 * A choice among a few values that are all in sight; exactly one is chosen. Left and right move the choice.
 *
 * @param <T> the values; compared with equals
 */
public final class Segmented<T> extends HBox {
    private final ObjectProperty<T> value;
    private final List<T> values;

    /** A choice among {@code values}, of which the first is chosen. */
    public Segmented(List<T> values, Function<T, String> text) {
        this.values = List.copyOf(values);
        value = new SimpleObjectProperty<>(this, "value", this.values.getFirst());
        getStyleClass().add("segmented");
        for (T each : this.values) {
            getChildren().add(segment(each, text.apply(each)));
        }
        value.addListener(o -> show());
        addEventFilter(KeyEvent.KEY_PRESSED, this::move);
        show();
    }

    /** The chosen value; setting one that is not offered chooses nothing. */
    public ObjectProperty<T> valueProperty() {
        return value;
    }

    /** The chosen value. */
    public T getValue() {
        return value.get();
    }

    /** Shows the chosen segment in grey instead of blue, for a choice that is no main thing. */
    public Segmented<T> quiet() {
        getStyleClass().add("quiet");
        return this;
    }

    private ToggleButton segment(T each, String text) {
        ToggleButton segment = new ToggleButton(text);
        segment.getStyleClass().setAll("segment");
        segment.setUserData(each);
        segment.setOnAction(e -> {
            value.set(each);
            show();
        });
        return segment;
    }

    private void move(KeyEvent e) {
        int step = e.getCode() == KeyCode.LEFT ? -1 : e.getCode() == KeyCode.RIGHT ? 1 : 0;
        if (step != 0) {
            int to = Math.clamp(values.indexOf(value.get()) + step, 0, values.size() - 1);
            value.set(values.get(to));
            getChildren().get(to).requestFocus();
            e.consume();
        }
    }

    private void show() {
        for (int i = 0; i < values.size(); i++) {
            ToggleButton segment = (ToggleButton) getChildren().get(i);
            segment.setSelected(values.get(i).equals(value.get()));
            segment.pseudoClassStateChanged(Pseudo.FIRST, i == 0);
            segment.pseudoClassStateChanged(Pseudo.LAST, i == values.size() - 1);
        }
    }
}
