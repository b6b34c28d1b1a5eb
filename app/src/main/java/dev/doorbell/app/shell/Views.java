package dev.doorbell.app.shell;

import dev.doorbell.plugin.Perspective;
import dev.doorbell.plugin.Placement;
import dev.doorbell.plugin.ViewContribution;
import dev.doorbell.plugin.Workbench;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The kinds of views there are, and the one of each that exists. */
final class Views {
    private final Workbench workbench;
    private final Map<String, ViewContribution> kinds;
    private final Map<String, OpenView> open = new LinkedHashMap<>();
    private final Arrivals arrivals = new Arrivals();

    Views(Workbench workbench, Collection<ViewContribution> contributions) {
        this.workbench = workbench;
        kinds = contributions.stream()
                .sorted(Comparator.comparing(ViewContribution::title))
                .collect(Collectors.toMap(
                        ViewContribution::id, Function.identity(), (first, second) -> first, LinkedHashMap::new));
    }

    /** By title. */
    List<ViewContribution> kinds() {
        return List.copyOf(kinds.values());
    }

    Optional<ViewContribution> kind(String id) {
        return Optional.ofNullable(kinds.get(id));
    }

    /** The view, whose content is not made before it is seen; empty for an unknown id, as in an old layout. */
    Optional<OpenView> get(String id) {
        return kind(id).map(kind -> {
            var there = open.get(id);
            if (there == null) {
                there = new OpenView(kind, workbench);
                open.put(id, there);
                kind.tab(there);
            }
            return there;
        });
    }

    /** Those on their way into a dock. */
    Arrivals arrivals() {
        return arrivals;
    }

    static Optional<Placement> placement(ViewContribution kind, Perspective perspective) {
        return kind.placements().stream()
                .filter(p -> p.perspective() == perspective)
                .findFirst();
    }

    Collection<OpenView> open() {
        return open.values();
    }
}
