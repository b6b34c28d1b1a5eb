package dev.doorbell.app.views.plans;

import dev.doorbell.testplans.plan.Plan;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A plan in the list.
 *
 * @param file where it was read; empty for those that come with the program
 * @param plan the plan, unless it cannot be read
 * @param problem why it cannot be read; empty when it can
 */
record PlanEntry(Optional<Path> file, Optional<Plan> plan, String problem) {
    static PlanEntry bundled(Plan plan) {
        return new PlanEntry(Optional.empty(), Optional.of(plan), "");
    }

    static PlanEntry of(Path file, Plan plan) {
        return new PlanEntry(Optional.of(file), Optional.of(plan), "");
    }

    static PlanEntry unreadable(Path file, String problem) {
        return new PlanEntry(Optional.of(file), Optional.empty(), problem);
    }

    String title() {
        return file.map(f -> f.getFileName().toString())
                .orElseGet(() -> plan.map(Plan::title).orElse(""));
    }
}
