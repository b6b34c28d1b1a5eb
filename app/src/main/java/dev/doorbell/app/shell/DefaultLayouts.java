package dev.doorbell.app.shell;

import dev.doorbell.app.shell.LayoutText.Frame;
import dev.doorbell.app.shell.LayoutText.Part;
import dev.doorbell.app.shell.LayoutText.Split;
import dev.doorbell.app.shell.LayoutText.Tabs;
import dev.doorbell.plugin.Area;
import dev.doorbell.plugin.Perspective;
import dev.doorbell.plugin.Placement;
import dev.doorbell.plugin.ViewContribution;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** The layout of a fresh perspective, from where the views say they stand. */
final class DefaultLayouts {
    private static final double BAR_HEIGHTS = 100;

    private DefaultLayouts() {}

    /** @param width of the window, as side docks have a width of their own, not a share */
    static List<Frame> of(Perspective perspective, List<ViewContribution> views, double width, double height) {
        var shape = Shape.of(perspective, width < 1400);
        double room = height - BAR_HEIGHTS;
        var left = tabs(Area.LEFT, perspective, views);
        var center = tabs(Area.CENTER, perspective, views);
        var right = tabs(Area.RIGHT, perspective, views);
        var bottom = tabs(Area.BOTTOM, perspective, views);
        Part root;
        if (shape.leftIsTall) {
            var upper = row("upper", center, right, 1 - shape.right / (width - shape.left));
            var rest = column("rest", upper, bottom, 1 - shape.bottom / room);
            root = left.views().isEmpty()
                    ? rest
                    : new Split("all", false, List.of(shape.left / width), List.of(left, rest));
        } else {
            var parts = new ArrayList<Part>();
            var dividers = new ArrayList<Double>();
            if (!left.views().isEmpty()) {
                parts.add(left);
                dividers.add(shape.left / width);
            }
            parts.add(center);
            if (!right.views().isEmpty()) {
                parts.add(right);
                dividers.add(1 - shape.right / width);
            }
            root = column("all", new Split("upper", false, dividers, parts), bottom, 1 - shape.bottom / room);
        }
        return List.of(new Frame(true, 0, 0, 0, 0, root));
    }

    private static Part row(String id, Part first, Tabs second, double at) {
        return second.views().isEmpty() ? first : new Split(id, false, List.of(at), List.of(first, second));
    }

    private static Part column(String id, Part first, Tabs second, double at) {
        return second.views().isEmpty() ? first : new Split(id, true, List.of(at), List.of(first, second));
    }

    private static Tabs tabs(Area area, Perspective perspective, List<ViewContribution> views) {
        var ids = views.stream()
                .flatMap(v -> v.placements().stream()
                        .filter(p -> p.perspective() == perspective && p.area() == area && p.open())
                        .map(p -> new Seat(v.id(), p)))
                .sorted(Comparator.comparingInt(s -> s.placement.order()))
                .map(Seat::id)
                .toList();
        return new Tabs(id(area), ids.isEmpty() ? "" : ids.getFirst(), ids);
    }

    /** The id of the dock that stands for an area. */
    static String id(Area area) {
        return area.name().toLowerCase(Locale.ROOT);
    }

    private record Seat(String id, Placement placement) {}

    /** Sizes in pixels. */
    private record Shape(double left, double right, double bottom, boolean leftIsTall) {
        static Shape of(Perspective perspective, boolean narrow) {
            return switch (perspective) {
                case EXPLORE -> narrow ? new Shape(216, 296, 252, false) : new Shape(280, 376, 320, false);
                case TRAFFIC -> narrow ? new Shape(280, 320, 190, true) : new Shape(312, 418, 244, true);
                case TEST -> narrow ? new Shape(264, 360, 200, false) : new Shape(316, 496, 260, false);
            };
        }
    }
}
