package dev.doorbell.plugin;

/** The docks of a fresh perspective; the user may drag views anywhere afterwards. */
public enum Area {
    LEFT,
    CENTER,
    RIGHT,
    BOTTOM
}
