package dev.doorbell.testplans.plan;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A test plan as read.
 *
 * @param id lower-case words joined by {@code -}
 * @param title one line
 * @param description what it covers and what it needs, may be empty
 * @param seed the seed that it asks for, when it does
 * @param requires what the device must have for any of its cases
 * @param groups in running order, ids unique
 * @param at the plan's start; its file names the plan in messages
 */
public record Plan(
        String id,
        String title,
        String description,
        OptionalLong seed,
        List<Requirement> requires,
        List<CaseGroup> groups,
        SourceLine at) {
    public Plan {
        requires = List.copyOf(requires);
        groups = List.copyOf(groups);
    }

    /** A chapter of the plan. */
    public record CaseGroup(String id, String title, String description, List<PlanCase> cases, SourceLine at) {
        public CaseGroup {
            cases = List.copyOf(cases);
        }
    }

    /** All cases in running order. */
    public List<PlanCase> cases() {
        return groups.stream().flatMap(g -> g.cases().stream()).toList();
    }

    /** The case with this full id ({@code group/case}). */
    public Optional<PlanCase> findCase(String fullId) {
        return cases().stream().filter(c -> c.fullId().equals(fullId)).findFirst();
    }
}
