package dev.doorbell.testplans.run;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A run as it stands, or stood at its end.
 *
 * @param state RUNNING until the end; then ERROR when the run could not go on, FAILED when any case is bad, else PASSED
 * @param finding why the run ended early, one sentence; empty: it did not
 * @param seed what all pseudo-random data came from
 * @param source the plan's file
 * @param duration until now or the end
 */
public record RunResult(
        String planId,
        String planTitle,
        String planDescription,
        String source,
        DeviceInfo device,
        HostInfo host,
        long seed,
        Instant started,
        Duration duration,
        State state,
        String finding,
        List<GroupResult> groups) {
    public RunResult {
        groups = List.copyOf(groups);
    }

    /** A chapter of the plan with its cases. */
    public record GroupResult(String id, String title, List<CaseResult> cases) {
        public GroupResult {
            cases = List.copyOf(cases);
        }

        public long count(State state) {
            return cases.stream().filter(c -> c.state() == state).count();
        }

        /** The worst of its cases' states once all are done; RUNNING or PENDING before. */
        public State state() {
            return summarise(cases);
        }

        public Duration duration() {
            return Duration.ofNanos(
                    cases.stream().mapToLong(CaseResult::durationNanos).sum());
        }
    }

    public List<CaseResult> cases() {
        return groups.stream().flatMap(g -> g.cases().stream()).toList();
    }

    public Optional<CaseResult> findCase(String fullId) {
        return cases().stream().filter(c -> c.id().equals(fullId)).findFirst();
    }

    /** How many cases are in this state. */
    public long count(State state) {
        return groups.stream().mapToLong(g -> g.count(state)).sum();
    }

    static State summarise(List<CaseResult> cases) {
        List<State> states = cases.stream().map(CaseResult::state).toList();
        if (states.contains(State.RUNNING)) {
            return State.RUNNING;
        }
        if (states.contains(State.PENDING)) {
            return states.stream().allMatch(s -> s == State.PENDING) ? State.PENDING : State.RUNNING;
        }
        for (State worst : List.of(State.ERROR, State.FAILED, State.PASSED)) {
            if (states.contains(worst)) {
                return worst;
            }
        }
        return State.SKIPPED;
    }
}
