package dev.doorbell.testplans.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.doorbell.driver.Controller;
import dev.doorbell.driver.ErrorPolicy;
import dev.doorbell.driver.IoControl;
import dev.doorbell.driver.IoOperation;
import dev.doorbell.driver.IoSize;
import dev.doorbell.driver.LbaDistribution;
import dev.doorbell.driver.Measurement;
import dev.doorbell.driver.Pace;
import dev.doorbell.driver.Replay;
import dev.doorbell.driver.TraceReader;
import dev.doorbell.driver.Workload;
import dev.doorbell.driver.WriteData;
import dev.doorbell.testplans.plan.Plan;
import dev.doorbell.testplans.plan.PlanException;
import dev.doorbell.testplans.plan.PlanReader;
import dev.doorbell.testplans.plan.Step;
import dev.doorbell.testplans.plan.WorkloadKeys;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Workloads as steps of plans: what is written is read back, and runs. */
class WorkloadsTest {
    private static final List<Workload> RICH = List.of(
            Workload.builder(1).duration(Duration.ofSeconds(2)).build(),
            Workload.builder(1)
                    .ioSizes(List.of(IoSize.range(4096, 65536, 4096).weight(3), IoSize.of(8192)))
                    .operations(
                            IoOperation.read(62.5),
                            IoOperation.write(20)
                                    .control(IoControl.none().forceUnitAccess().hints(5)),
                            IoOperation.trim(10).ranges(16),
                            IoOperation.of(0xc1, 7.5))
                    .distribution(LbaDistribution.zipf(1.2))
                    .region(16, 4096)
                    .ioCount(100)
                    .qdepth(7)
                    .priority(2)
                    .onError(ErrorPolicy.retry(3).thenStop())
                    .build(),
            Workload.builder(1)
                    .randomPercent(0)
                    .stepLbas(-16)
                    .firstLba(100)
                    .readPercent(0)
                    .passes(2)
                    .data(WriteData.random().dedupable(30).compressible(20))
                    .pace(Pace.unlimited()
                            .iops(1000)
                            .bytesPerSecond(5_000_000)
                            .bursts(Duration.ofMillis(10), Duration.ofNanos(1500))
                            .ramp(Duration.ofMillis(20), 12.5))
                    .measurement(new Measurement(Duration.ofMillis(50), false, false, 3, 10))
                    .seed(-5)
                    .build(),
            Workload.builder(1)
                    .distribution(LbaDistribution.sections(Collections.nCopies(100, 7)))
                    .ioSizes(List.of(IoSize.of(4096).aligned(16384)))
                    .byteCount(1 << 20)
                    .fillDword(0xcafe)
                    .randomPercent(40)
                    .build(),
            Workload.builder(1)
                    .distribution(LbaDistribution.normal(25, 7.5))
                    .fill(Workload.Fill.ONES)
                    .ioCount(3)
                    .cpu(0)
                    .build());

    private static Plan plan(String step) {
        return PlanReader.readText(
                "plan: p\ntitle: P\ngroups:\n  - group: g\n    title: G\n    cases:\n      - case: c\n        title: C\n"
                        + "        steps:\n          - " + step + "\n",
                "p.yaml");
    }

    private static Workload back(String step, int lbaBytes) {
        Step.WorkerStep s = (Step.WorkerStep)
                plan(step).groups().getFirst().cases().getFirst().steps().getFirst();
        return Workloads.of(s.settings(), name -> java.util.Optional.empty(), 1, lbaBytes, 0);
    }

    @Test
    void aWorkloadComesBackFromItsStep() {
        for (Workload w : RICH) {
            String step = Workloads.step(w);
            assertThat(back(step, 512)).as(step).isEqualTo(w);
        }
    }

    @Test
    void aTraceComesBackFromItsFile(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("a b.csv"), "0,read,0,8\n0.001,write,8,8\n");
        Workload w = Workload.builder(1)
                .replay(new Replay(TraceReader.read(file, 512), file.toString(), 0))
                .build();
        assertThat(back(Workloads.step(w), 512)).isEqualTo(w);
    }

    @Test
    @Timeout(120)
    void aStepWithEverythingRuns() {
        Plan plan = plan("worker: {pattern: randwrite, io-size: 4KiB..16KiB/4KiB, ios: 400, qdepth: 8, align: 4KiB,"
                + " operations: \"read 40, write+fua 30, write-zeroes 10, trim*4 10, flush 10\","
                + " distribution: pareto 0.2, bytes-per-second: \"${50 * 1000 * 1000}\", dedupable: 20, retries: 2,"
                + " interval: 10ms, last: 20, workers: 3}");
        try (Controller c = Controller.open("sim:")) {
            RunResult run = PlanRunner.run(plan, c, RunOptions.defaults(), RunListener.NONE);
            CaseResult result = run.cases().getFirst();
            assertThat(result.state()).as(result.finding()).isEqualTo(State.PASSED);
            WorkerSeries w = result.workers().getFirst();
            assertThat(w.total().ios()).isEqualTo(1200);
            assertThat(w.workload()).contains("4 KiB to 16 KiB", "30 % write", "10 % flush", "3 workers");
        }
    }

    @Test
    void mistakesNameTheirPlaceAndWhatIsAllowed() {
        assertMistake("distribution: round", "'distribution'", "uniform, zipf 1.2");
        assertMistake("operations: \"read\"", "'operations'", "read 70, write+fua 20");
        assertMistake("operations: \"read+quick 100\"", "'quick' is no flag");
        assertMistake("on-error: panic", "continue, stop");
        assertMistake("burst: 5", "'5' is no time");
        assertMistake("retries: 5000", "0 to 1000");
        assertMistake("random-percent: 101", "0 to 100");
        assertMistake("colour: red", "'colour' is no part of a worker", "distribution");
        assertThatThrownBy(() -> WorkloadKeys.size("1..2..3")).hasMessageContaining("4KiB..64KiB/4KiB");
    }

    private static void assertMistake(String key, String... texts) {
        assertThatThrownBy(() -> plan("worker: {pattern: randread, ios: 1, " + key + "}"))
                .isInstanceOf(PlanException.class)
                .hasMessageContainingAll(texts);
    }
}
