package dev.doorbell.testplans.run;

/** Where a run, a group, a case or a step stands. */
public enum State {
    PENDING,
    RUNNING,
    PASSED,
    /** Something was not as expected. */
    FAILED,
    /** Not run, for a reason that is told. */
    SKIPPED,
    /** Could not be judged: the device was lost, the plan is wrong, or the run was cancelled in the middle. */
    ERROR;

    public boolean isDone() {
        return this != PENDING && this != RUNNING;
    }

    public boolean isBad() {
        return this == FAILED || this == ERROR;
    }
}
