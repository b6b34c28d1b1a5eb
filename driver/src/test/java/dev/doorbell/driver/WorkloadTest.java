package dev.doorbell.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Workloads in all their parts: what the device is sent, what is measured, and the texts that describe them. */
@OnEveryDevice
class WorkloadTest extends DeviceTest {
    private static final Duration LONG = Duration.ofSeconds(60);

    private WorkerResult run(Workload w) {
        try (IoWorker worker = controller.createWorker(w)) {
            worker.start();
            assertThat(worker.await(LONG)).isTrue();
            return worker.result();
        }
    }

    private static Workload.Builder mixed(long ios) {
        return Workload.builder(1)
                .operations(
                        IoOperation.read(50),
                        IoOperation.write(20).control(IoControl.none().forceUnitAccess()),
                        IoOperation.write(10),
                        IoOperation.writeZeroes(12.5),
                        IoOperation.flush(7.5))
                .qdepth(8)
                .ioCount(ios);
    }

    @Test
    void aMixIsSentWithItsSharesAndFlags() {
        try (IoWorker worker = controller.createWorker(
                mixed(2000).ioSizes(List.of(IoSize.range(4096, 16384, 4096))).build())) {
            worker.start();
            assertThat(worker.await(LONG)).isTrue();
            List<CmdLog.Entry> sent = worker.qpair().cmdLog().latest(2000);
            assertThat(sent).hasSize(2000);
            assertThat(sent).filteredOn(e -> e.opcode() == 2).hasSizeBetween(850, 1150);
            assertThat(sent)
                    .filteredOn(e -> e.opcode() == 1 && (e.dword(12) & 1 << 30) != 0)
                    .hasSizeBetween(300, 500);
            assertThat(sent)
                    .filteredOn(e -> e.opcode() == 1 && (e.dword(12) & 1 << 30) == 0)
                    .hasSizeBetween(120, 290);
            List<OperationCount> counts = worker.operations();
            assertThat(counts).extracting(OperationCount::opcode).containsExactly(2, 1, 1, 8, 0);
            assertThat(counts.stream().mapToLong(OperationCount::completed).sum())
                    .isEqualTo(2000);
            IoWorker.Sample sample = worker.sample();
            assertThat(sample.all().count()).isEqualTo(2000);
            assertThat(sample.others().count())
                    .isEqualTo(counts.get(3).completed() + counts.get(4).completed());
            assertThat(sample.counters().reads()).isEqualTo(counts.get(0).completed());
        }
    }

    @Test
    void aSequentialWorkloadOfWhichNothingElseIsSaidGoesThroughItsRegionOnce() {
        int per = 4096 / namespace().lbaBytes();
        WorkerResult r = run(Workload.builder(1)
                .region(0, 100L * per)
                .randomPercent(0)
                .measurement(Measurement.standard().last(100))
                .build());
        assertThat(r.counters().completed()).isEqualTo(100);
        assertThat(r.state()).isEqualTo(IoWorker.State.DONE);
    }

    @Test
    void workersStartTogetherAndTellTheirIntervalsAndLastCommands() {
        List<IoWorker> workers = new ArrayList<>();
        try {
            for (int i = 0; i < 3; i++) {
                workers.add(controller.createWorker(Workload.builder(1)
                        .ioCount(400)
                        .seed(i)
                        .measurement(Measurement.standard()
                                .interval(Duration.ofMillis(20))
                                .last(50)
                                .slowest(5))
                        .build()));
            }
            IoWorker.startTogether(workers);
            for (IoWorker w : workers) {
                assertThat(w.await(LONG)).isTrue();
                WorkerResult r = w.result();
                assertThat(r.counters().completed()).isEqualTo(400);
                assertThat(r.intervals().stream()
                                .mapToLong(WorkerInterval::completed)
                                .sum())
                        .isEqualTo(400);
                assertThat(w.intervals(r.intervals().size())).isEmpty();
                assertThat(w.last())
                        .hasSize(50)
                        .allSatisfy(io -> assertThat(io.opcode()).isEqualTo(2));
                assertThat(r.slowest()).hasSize(5);
                assertThat(r.slowest().getFirst().latencyNanos())
                        .isEqualTo(r.counters().latencyMaxNanos());
                assertThat(r.slowest().getFirst().sqe()).hasSize(64);
            }
        } finally {
            workers.forEach(IoWorker::close);
        }
    }

