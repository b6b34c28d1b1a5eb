package dev.doorbell.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A simulated device that takes 400 ms for every I/O command. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SlowDeviceTest {
    private Controller controller;
    private Qpair qpair;

    @BeforeEach
    void open() {
        controller = Controller.open("sim:latency=400ms");
        qpair = controller.createQpair(8);
    }

    @AfterEach
    void close() {
        controller.close();
    }

    @Test
    void aCommandSlowerThanItsTimeLimitTimesOutAndItsAnswerIsInTheCmdlog() {
        try (Buffer data = controller.device().allocate(4096)) {
            Command read = controller.namespace(1).readCommand(0, 1, data);
            Completion end = qpair.execute(read.timeout(Duration.ofMillis(20)));
            assertThat(end.timedOut()).isTrue();
            assertThat(end.latencyNanos()).isBetween(20_000_000L, 399_000_000L);
            DeviceTest.await("the late answer", () -> {
                qpair.poll();
                return qpair.cmdLog().latest(1).getFirst().late();
            });
            CmdLog.Entry entry = qpair.cmdLog().latest(1).getFirst();
            assertThat(entry.timedOut()).isTrue();
            assertThat(entry.latencyNanos()).isGreaterThanOrEqualTo(400_000_000L);
            assertThat(qpair.execute(read).isSuccess()).isTrue();
        }
    }

    @Test
    void aBufferFreedBeforeTheLateAnswerIsNotWrittenTo() {
        Buffer data = controller.device().allocate(4096);
        Command read = controller.namespace(1).readCommand(0, 1, data);
        assertThat(qpair.execute(read.timeout(Duration.ofMillis(20))).timedOut())
                .isTrue();
        data.close();
        DeviceTest.await("the late answer", () -> {
            qpair.poll();
            return qpair.cmdLog().latest(1).getFirst().late();
        });
        assertThat(controller.identifyController()).hasSize(4096);
    }

    @Test
    void aCommandUnderWayCanBeAborted() {
        try (Buffer data = controller.device().allocate(4096)) {
            CompletableFuture<Completion> read =
                    qpair.send(controller.namespace(1).readCommand(0, 1, data));
            // The device can abort it only once it has fetched it.
            DeviceTest.await("the abort", () -> controller.abort(qpair.id(), qpair.latestCid()));
            qpair.waitDone(1);
            assertThat(read.join().statusCode()).isEqualTo("00/07");
        }
    }

    @Test
    void otherThreadsUseTheAdminQueueWhileOneWaitsLong() throws InterruptedException {
        try (Buffer data = controller.device().allocate(4096)) {
            Thread slow = Thread.startVirtualThread(
                    () -> controller.namespace(1).read(qpair, data, 0, 1).orThrow());
            while (slow.isAlive()) {
                assertThat(controller.identify(1, 0, 0, 0)).hasSize(4096);
            }
            slow.join();
        }
    }
}
