package dev.doorbell.testplans.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClasspathResource;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectDirectory;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectFile;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectUniqueId;
import static org.junit.platform.testkit.engine.EventConditions.displayName;
import static org.junit.platform.testkit.engine.EventConditions.event;
import static org.junit.platform.testkit.engine.EventConditions.finishedSuccessfully;
import static org.junit.platform.testkit.engine.EventConditions.finishedWithFailure;
import static org.junit.platform.testkit.engine.EventConditions.skippedWithReason;
import static org.junit.platform.testkit.engine.EventConditions.test;
import static org.junit.platform.testkit.engine.TestExecutionResultConditions.message;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.engine.TestDescriptor;
import org.junit.platform.engine.support.descriptor.FileSource;
import org.junit.platform.testkit.engine.EngineExecutionResults;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Event;

class PlanTestEngineTest {
    @TempDir
    private Path folder;

    private Path plan;

    @BeforeEach
    void write() throws IOException {
        plan = Files.writeString(folder.resolve("small.yaml"), """
                plan: small
                title: Small plan
                groups:
                  - group: g
                    title: Group
                    cases:
                      - case: good
                        title: Good
                        steps: [{command: flush}]
                      - case: bad
                        title: Bad
                        steps:
                          - {command: 0x7b, queue: io}
                      - case: real
                        title: Real
                        requires: device pcie
                        steps: [{command: flush}]
                      - case: unclear
                        title: Unclear
                        requires: nothing.known >= 1
                        steps: [{command: flush}]
                """);
    }

    private static EngineExecutionResults run(String device, DiscoverySelector... selectors) {
        return EngineTestKit.engine(PlanTestEngine.ID)
                .configurationParameter(PlanTestEngine.DEVICE, device)
                .configurationParameter(PlanTestEngine.SEED, "5")
                .selectors(selectors)
                .execute();
    }

    @Test
    void casesPassFailAndAreSkippedWithTheirReason() {
        EngineExecutionResults results = run("sim:size=64MiB", selectFile(plan.toFile()));
        results.testEvents()
                .assertStatistics(s -> s.started(3).succeeded(1).failed(2).skipped(1));
        results.testEvents()
                .assertThatEvents()
                .haveExactly(1, event(test(), displayName("Good"), finishedSuccessfully()))
                .haveExactly(
                        1,
                        event(
                                test(),
                                displayName("Bad"),
                                finishedWithFailure(
                                        message(m -> m.contains("00/01 Invalid Command Opcode, expected Success")))))
                .haveExactly(1, event(test(), displayName("Real"), skippedWithReason("only for pcie")))
                .haveExactly(
                        1,
                        event(
                                test(),
                                displayName("Unclear"),
                                finishedWithFailure(message(m -> m.contains("nothing.known")))));
        results.containerEvents().assertStatistics(s -> s.started(3).succeeded(3));
    }

    @Test
    void testsKnowTheirPlaceInThePlan() {
        TestDescriptor good = run("sim:size=64MiB", selectFile(plan.toFile())).testEvents().started().stream()
                .map(Event::getTestDescriptor)
                .findFirst()
                .orElseThrow();
        FileSource source = (FileSource) good.getSource().orElseThrow();
        assertThat(source.getFile()).isEqualTo(plan.toFile());
        assertThat(source.getPosition().orElseThrow().getLine()).isEqualTo(7);
    }

    @Test
    void oneCaseRunsAgainByItsUniqueId() {
        String id = run("sim:size=64MiB", selectDirectory(folder.toFile())).testEvents().started().stream()
                .map(e -> e.getTestDescriptor().getUniqueId().toString())
                .filter(u -> u.contains("good"))
                .findFirst()
                .orElseThrow();
        EngineExecutionResults again = run("sim:size=64MiB", selectUniqueId(id));
        again.testEvents().assertStatistics(s -> s.started(1).succeeded(1).skipped(0));
    }

    @Test
    void aBundledPlanIsAClassPathResource() {
        EngineExecutionResults results = EngineTestKit.engine(PlanTestEngine.ID)
                .selectors(selectClasspathResource("dev/doorbell/testplans/plans/smoke.yaml"))
                .execute();
        results.testEvents().assertStatistics(s -> s.failed(0).aborted(0));
        assertThat(results.testEvents().succeeded().count()).isGreaterThanOrEqualTo(40);
    }

    @Test
    void anUnreadablePlanIsATestThatFailsWithItsLine() throws IOException {
        Path wrong = Files.writeString(folder.resolve("wrong.yaml"), "plan: w\ntitle: W\ngropus: []\n");
        run("sim:", selectFile(wrong.toFile()))
                .testEvents()
                .assertThatEvents()
                .haveExactly(
                        1,
                        event(finishedWithFailure(
                                message(m -> m.contains("wrong.yaml:3: 'gropus' is no part of a plan")))));
    }

    @Test
    void aDeviceThatCannotBeOpenedFailsThePlan() {
        EngineExecutionResults results = run("sim:colour=red", selectFile(plan.toFile()));
        results.containerEvents()
                .assertThatEvents()
                .haveExactly(
                        1, event(displayName("Small plan"), finishedWithFailure(message(m -> m.contains("colour")))));
        assertThat(List.of(results.testEvents().started().count())).containsExactly(0L);
    }
}
