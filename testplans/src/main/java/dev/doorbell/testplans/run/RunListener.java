package dev.doorbell.testplans.run;

import dev.doorbell.testplans.run.WorkerSeries.WorkerSample;

/**
 * Hears what happens in a run, on the run's own thread: be quick, and hand over to other threads. What a listener
 * throws ends the run.
 */
public interface RunListener {
    /** Hears nothing. */
    RunListener NONE = new RunListener() {};

    /** The run begins; all cases are PENDING. */
    default void started(RunResult run) {}

    default void caseStarted(CaseResult c) {}

    /** A step ended; the case holds it as its last one. */
    default void stepDone(CaseResult c, StepResult step) {}

    /** A worker's interval ended. */
    default void sample(CaseResult c, String stepTitle, WorkerSample sample) {}

    /** The case ended, with its finding, commands and log. */
    default void caseFinished(CaseResult c) {}

    default void log(LogLine line) {}

    /** The run ended; this is always the last call. */
    default void finished(RunResult run) {}
}
