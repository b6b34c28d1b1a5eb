package dev.doorbell.testplans.plan;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One test case.
 *
 * @param fullId {@code group/case}, with {@code [value]} behind it when a parameter list made it one of several
 * @param title what holds when it passes, one line
 * @param description more about it, may be empty
 * @param spec the requirement's place in a specification, may be empty
 * @param requires what the device must have; otherwise the case is skipped
 * @param parameters names and values for {@code ${name}}, in written order
 * @param depth entries of the case's I/O qpairs
 * @param timeout time limit of each command, when the case sets one
 * @param steps in order
 * @param teardown run afterwards, whatever happened
 */
public record PlanCase(
        String fullId,
        String title,
        String description,
        String spec,
        List<Requirement> requires,
        Map<String, Value> parameters,
        Value depth,
        Optional<Duration> timeout,
        List<Step> steps,
        List<Step> teardown,
        SourceLine at) {
    public PlanCase {
        requires = List.copyOf(requires);
        steps = List.copyOf(steps);
        teardown = List.copyOf(teardown);
    }

    /** The id without its group. */
    public String id() {
        return fullId.substring(fullId.indexOf('/') + 1);
    }
}
