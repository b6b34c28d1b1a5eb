package dev.doorbell.testplans.run;

import dev.doorbell.driver.Controller;
import dev.doorbell.testplans.plan.Plan;

/** Runs plans in one call. Whoever wants to cancel or to watch makes a {@link PlanRun}. */
public final class PlanRunner {
    private PlanRunner() {}

    /** Runs a plan on the calling thread and gives the result; failures of cases are part of it, not exceptions. */
    public static RunResult run(Plan plan, Controller controller, RunOptions options, RunListener listener) {
        return new PlanRun(plan, controller, options, listener).run();
    }
}
