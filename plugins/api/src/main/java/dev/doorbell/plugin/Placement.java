package dev.doorbell.plugin;

/**
 * Where a view stands in a fresh perspective.
 *
 * @param perspective the layout it belongs to
 * @param area the dock
 * @param order position among the dock's tabs, ascending; ten apart leaves room for add-ons
 * @param open whether its tab is there from the start, or only after the View menu, the palette or a link opened it
 */
public record Placement(Perspective perspective, Area area, int order, boolean open) {
    /** A tab that is there from the start. */
    public static Placement in(Perspective perspective, Area area, int order) {
        return new Placement(perspective, area, order, true);
    }

    /** A tab that appears on demand. */
    public static Placement onDemand(Perspective perspective, Area area, int order) {
        return new Placement(perspective, area, order, false);
    }
}
