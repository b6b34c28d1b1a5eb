package dev.doorbell.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

@OnEveryTransport
class IoWorkerTest extends DeviceTest {
    private static final Duration LONG = Duration.ofSeconds(60);

    private static Workload.Builder counted(long ioCount) {
        return Workload.builder(1)
                .ioSize(4096)
                .qdepth(4)
                .duration(Duration.ZERO)
                .ioCount(ioCount);
    }

    @Test
    void doesExactlyAsManyIosAsAskedAndCountsThem() {
        try (IoWorker worker = controller.createWorker(
                counted(500).readPercent(50).randomPercent(100).build())) {
            assertThat(worker.state()).isEqualTo(IoWorker.State.READY);
            assertThat(worker.counters().iops()).isZero();
            worker.start();
            assertThat(worker.await(LONG)).isTrue();
            assertThat(worker.state()).isEqualTo(IoWorker.State.DONE);
            assertThat(worker.failure()).isEmpty();

            IoWorker.Sample sample = worker.sample();
            IoWorker.Counters counters = sample.counters();
            assertThat(counters.completed()).isEqualTo(500);
            assertThat(counters.submitted()).isEqualTo(500);
            assertThat(counters.outstanding()).isZero();
            assertThat(counters.errors()).isZero();
            assertThat(counters.reads() + counters.writes()).isEqualTo(500);
            assertThat(counters.reads()).isBetween(150L, 350L);
            assertThat(counters.readBytes()).isEqualTo(counters.reads() * 4096);
            assertThat(counters.writeBytes()).isEqualTo(counters.writes() * 4096);
            assertThat(counters.finishedNanos()).isGreaterThan(counters.startedNanos());
            assertThat(counters.iops()).isPositive();
            assertThat(counters.bytesPerSecond()).isEqualTo(counters.iops() * 4096);

            assertThat(sample.reads().count()).isEqualTo(counters.reads());
            assertThat(sample.writes().count()).isEqualTo(counters.writes());
            LatencyHistogram all = sample.all();
            assertThat(all.count()).isEqualTo(500);
            assertThat(all.minNanos()).isLessThanOrEqualTo(counters.latencyMinNanos());
            assertThat(all.maxNanos()).isGreaterThanOrEqualTo(counters.latencyMaxNanos());
            assertThat(all.percentileNanos(50)).isBetween(all.minNanos(), all.percentileNanos(99));
            assertThat(all.meanNanos() / counters.latencyMeanNanos()).isBetween(0.98, 1.02);
        }
    }

    @Test
    void aSecondSampleMinusTheFirstIsWhatHappenedBetween() {
        try (IoWorker worker = controller.createWorker(counted(0).build())) {
            worker.start();
            await("I/O", () -> worker.counters().completed() > 20);
            IoWorker.Sample first = worker.sample();
            await(
                    "more I/O",
                    () -> worker.counters().completed() > first.counters().completed() + 20);
            IoWorker.Sample second = worker.sample();
            IoWorker.Sample between = second.minus(first);
            assertThat(between.counters().completed())
                    .isEqualTo(second.counters().completed() - first.counters().completed())
                    .isPositive();
            assertThat(between.reads().count())
                    .isEqualTo(second.reads().count() - first.reads().count());
            assertThat(between.counters().elapsedNanos())
                    .isLessThan(second.counters().elapsedNanos());
            worker.stop();
            assertThat(worker.await(LONG)).isTrue();
            assertThat(worker.state()).isEqualTo(IoWorker.State.DONE);
        }
    }

    @Test
    void itsQpairCanBeSeenButNotUsed() {
        try (IoWorker worker = controller.createWorker(counted(50).build())) {
            Qpair qpair = worker.qpair();
            assertThat(qpair.id()).isEqualTo(worker.qid());
            assertThat(qpair.info().worker()).isTrue();
            assertThat(controller.qpairs()).contains(qpair);
            assertThatThrownBy(() -> qpair.execute(Command.of(0)))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("worker");
            assertThatThrownBy(qpair::poll).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(qpair::close)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("close the worker");
            worker.start();
            worker.await(LONG);
            assertThat(qpair.cmdLog().latest(100)).hasSize(50).allSatisfy(entry -> {
                assertThat(entry.opcode()).isEqualTo(2);
                assertThat(entry.done()).isTrue();
            });
        }
        assertThat(controller.workers()).isEmpty();
        assertThat(controller.qpairs()).hasSize(1);
    }

