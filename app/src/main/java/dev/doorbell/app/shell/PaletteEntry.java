package dev.doorbell.app.shell;

import dev.doorbell.spec.Hit;
import java.util.Optional;

/**
 * One line of the palette.
 *
 * @param icon Ikonli literal
 * @param name in front, with the matching part lit
 * @param detail muted, behind
 * @param side at the right end, in monospace
 * @param enabled dimmed when false
 * @param hit the catalogue's item, for the preview
 * @param run what Enter does
 */
record PaletteEntry(
        Kind kind,
        String icon,
        String name,
        String detail,
        String side,
        boolean enabled,
        int score,
        Optional<Hit> hit,
        Runnable run) {

    /** The groups, in the order in which equally good ones are shown. */
    enum Kind {
        REGISTERS(Tab.REGISTERS),
        FIELDS(Tab.FIELDS),
        COMMANDS(Tab.COMMANDS),
        PAGES(Tab.FIELDS),
        DEVICES(Tab.ACTIONS),
        VIEWS(Tab.ACTIONS),
        ACTIONS(Tab.ACTIONS),
        STATUS(Tab.COMMANDS);

        private final Tab tab;

        Kind(Tab tab) {
            this.tab = tab;
        }

        boolean on(Tab wanted) {
            return wanted == Tab.ALL || wanted == tab;
        }
    }

    /** What the search can be narrowed to. */
    enum Tab {
        ALL,
        REGISTERS,
        FIELDS,
        COMMANDS,
        ACTIONS
    }
}
