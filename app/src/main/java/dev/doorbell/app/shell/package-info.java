/**
 * The window: perspectives with docks, menus, toolbar, status bar, palette, theme. Knows no view by name; what a view may
 * use stands in {@code dev.doorbell.plugin}. JavaFX thread only, but for {@link dev.doorbell.app.shell.UiWatch}.
 */
package dev.doorbell.app.shell;
