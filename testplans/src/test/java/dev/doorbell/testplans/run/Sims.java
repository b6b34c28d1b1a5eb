package dev.doorbell.testplans.run;

import dev.doorbell.driver.Controller;
import dev.doorbell.testplans.plan.Plan;
import dev.doorbell.testplans.plan.PlanReader;

/** Plans and controllers for tests of the runner. */
public final class Sims {
    private Sims() {}

    public static Controller open() {
        return Controller.open("sim:size=64MiB");
    }

    /** A plan of cases, each written from {@code - case: …} on. */
    public static Plan plan(String cases) {
        return PlanReader.readText(
                "plan: test\ntitle: Test\ngroups:\n  - group: g\n    title: Group\n    cases:\n" + cases.indent(6),
                "test.yaml");
    }

    public static RunResult run(String cases) {
        try (Controller c = open()) {
            return PlanRunner.run(plan(cases), c, RunOptions.defaults().seed(7), RunListener.NONE);
        }
    }
}
