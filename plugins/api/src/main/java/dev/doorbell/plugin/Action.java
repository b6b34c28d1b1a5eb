package dev.doorbell.plugin;

import java.util.Optional;
import javafx.beans.binding.Bindings;
import javafx.beans.value.ObservableBooleanValue;
import javafx.scene.input.KeyCombination;

/**
 * Something the user can do, from a menu, the toolbar, a key or the palette. Immutable; made by {@link #of} and the
 * withers.
 *
 * @param id stable and unique, dotted, for example {@code "device.reset"}
 * @param title imperative, with an ellipsis if it asks before acting
 * @param icon Ikonli literal, or empty
 * @param menu the menu's id ({@code file device command run view window help}), or empty for the palette alone
 * @param order position in the menu, ascending; a new hundred begins a new group
 * @param keywords more words for the palette
 * @param shortcut the key
 * @param enabled when it can be done; dimmed, not hidden, otherwise
 * @param handler does it, on the JavaFX thread
 */
public record Action(
        String id,
        String title,
        String icon,
        String menu,
        int order,
        String keywords,
        Optional<KeyCombination> shortcut,
        ObservableBooleanValue enabled,
        Runnable handler) {

    private static final ObservableBooleanValue ALWAYS = Bindings.createBooleanBinding(() -> true);

    public static Action of(String id, String title, Runnable handler) {
        return new Action(id, title, "", "", 0, "", Optional.empty(), ALWAYS, handler);
    }

    public Action icon(String literal) {
        return new Action(id, title, literal, menu, order, keywords, shortcut, enabled, handler);
    }

    public Action menu(String menuId, int position) {
        return new Action(id, title, icon, menuId, position, keywords, shortcut, enabled, handler);
    }

    public Action keywords(String words) {
        return new Action(id, title, icon, menu, order, words, shortcut, enabled, handler);
    }

    /** @param keys as {@link KeyCombination#valueOf} reads them: {@code "Shortcut+Shift+P"}, {@code "F5"} */
    public Action shortcut(String keys) {
        return new Action(
                id, title, icon, menu, order, keywords, Optional.of(KeyCombination.valueOf(keys)), enabled, handler);
    }

    public Action enabledWhen(ObservableBooleanValue condition) {
        return new Action(id, title, icon, menu, order, keywords, shortcut, condition, handler);
    }

    /** Does it if it can be done. */
    public void run() {
        if (enabled.get()) {
            handler.run();
        }
    }
}
