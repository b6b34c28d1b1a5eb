package dev.doorbell.testplans.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.doorbell.driver.Controller;
import dev.doorbell.testplans.plan.Plans;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The plans that come with Doorbell pass on the simulator and on QEMU's model, which nobody here wrote. */
@Timeout(300)
class BundledPlansTest {
    @ParameterizedTest
    @ValueSource(strings = {"sim:", "sim:lba=4096,ns=3", "qemu:"})
    void smoke(String address) {
        RunResult run = run("smoke", address);
        assertThat(run.count(State.PASSED)).isGreaterThanOrEqualTo(40);
        if (address.equals("sim:")) {
            assertThat(run.count(State.SKIPPED))
                    .as("the simulator has all that the smoke plan needs")
                    .isLessThanOrEqualTo(1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sim:", "qemu:"})
    void dataIntegrity(String address) {
        run("data-integrity", address);
    }

    @ParameterizedTest
    @ValueSource(strings = {"sim:"})
    void ioPerformance(String address) {
        RunResult run = run("io-performance", address);
        assertThat(run.cases()).allSatisfy(c -> assertThat(c.workers()).isNotEmpty());
    }

    private static RunResult run(String plan, String address) {
        try (Controller c = Controller.open(address)) {
            RunResult run = PlanRunner.run(
                    Plans.bundled(plan).orElseThrow(), c, RunOptions.defaults().seed(0x5eed), RunListener.NONE);
            List<String> bad = new ArrayList<>();
            run.cases().stream().filter(r -> r.state().isBad()).forEach(r -> bad.add(r.id() + ": " + r.finding()));
            assertThat(bad).isEmpty();
            assertThat(run.state()).as(run.finding()).isEqualTo(State.PASSED);
            assertThat(c.qpairs()).as("qpairs left open").hasSize(1);
            return run;
        }
    }
}
