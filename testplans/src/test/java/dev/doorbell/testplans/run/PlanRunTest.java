package dev.doorbell.testplans.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.doorbell.driver.Controller;
import dev.doorbell.driver.PciFunction;
import dev.doorbell.testplans.run.WorkerSeries.WorkerSample;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class PlanRunTest {
    private static CaseResult only(RunResult run) {
        return run.cases().getFirst();
    }

    @Test
    void aCasePassesWithItsStepsAndCommands() {
        RunResult run = Sims.run("""
                - case: rw
                  title: Write and read
                  parameters: {lba: 100, blocks: 4}
                  steps:
                    - command: write
                      fields: {SLBA: "${lba}", NLB: "${blocks - 1}"}
                      out: {pattern: random, bytes: "${blocks * lbaBytes}"}
                      as: written
                    - command: read
                      fields: {SLBA: "${lba}", NLB: "${blocks - 1}"}
                      in: "${blocks * lbaBytes}"
                      expect: {equals: written}
                """);
        assertThat(run.state()).isEqualTo(State.PASSED);
        assertThat(run.seed()).isEqualTo(7);
        assertThat(run.device().kind()).isEqualTo("sim");
        assertThat(run.device().model()).isNotBlank();
        CaseResult c = only(run);
        assertThat(c.parameters()).containsEntry("blocks", "4");
        assertThat(c.steps()).extracting(StepResult::path).containsExactly("1", "2");
        assertThat(c.commands())
                .filteredOn(k -> k.qid() > 0)
                .extracting(CommandLine::name)
                .containsExactly("Write", "Read");
        assertThat(c.commands().getLast().details()).contains("LBA 100");
    }

    @Test
    void faultsAreForTheCaseAloneAndTheirHitsCanBeChecked() {
        RunResult run = Sims.run("""
                - case: removal
                  title: The device disappears and is back
                  timeout: 200ms
                  steps:
                    - faults: now then remove=300ms
                    - {register: CSTS, within: 2s, expect: 0}
                    - reset: controller
                    - {command: read, in: "${lbaBytes}"}
                    - {faults: none, expect: {hits: 1, matched: 1}}
                - case: forgotten
                  title: A hang that nobody takes away
                  timeout: 200ms
                  steps:
                    - faults:
                        - off any then drop
                        - io opcode=read times=1 then hang
                    - {command: read, in: "${lbaBytes}", expect: timeout}
                - case: after
                  title: Nothing of it is left
                  steps: [{command: read, in: "${lbaBytes}"}]
                - case: miscounted
                  title: Fewer hits than expected
                  steps:
                    - faults: io opcode=read then delay=1us
                    - {command: read, in: "${lbaBytes}"}
                    - {faults: none, expect: {hits: 2}}
                """);
        assertThat(run.cases())
                .extracting(CaseResult::state)
                .as("%s", run.cases().stream().map(CaseResult::finding).toList())
                .containsExactly(State.PASSED, State.PASSED, State.PASSED, State.FAILED);
        assertThat(run.cases().getLast().finding()).isEqualTo("The fault plan has 1 hits, expected 2.");
    }

    @Test
    void wrongFaultsAreToldBeforeAnythingRuns() {
        org.assertj.core.api.Assertions.assertThatThrownBy(() -> Sims.plan("""
                        - case: wrong
                          title: Wrong
                          steps: [{faults: io then explode}]
                        """))
                .isInstanceOf(dev.doorbell.testplans.plan.PlanException.class)
                .hasMessageContaining("'explode'")
                .hasMessageContaining("test.yaml");
    }

    @Test
    void aWrongByteIsFoundWithItsBlockAndTheBytesAroundIt() {
        CaseResult c = only(Sims.run("""
                - case: zero
                  title: Blocks are zero
                  steps:
                    - {command: write zeroes, fields: {SLBA: 8, NLB: 7}}
                    - {command: write, fields: {SLBA: 11}, out: {pattern: 0x11223344, bytes: "${lbaBytes}"}}
                    - {command: read, fields: {SLBA: 8, NLB: 7}, in: "${8 * lbaBytes}", expect: {filled: 0}}
                """));
        assertThat(c.state()).isEqualTo(State.FAILED);
        assertThat(c.finding()).isEqualTo("Block 11 (byte 0x600 of the data) is 44, expected 00.");
        Difference d = c.badStep().orElseThrow().difference().orElseThrow();
        assertThat(d.offset()).isEqualTo(0x600);
        assertThat(d.differingBlocks()).isEqualTo(1);
        assertThat(d.blocks()).hasSize(8);
        assertThat(d.blocks().get(3)).isEqualTo(new Difference.BlockState(11, true, "data"));
        assertThat(d.windowOffset()).isEqualTo(0x5f8);
        assertThat(d.got()).startsWith(0, 0, 0, 0, 0, 0, 0, 0, 0x44, 0x33, 0x22, 0x11);
        assertThat(c.commands().getLast().name()).isEqualTo("Read");
    }

    @Test
    void failuresOfEveryKindSayWhatWasExpectedAndTheRunGoesOn() {
        RunResult run = Sims.run("""
                - case: status
                  title: Status
                  steps: [{command: read, fields: {SLBA: "${lbaCount}"}, in: "${lbaBytes}"}]
                - case: field
                  title: Field
                  steps: [{command: identify, fields: {CNS: 1}, in: 4KiB, expect: {data: {SQES.MIN: 5}}}]
                - case: register
                  title: Register
                  steps: [{register: CSTS, expect: {CFS: 1}, within: 20ms}]
                - case: bytes
                  title: Bytes
                  steps: [{command: identify, fields: {CNS: 1}, in: 4KiB, expect: {bytes: {512: "67"}}}]
                - case: event
                  title: Event
                  steps: [{event: {type: 1}, within: 20ms}]
                - case: worker
                  title: Worker
                  steps: [{worker: {pattern: randread, ios: 100}, expect: {ios: ">= 1000000"}}]
                - case: name
                  title: Name
                  steps: [{check: {unheard: 1}}]
                - case: fine
                  title: Fine
                  steps: [{command: flush}]
                """);
        assertThat(run.state()).isEqualTo(State.FAILED);
        assertThat(run.cases())
                .extracting(CaseResult::finding)
                .satisfiesExactly(
                        f -> assertThat(f).isEqualTo("Read ended with 00/80 LBA Out of Range, expected Success."),
                        f -> assertThat(f).startsWith("SQES.MIN is 6").endsWith("expected 5."),
                        f -> assertThat(f).isEqualTo("CSTS.CFS is 0x0, expected 1 within 20ms."),
                        f -> assertThat(f).isEqualTo("Byte 0x200 is 66, expected 67."),
                        f -> assertThat(f).isEqualTo("No such asynchronous event came within 20.0 ms."),
                        f -> assertThat(f).isEqualTo("I/Os completed: 100, expected at least 1000000."),
                        f -> assertThat(f).startsWith("test.yaml:").contains("'unheard' is not known here"),
                        f -> assertThat(f).isEmpty());
        assertThat(run.cases().get(6).state()).isEqualTo(State.ERROR);
        assertThat(run.cases().get(7).state()).isEqualTo(State.PASSED);
    }

    @Test
    void whatTheDeviceLacksIsSkippedWithTheReason() {
        RunResult run = Sims.run("""
                - case: real
                  title: Real
                  requires: device pcie
                  steps: [{command: flush}]
                - case: many
                  title: Many
                  requires: ["namespaces >= 5"]
                  steps: [{command: flush}]
                - case: told
                  title: Told
                  requires: [{that: device not sim, reason: not on a simulator}]
                  steps: [{command: flush}]
                """);
        assertThat(run.state()).isEqualTo(State.PASSED);
        assertThat(run.cases()).allMatch(c -> c.state() == State.SKIPPED);
        assertThat(run.cases())
                .extracting(CaseResult::finding)
                .containsExactly("only for pcie", "needs namespaces >= 5, and it is 2", "not on a simulator");
    }

    @Test
    void teardownRunsAfterAFailure() {
        CaseResult c = only(Sims.run("""
                - case: t
                  title: T
                  steps:
                    - {command: get features, fields: {FID: 4}, save: {old: cdw0}}
                    - {command: set features, fields: {FID: 4, CDW11: 0x150}}
                    - {command: 0x7b, queue: admin}
                    - {command: flush, name: Never}
                  teardown:
                    - {command: set features, fields: {FID: 4, CDW11: "${old}"}}
                    - {command: get features, fields: {FID: 4}, expect: {cdw0: "${old}"}}
                """));
        assertThat(c.state()).isEqualTo(State.FAILED);
        assertThat(c.steps()).extracting(StepResult::path).containsExactly("1", "2", "3", "end.1", "end.2");
        assertThat(c.steps().getLast().state()).isEqualTo(State.PASSED);
    }

    @Test
    void groupsAndRepetitionsNumberTheirSteps() {
        CaseResult c = only(Sims.run("""
                - case: n
                  title: N
                  steps:
                    - group: inner
                      steps:
                        - repeat: 3
                          steps:
                            - {command: write zeroes, fields: {SLBA: "${i * 8}", NLB: 7}}
                """));
        assertThat(c.steps()).extracting(StepResult::path).containsExactly("1.1[0].1", "1.1[1].1", "1.1[2].1");
        assertThat(c.commands()).filteredOn(k -> k.qid() > 0).hasSize(3);
    }

    @Test
    void theSameSeedGivesTheSameData() {
        String cases = """
                - case: s
                  title: S
                  steps:
                    - {command: write, fields: {SLBA: 0}, out: {pattern: random, bytes: "${lbaBytes}"}}
                    - {command: read, fields: {SLBA: 0}, in: "${lbaBytes}", expect: {filled: 0}}
                """;
        assertThat(firstBytes(cases)).isEqualTo(firstBytes(cases));
    }

    private static byte[] firstBytes(String cases) {
        return only(Sims.run(cases))
                .badStep()
                .orElseThrow()
                .difference()
                .orElseThrow()
                .got();
    }

    @Test
    void aTimeoutFailsTheCaseAndTheControllerIsResetForTheNext() {
        RunResult run;
        try (Controller c = Controller.open("sim:size=64MiB,latency=3s")) {
            run = PlanRunner.run(Sims.plan("""
                            - case: slow
                              title: Slow
                              timeout: 200ms
                              steps: [{command: flush}]
                            - case: expected
                              title: Expected
                              steps: [{command: flush, timeout: 200ms, expect: timeout}]
                            """), c, RunOptions.defaults(), RunListener.NONE);
            assertThat(c.state()).isEqualTo(Controller.State.READY);
        }
        assertThat(run.cases().get(0).finding())
                .isEqualTo("Flush did not end within its time limit, expected Success.");
        assertThat(run.cases().get(1).state()).isEqualTo(State.PASSED);
    }

    @Test
    void cancelEndsAWorkerAndSkipsTheRest() throws Exception {
        try (Controller c = Sims.open()) {
            CompletableFuture<Void> sampled = new CompletableFuture<>();
            PlanRun run = new PlanRun(Sims.plan("""
                            - case: long
                              title: Long
                              steps: [{worker: {pattern: randread, time: 10min}}]
                            - case: next
                              title: Next
                              steps: [{command: flush}]
                            """), c, RunOptions.defaults(), new RunListener() {
                @Override
                public void sample(CaseResult at, String stepTitle, WorkerSample sample) {
                    sampled.complete(null);
                }
            });
            CompletableFuture<RunResult> end = CompletableFuture.supplyAsync(run::run);
            sampled.get(60, TimeUnit.SECONDS);
            assertThat(run.progress().total()).isEqualTo(2);
            run.cancel();
            RunResult result = end.get(30, TimeUnit.SECONDS);
            assertThat(result.state()).isEqualTo(State.ERROR);
            assertThat(result.finding()).isEqualTo("The run was cancelled.");
            assertThat(result.cases()).extracting(CaseResult::state).containsExactly(State.SKIPPED, State.SKIPPED);
            assertThat(c.workers()).isEmpty();
            assertThat(c.qpairs()).hasSize(1);
        }
    }

    @Test
    void aPausedRunWaitsBeforeTheNextStep() throws Exception {
        try (Controller c = Sims.open()) {
            List<String> done = new ArrayList<>();
            PlanRun[] run = new PlanRun[1];
            CompletableFuture<Void> paused = new CompletableFuture<>();
            run[0] = new PlanRun(Sims.plan("""
                            - case: two
                              title: Two
                              steps: [{command: flush}, {command: flush}]
                            """), c, RunOptions.defaults(), new RunListener() {
                @Override
                public void stepDone(CaseResult at, StepResult step) {
                    done.add(step.path());
                    if (step.path().equals("1")) {
                        run[0].pause(true);
                        paused.complete(null);
                    }
                }
            });
            CompletableFuture<RunResult> end = CompletableFuture.supplyAsync(run[0]::run);
            paused.get(60, TimeUnit.SECONDS);
            assertThat(run[0].isPaused()).isTrue();
            assertThat(end).isNotDone();
            assertThat(done).containsExactly("1");
            run[0].pause(false);
            assertThat(end.get(60, TimeUnit.SECONDS).state()).isEqualTo(State.PASSED);
        }
    }

    @Test
    void aLostDeviceEndsTheRunWithAnErrorThatSaysSo() {
        try (Controller c = Sims.open()) {
            RunResult run = PlanRunner.run(Sims.plan("""
                            - case: before
                              title: Before
                              steps: [{command: flush}]
                            - case: lost
                              title: Lost
                              steps: [{wait: 1ms}, {command: flush, timeout: 500ms}]
                            - case: after
                              title: After
                              steps: [{command: flush}]
                            """), c, RunOptions.defaults(), new RunListener() {
                @Override
                public void caseStarted(CaseResult at) {
                    if (at.title().equals("Lost")) {
                        PciFunction pci = c.device().pci().orElseThrow();
                        pci.write16(4, pci.read16(4) & ~6);
                    }
                }
            });
            assertThat(run.state()).isEqualTo(State.ERROR);
            assertThat(run.finding()).startsWith("The device was lost in Lost: ");
            assertThat(run.cases())
                    .extracting(CaseResult::state)
                    .containsExactly(State.PASSED, State.ERROR, State.SKIPPED);
            assertThat(run.cases().getLast().finding()).isEqualTo("the run ended before it");
        }
    }

    @Test
    void chosenCasesRunAndAFailureCanEndTheRun() {
        String cases = """
                - case: a
                  title: A
                  steps: [{command: 0x7b, queue: io}]
                - case: b
                  title: B
                  steps: [{command: flush}]
                """;
        try (Controller c = Sims.open()) {
            RunResult chosen =
                    PlanRunner.run(Sims.plan(cases), c, RunOptions.defaults().include(Set.of("g/b")), RunListener.NONE);
            assertThat(chosen.cases()).extracting(CaseResult::finding).containsExactly("not selected", "");
            RunResult stopped =
                    PlanRunner.run(Sims.plan(cases), c, RunOptions.defaults().stopOnFailure(true), RunListener.NONE);
            assertThat(stopped.cases()).extracting(CaseResult::state).containsExactly(State.FAILED, State.SKIPPED);
        }
    }

    @Test
    void aWorkerStepGivesSamplesAndADistribution() {
        CaseResult c = only(Sims.run("""
                - case: w
                  title: W
                  steps:
                    - worker: {pattern: mix, read-percent: 70, io-size: {4KiB: 3, 8KiB: 1}, qdepth: 8, time: 400ms, workers: 2}
                      expect: {ios: ">= 100", reads: ">= 10", writes: ">= 10"}
                """));
        assertThat(c.finding()).isEmpty();
        WorkerSeries w = c.workers().getFirst();
        assertThat(w.samples()).hasSizeGreaterThanOrEqualTo(2);
        assertThat(w.total().ios()).isEqualTo(w.total().reads() + w.total().writes());
        assertThat(w.histogram().stream().mapToLong(WorkerSeries.Bucket::count).sum())
                .isEqualTo(w.total().ios());
        assertThat(Duration.ofNanos(w.total().maxNanos())).isPositive();
        assertThat(w.workload()).contains("70 % read").contains("2 workers");
    }
}
