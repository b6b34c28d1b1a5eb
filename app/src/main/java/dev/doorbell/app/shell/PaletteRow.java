package dev.doorbell.app.shell;

/** A row of the palette's list. */
sealed interface PaletteRow {
    /** The name of the group below. */
    record Heading(String title) implements PaletteRow {}

    /** Something to choose. */
    record Line(PaletteEntry entry) implements PaletteRow {}
}