    @Test
    void aTraceIsReplayed() {
        Trace trace = TraceReader.parse(
                "a.csv", "seconds,operation,lba,count\n0.5,write,16,8\n0.5001,read,0,4\n0.5002,flush,0,0\n", 512);
        try (IoWorker worker = controller.createWorker(
                Workload.builder(1).replay(Replay.timed(trace)).build())) {
            worker.start();
            assertThat(worker.await(LONG)).isTrue();
            assertThat(worker.qpair().cmdLog().latest(10))
                    .extracting(CmdLog.Entry::opcode)
                    .containsExactlyInAnyOrder(1, 2, 0);
            assertThat(worker.counters().errors()).isZero();
        }
    }

    @Test
    void errorsComeWithTheirCommands() {
        long end = namespace().lbaCount();
        WorkerResult r = run(Workload.builder(1)
                .operations(IoOperation.of(0xc6, 100))
                .region(0, Math.min(end, 1000))
                .ioCount(20)
                .build());
        assertThat(r.counters().errors()).isEqualTo(20);
        assertThat(r.errors()).hasSize(20).allSatisfy(k -> {
            assertThat(k.opcode()).isEqualTo(0xc6);
            assertThat(k.statusField() & 0x7ff).isEqualTo(1);
        });
        WorkerResult stopped = run(Workload.builder(1)
                .operations(IoOperation.of(0xc6, 100))
                .qdepth(1)
                .onError(ErrorPolicy.stopAtFirst())
                .ioCount(20)
                .build());
        assertThat(stopped.counters().errors()).isEqualTo(1);
        assertThat(stopped.failure()).get().asString().contains("00/01");
    }

    @Test
    void resultsAreJsonAndFioJson() throws Exception {
        WorkerResult r = run(mixed(500).build());
        JsonNode own = new ObjectMapper().readTree(r.toJson());
        assertThat(own.at("/totals/completed").asLong()).isEqualTo(500);
        assertThat(own.at("/operations")).hasSize(5);
        assertThat(own.at("/operations/0/percentiles_ns/99.000000").asLong()).isPositive();
        JsonNode job = new ObjectMapper().readTree(r.toFioJson()).at("/jobs/0");
        assertThat(job.at("/read/total_ios").asLong()).isEqualTo(r.counters().reads());
        assertThat(job.at("/write/io_bytes").asLong()).isEqualTo(r.counters().writeBytes());
        assertThat(job.at("/read/iops").asDouble()).isPositive();
        assertThat(job.at("/read/clat_ns/percentile/99.900000").asLong()).isPositive();
        assertThat(job.at("/read/lat_ns/mean").asDouble())
                .isEqualTo(r.operations().getFirst().latencyMeanNanos());
        long binned = 0;
        for (JsonNode n : job.at("/read/clat_ns/bins")) {
            binned += n.asLong();
        }
        assertThat(binned).isEqualTo(r.counters().reads());
        assertThat(job.at("/job options/iodepth").asText()).isEqualTo("8");
        assertThat(job.at("/job options/rw").asText()).isEqualTo("randrw");
    }

    @Test
    void whatMakesNoSenseIsNamed() {
        assertThatThrownBy(() -> controller.createWorker(Workload.builder(1)
                        .operations(IoOperation.read(50), IoOperation.write(40))
                        .build()))
                .hasMessageContaining("90.0 %");
        assertThatThrownBy(() -> controller.createWorker(Workload.builder(1)
                        .distribution(LbaDistribution.sections(Collections.nCopies(99, 1)))
                        .build()))
                .hasMessageContaining("99 sections");
        assertThatThrownBy(() -> controller.createWorker(Workload.builder(1)
                        .distribution(LbaDistribution.zipf(Double.NaN))
                        .build()))
                .hasMessageContaining("NaN");
        assertThatThrownBy(() -> controller.createWorker(
                        Workload.builder(1).duration(Duration.ofSeconds(-1)).build()))
                .hasMessageContaining("PT-1S");
        assertThat(controller.workers()).isEmpty();
    }
}
