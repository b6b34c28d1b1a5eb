package dev.doorbell.testplans.run;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A case as it stands.
 *
 * @param id {@code group/case}
 * @param spec the requirement's place in a specification; may be empty
 * @param finding what is wrong, or why it was skipped, in one sentence; empty while nothing is
 * @param parameters names and resolved values
 * @param started {@link Instant#EPOCH} before it started
 * @param steps those done so far, in order, nested ones by their path
 * @param commands what the cmdlogs hold of this case, oldest first, at most {@link #MAX_COMMANDS}
 * @param log what was logged while it ran
 * @param workers one for each worker step
 */
public record CaseResult(
        String id,
        String groupId,
        String title,
        String description,
        String spec,
        State state,
        String finding,
        Map<String, String> parameters,
        Instant started,
        long durationNanos,
        List<StepResult> steps,
        List<CommandLine> commands,
        List<LogLine> log,
        List<WorkerSeries> workers) {
    /** As many commands of a case are kept: the last ones. */
    public static final int MAX_COMMANDS = 64;

    public CaseResult {
        steps = List.copyOf(steps);
        commands = List.copyOf(commands);
        log = List.copyOf(log);
        workers = List.copyOf(workers);
    }

    /** The first step that went wrong. */
    public Optional<StepResult> badStep() {
        return steps.stream().filter(s -> s.state().isBad()).findFirst();
    }
}
