package dev.doorbell.testplans.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.doorbell.driver.Controller;
import dev.doorbell.driver.FaultPlan;
import dev.doorbell.driver.Simulator;
import dev.doorbell.testplans.run.CaseResult;
import dev.doorbell.testplans.run.PlanRunner;
import dev.doorbell.testplans.run.RunListener;
import dev.doorbell.testplans.run.RunOptions;
import dev.doorbell.testplans.run.State;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class DocumentationTest {
    /** What stands between the fences of the first block of a kind. */
    private static String block(String page, String kind) throws IOException {
        String text = Files.readString(Path.of("../docs/" + page));
        int from = text.indexOf("```" + kind + "\n") + kind.length() + 4;
        return text.substring(from, text.indexOf("```", from));
    }

    @Test
    @Timeout(120)
    void theExamplesOfFaultsRun() throws IOException {
        FaultPlan rules = FaultPlan.parse(block("simulator.md", "faults"));
        assertThat(rules.rules()).hasSize(11);
        Plan plan = PlanReader.readText(block("simulator.md", "yaml"), "simulator.md");
        try (Controller c = Controller.open("sim:")) {
            Simulator simulator = c.device().simulator().orElseThrow();
            simulator.faults(rules);
            assertThat(simulator.faults().plan()).isEqualTo(rules);
            simulator.clearFaults();
            assertThat(PlanRunner.run(plan, c, RunOptions.defaults(), RunListener.NONE)
                            .cases())
                    .allSatisfy(r -> assertThat(r.state()).as(r.finding()).isEqualTo(State.PASSED))
                    .hasSize(2);
        }
    }

    @Test
    @Timeout(120)
    void theExampleInTheDocumentationRuns() throws IOException {
        String page = Files.readString(Path.of("../docs/test-plans.md"));
        int from = page.indexOf("```yaml\n") + 8;
        Plan plan = PlanReader.readText(page.substring(from, page.indexOf("```", from)), "test-plans.md");
        try (Controller c = Controller.open("sim:")) {
            assertThat(PlanRunner.run(plan, c, RunOptions.defaults(), RunListener.NONE)
                            .cases())
                    .allSatisfy(r -> assertThat(r.state()).as(r.finding()).isEqualTo(State.PASSED))
                    .extracting(CaseResult::id)
                    .contains("data/write-read[1]", "data/write-read[8]");
        }
    }
}
