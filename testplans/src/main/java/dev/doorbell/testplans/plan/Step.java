package dev.doorbell.testplans.plan;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Something that a case does. Every kind can carry a name of its own; otherwise its title says what it does. */
public sealed interface Step {
    /** The step's own name, or a name made from what it does. */
    String title();

    SourceLine at();

    /** Sends one command and waits for its end. */
    record CommandStep(String title, CommandSend send, CommandExpect expect, Map<String, Value> save, SourceLine at)
            implements Step {}

    /** Sends several commands at once on one queue, fused ones for example, then waits for all. */
    record TogetherStep(String title, List<CommandStep> commands, SourceLine at) implements Step {
        public TogetherStep {
            commands = List.copyOf(commands);
        }
    }

    /**
     * Reads or writes a controller register.
     *
     * @param register its name in the catalogue, or an offset
     * @param write the value to write first, when there is one
     * @param within how long the expectations may take to hold; a single look without
     * @param expect register field (or {@code value} for the whole) to what must hold
     * @param save name to field (or {@code value})
     */
    record RegisterStep(
            String title,
            String register,
            Optional<Value> write,
            Optional<Value> within,
            Map<String, Check> expect,
            Map<String, Value> save,
            SourceLine at)
            implements Step {}

    /**
     * Runs I/O workers.
     *
     * @param settings the workload by the names of {@link WorkerSettings}
     * @param count how many run at once
     * @param expect counter name to what must hold, for all workers taken together
     */
    record WorkerStep(
            String title, WorkerSettings settings, Value count, Map<WorkerMetric, Check> expect, SourceLine at)
            implements Step {}

    /** Waits for a time. */
    record WaitStep(String title, Value time, SourceLine at) implements Step {}

    /**
     * Waits for an asynchronous event that came after the case began and that no earlier step took.
     *
     * @param expect {@code type}, {@code info}, {@code logPage} to what must hold
     * @param within how long to wait
     */
    record EventStep(String title, Map<String, Check> expect, Value within, SourceLine at) implements Step {}

    /**
     * Puts a fault plan in force in a simulator, in place of the one before. When the case's steps are over, the plan from before the
     * case is back.
     *
     * @param rules in the text form; empty: no faults
     * @param expect {@code hits} or {@code matched}, of all rules of the plan that ends here, to what must hold
     */
    record FaultsStep(String title, Value rules, Map<String, Check> expect, SourceLine at) implements Step {}

    /** Resets the controller; the case's qpairs are made anew afterwards. */
    record ResetStep(String title, Kind kind, SourceLine at) implements Step {
        /** How to reset. */
        public enum Kind {
            /** CC.EN to 0 and to 1 again. */
            CONTROLLER,
            /** NSSR. */
            SUBSYSTEM,
            /** Shutdown notification, then enabled again. */
            SHUTDOWN,
            /** PCI function level reset. */
            FLR
        }
    }

    /** Runs steps several times; {@code ${variable}} counts from 0. */
    record RepeatStep(String title, Value times, String variable, List<Step> steps, SourceLine at) implements Step {
        public RepeatStep {
            steps = List.copyOf(steps);
        }
    }

    /** Steps under one title. */
    record GroupStep(String title, List<Step> steps, SourceLine at) implements Step {
        public GroupStep {
            steps = List.copyOf(steps);
        }
    }

    /** Compares values that earlier steps saved: expression to what must hold. */
    record CheckStep(String title, Map<Value, Check> expect, SourceLine at) implements Step {}
}
