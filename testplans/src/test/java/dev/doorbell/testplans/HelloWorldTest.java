package dev.doorbell.testplans;

import static org.assertj.core.api.Assertions.assertThat;

import dev.doorbell.driver.Buffer;
import dev.doorbell.driver.Completion;
import dev.doorbell.driver.Controller;
import dev.doorbell.driver.IoWorker;
import dev.doorbell.driver.Namespace;
import dev.doorbell.driver.Qpair;
import dev.doorbell.driver.Workload;
import dev.doorbell.testplans.junit.Depth;
import dev.doorbell.testplans.junit.Doorbell;
import dev.doorbell.testplans.junit.Seed;
import dev.doorbell.testplans.junit.Size;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/**
 * The first steps with Doorbell in Java. Each test gets what it names as parameters, for the device in
 * {@code -Ddoorbell.device=}; without that it is a simulated SSD. Nothing needs to be closed.
 */
@Doorbell
class HelloWorldTest {
    /** Write, read in the write's callback, compare: commands are sent from callbacks as from anywhere. */
    @Test
    void helloWorld(Namespace ns, Qpair qpair, Buffer written, Buffer read) {
        int blocks = written.size() / ns.lbaBytes();
        written.put(0, "hello world".getBytes(StandardCharsets.US_ASCII));

        ns.writeAsync(qpair, written, 0, blocks, write -> {
                    assertThat(write.isSuccess()).isTrue();
                    ns.readAsync(qpair, read, 0, blocks, Completion::orThrow);
                })
                .waitDone(2);

        assertThat(read.toBytes()).isEqualTo(written.toBytes());
        assertThat(new String(read.get(0, 11), StandardCharsets.US_ASCII)).isEqualTo("hello world");
    }

    /** A status is a result, not an exception, until you ask for one. */
    @Test
    void aDeviceRefusesWhatIsBeyondItsEnd(Namespace ns, Qpair qpair, Buffer data) {
        Completion end = ns.read(qpair, data, ns.lbaCount(), 1);
        assertThat(end.isSuccess()).isFalse();
        assertThat(end.statusCode()).isEqualTo("00/80");
    }

    /** Several commands at once: queue them all, then wait for all. */
    @Test
    void manyAtOnce(Namespace ns, @Depth(32) Qpair qpair, @Size(16 * 4096) Buffer data) {
        for (int i = 0; i < 16; i++) {
            qpair.submit(ns.readCommand(i * 8L, 1, data));
        }
        qpair.waitDone(16);
        assertThat(qpair.info().outstanding()).isZero();
        assertThat(qpair.cmdLog().latest(16)).hasSize(16).allMatch(e -> e.done());
    }

    /** High-performance I/O comes from a worker: a native thread with its own qpair. */
    @Test
    void aWorker(Controller controller, Namespace ns, @Seed long seed) {
        Workload workload = Workload.builder(ns.nsid())
                .ioSize(4096)
                .readPercent(70)
                .qdepth(16)
                .ioCount(10_000)
                .duration(Duration.ZERO)
                .seed(seed)
                .build();
        try (IoWorker worker = controller.createWorker(workload)) {
            worker.start();
            assertThat(worker.await(Duration.ofSeconds(60))).isTrue();
            assertThat(worker.counters().completed()).isEqualTo(10_000);
            assertThat(worker.counters().errors()).isZero();
            assertThat(worker.sample().all().percentileNanos(99)).isPositive();
        }
    }
}
