package dev.doorbell.app.views.traffic;

import java.util.function.BiConsumer;
import java.util.function.Function;
import javafx.css.PseudoClass;
import javafx.scene.control.TextField;
import javafx.scene.control.Tooltip;
import javafx.scene.input.KeyCode;

/**
 * A field for one figure of the draft. Text that can be read goes into the draft at once; text that cannot stays, is
 * marked, and its reason goes under the checks.
 */
final class Entry extends TextField {
    private static final PseudoClass INVALID = PseudoClass.getPseudoClass("invalid");

    /** Puts the text into a draft that is being changed; throws IllegalArgumentException with the reason. */
    @FunctionalInterface
    interface Reader extends BiConsumer<WorkloadDraft.Edit, String> {}

    private final TrafficDesk desk;
    private final String name;
    private final Function<WorkloadDraft, String> writer;
    private final Reader reader;
    private boolean showing;
    private String hint = "";

    /**
     * @param id of the node
     * @param name as the checks say it
     */
    Entry(TrafficDesk desk, String id, String name, Function<WorkloadDraft, String> writer, Reader reader) {
        this.desk = desk;
        this.name = name;
        this.writer = writer;
        this.reader = reader;
        setId(id);
        setAccessibleText(name);
        getStyleClass().addAll("small", "mono");
        textProperty().addListener((o, was, is) -> take(is));
        focusedProperty().addListener(o -> {
            if (!isFocused() && !desk.invalid().containsKey(id)) {
                show();
            }
        });
        setOnKeyPressed(e -> {
            if (e.getCode() == KeyCode.ESCAPE) {
                desk.invalid().remove(id);
                show();
            } else if (e.getCode() == KeyCode.ENTER && !e.isShortcutDown()) {
                show();
            }
        });
    }

    /** What can be typed, as its tooltip says it while nothing is wrong. */
    void setHint(String text) {
        hint = text;
        mark();
    }

    private void take(String text) {
        if (showing) {
            return;
        }
        try {
            var changed = desk.draft().get().edit(e -> reader.accept(e, text));
            desk.invalid().remove(getId());
            desk.draft().set(changed);
        } catch (IllegalArgumentException e) {
            desk.invalid().put(getId(), name + ": " + e.getMessage());
        }
        mark();
    }

    /** Shows what the draft has, unless the user is typing or what was typed cannot be read. */
    void update() {
        if (!isFocused() && !desk.invalid().containsKey(getId())) {
            show();
        }
        mark();
    }

    private void show() {
        if (desk.invalid().containsKey(getId())) {
            return;
        }
        showing = true;
        setText(writer.apply(desk.draft().get()));
        showing = false;
        mark();
    }

    private void mark() {
        var reason = desk.invalid().get(getId());
        pseudoClassStateChanged(INVALID, reason != null);
        setTooltip(reason != null ? new Tooltip(reason) : hint.isEmpty() ? null : new Tooltip(hint));
    }
}