    @Test
    void recordsNoCommandsIfItIsNotTo() {
        try (IoWorker worker = controller.createWorker(counted(50).cmdlog(false).build())) {
            worker.start();
            worker.await(LONG);
            assertThat(worker.counters().completed()).isEqualTo(50);
            assertThat(worker.qpair().cmdLog().latest(10)).isEmpty();
        }
    }

    @Test
    void writesThePatternInTheRegionAndNowhereElse() {
        Namespace namespace = namespace();
        int per = 4096 / namespace.lbaBytes();
        try (Qpair qpair = controller.createQpair(8);
                Buffer data = buffer(4096)) {
            data.fill((byte) 0x11);
            for (int i = 0; i < 12; i++) {
                namespace.write(qpair, data, (long) i * per, per).orThrow();
            }
            Workload workload = counted(8)
                    .readPercent(0)
                    .randomPercent(0)
                    .region(2L * per, 10L * per)
                    .fillDword(0xcafe1234)
                    .build();
            try (IoWorker worker = controller.createWorker(workload)) {
                worker.start();
                worker.await(LONG);
                assertThat(worker.counters().errors()).isZero();
            }
            for (int i = 0; i < 12; i++) {
                namespace.read(qpair, data, (long) i * per, per).orThrow();
                assertThat(data.getInt(0)).as("block %d", i).isEqualTo(i >= 2 && i < 10 ? 0xcafe1234 : 0x11111111);
            }
        }
    }

    @Test
    void severalWorkersRunAtOnce() {
        List<IoWorker> workers = List.of(
                controller.createWorker(counted(100).build()),
                controller.createWorker(counted(100).build()));
        workers.forEach(IoWorker::start);
        for (IoWorker worker : workers) {
            assertThat(worker.await(LONG)).isTrue();
            assertThat(worker.counters().completed()).isEqualTo(100);
        }
        assertThat(controller.workers()).containsExactlyElementsOf(workers);
        workers.forEach(IoWorker::close);
    }

    @Test
    void keepsToItsLimits() {
        try (IoWorker worker = controller.createWorker(Workload.builder(1)
                .qdepth(2)
                .duration(Duration.ofMillis(400))
                .iopsLimit(200)
                .build())) {
            worker.start();
            assertThat(worker.await(LONG)).isTrue();
            // 200 a second for 0.4 s; far more would mean that nothing limits it.
            assertThat(worker.counters().completed()).isBetween(1L, 120L);
        }
    }

    @Test
    void parametersThatAreWrongAreNamed() {
        assertThatThrownBy(() -> controller.createWorker(counted(1).ioSize(1000).build()))
                .isInstanceOf(IoWorker.CreationException.class)
                .hasMessageContaining("1000");
        assertThatThrownBy(() ->
                        controller.createWorker(counted(1).readPercent(101).build()))
                .isInstanceOf(IoWorker.CreationException.class)
                .hasMessageContaining("101");
        assertThatThrownBy(
                        () -> controller.createWorker(counted(1).qdepth(1 << 20).build()))
                .isInstanceOf(DoorbellException.class);
        Workload.Builder many = counted(1);
        for (int i = 1; i <= 65; i++) {
            many.ioSize(4096 * i, 1);
        }
        assertThatThrownBy(() -> controller.createWorker(many.build()))
                .isInstanceOf(IoWorker.CreationException.class)
                .hasMessageContaining("64");
        assertThat(controller.workers()).isEmpty();
        assertThat(controller.qpairs()).hasSize(1);
    }

    @Test
    void aResetUnderAWorkerEndsItWithAReason() {
        IoWorker worker = controller.createWorker(counted(0).build());
        worker.start();
        await("I/O", () -> worker.counters().completed() > 10);
        controller.reset();
        assertThat(worker.await(LONG)).isTrue();
        assertThat(worker.state()).isEqualTo(IoWorker.State.FAILED);
        assertThat(worker.failure()).get().asString().isNotEmpty();
        worker.close();
        assertThat(controller.identifyController()).hasSize(4096);
    }

    @Test
    void startsOnce() {
        try (IoWorker worker = controller.createWorker(counted(1).build())) {
            assertThatThrownBy(() -> worker.await(Duration.ofSeconds(1))).isInstanceOf(DoorbellException.class);
            worker.start();
            worker.await(LONG);
            assertThatThrownBy(worker::start).isInstanceOf(Device.BusyException.class);
        }
    }
}
