package dev.doorbell.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How the driver behaves on a simulator that misbehaves: everything ends, and says what happened. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FaultsTest {
    private static final Duration SHORT = Duration.ofMillis(50);

    private Controller controller;
    private Simulator simulator;

    @BeforeEach
    void open() {
        controller = Controller.open("sim:size=64MiB,ns=1,lba=512,ready-timeout=500ms");
        simulator = controller.device().simulator().orElseThrow();
    }

    @AfterEach
    void close() {
        if (controller.device().isOpen()) {
            simulator.clearFaults();
            controller.close();
        }
    }

    private void plan(String text) {
        simulator.faults(FaultPlan.parse(text));
    }

    private Command read(Buffer data) {
        return controller.namespace(1).readCommand(0, 1, data);
    }

    private IoWorker worker() {
        IoWorker worker = controller.createWorker(
                Workload.builder(1).duration(Duration.ZERO).build());
        worker.start();
        DeviceTest.await("I/O", () -> worker.counters().completed() > 0);
        return worker;
    }

    @Test
    void thePlanInTheSimulatorCountsItsHits() {
        Qpair qpair = controller.createQpair(8);
        try (Buffer data = controller.device().allocate(4096)) {
            plan("seed=5; opcode=read every=2 then status=2/0x81; off any then drop");
            assertThat(qpair.execute(read(data)).isSuccess()).isTrue();
            Completion end = qpair.execute(read(data));
            assertThat(end.statusCode()).isEqualTo("02/81");
            Simulator.FaultState state = simulator.faults();
            assertThat(state.seed()).isEqualTo(5);
            assertThat(state.isActive()).isTrue();
            assertThat(state.rules().get(0).matched()).isEqualTo(2);
            assertThat(state.rules().get(0).hits()).isEqualTo(1);
            assertThat(state.rules().get(1).rule().enabled()).isFalse();

            simulator.switchRule(0, false);
            simulator.switchRule(1, true);
            assertThat(qpair.execute(read(data).timeout(SHORT)).timedOut()).isTrue();
            simulator.switchFaults(false);
            assertThat(simulator.faults().isActive()).isFalse();
            assertThat(simulator.faults().hits()).isEqualTo(2);
            assertThat(qpair.execute(read(data)).isSuccess()).isTrue();
            assertThatThrownBy(() -> simulator.switchRule(2, true)).hasMessageContaining("there is no rule 3");
            assertThatThrownBy(() -> plan("io then explode")).isInstanceOf(FaultPlan.FormatException.class);
        }
    }

    @Test
    void aLateAnswerAWrongOneAndAnAnswerTooManyAreSeen() {
        Qpair qpair = controller.createQpair(8);
        try (Buffer data = controller.device().allocate(4096)) {
            plan("opcode=read times=1 then delay=300ms; opcode=read times=1 then wrong-cid;"
                    + "opcode=read times=1 then duplicate");
            assertThat(qpair.execute(read(data).timeout(SHORT)).timedOut()).isTrue();
            DeviceTest.await("the late answer", () -> {
                qpair.poll();
                return qpair.cmdLog().latest(1).getFirst().late();
            });
            assertThat(qpair.unmatchedCompletions()).isZero();
            assertThat(qpair.execute(read(data).timeout(SHORT)).timedOut()).isTrue();
            assertThat(qpair.unmatchedCompletions()).isEqualTo(1);
            assertThat(qpair.execute(read(data)).isSuccess()).isTrue();
            assertThat(qpair.execute(read(data)).isSuccess()).isTrue();
            assertThat(qpair.unmatchedCompletions()).isEqualTo(2);
        }
    }

    @Test
    void corruptedWritesAreFoundByCompare() {
        Qpair qpair = controller.createQpair(8);
        Namespace namespace = controller.namespace(1);
        try (Buffer data = controller.device().allocate(4096)) {
            plan("opcode=write every=2 then corrupt at=100");
            namespace.write(qpair, data, 0, 8).orThrow();
            assertThat(namespace.compare(qpair, data, 0, 8).isSuccess()).isTrue();
            namespace.write(qpair, data, 0, 8).orThrow();
            assertThat(namespace.compare(qpair, data, 0, 8).statusCode()).isEqualTo("02/85");
        }
    }

    @Test
    void aReadyThatIsStuckEndsInAnErrorAndTheControllerCanBeHadBack() {
        plan("enable times=1 then stuck");
        assertThatThrownBy(controller::reset).hasMessageContaining("CSTS.RDY=1 did not come within 500 ms");
        controller.reset();
        plan("disable then stuck");
        assertThatThrownBy(controller::reset).hasMessageContaining("CSTS.RDY=0 did not come within 500 ms");
        simulator.clearFaults();
        controller.initialise();
        assertThat(controller.identifyController()).hasSize(4096);
    }

    @Test
    void aHangIsOverAfterAFunctionLevelReset() {
        controller.timeout(SHORT);
        plan("admin opcode=identify times=1 then hang");
        assertThatThrownBy(controller::identifyController).isInstanceOf(DoorbellException.class);
        controller.device().pci().orElseThrow().reset(PciFunction.Reset.FLR);
        controller.initialise();
        assertThat(controller.identifyController()).hasSize(4096);
    }

    @Test
    void afterAFatalStatusTheControllerCanBeReset() {
        controller.timeout(SHORT);
        plan("now then fatal");
        assertThatThrownBy(controller::identifyController).isInstanceOf(DoorbellException.class);
        assertThat(controller.state()).isEqualTo(Controller.State.FATAL);
        controller.reset();
        assertThat(controller.identifyController()).hasSize(4096);
    }

    /** What the workbench does all the time, from several threads, while the device disappears and comes back. */
    @Test
    void whoeverUsesADeviceThatDisappearsGetsAnEndAndNoHarm() throws InterruptedException {
        controller.timeout(Duration.ofMillis(200));
        Qpair qpair = controller.createQpair(16);
        AtomicBoolean stop = new AtomicBoolean();
        AtomicReference<Throwable> unexpected = new AtomicReference<>();
        List<Thread> threads = new ArrayList<>();
        List<IoWorker> workers = List.of(worker(), worker());
        try (Buffer data = controller.device().allocate(4096)) {
            for (Runnable use : List.<Runnable>of(
                    () -> controller.device().registers().read64(0),
                    () -> controller.device().pci().orElseThrow().config(),
                    controller::identifyController,
                    controller::state,
                    () -> qpair.cmdLog().latest(100),
                    () -> qpair.info(),
                    () -> simulator.faults(),
                    () -> qpair.execute(read(data)))) {
                threads.add(Thread.ofPlatform().start(() -> {
                    while (!stop.get()) {
                        try {
                            use.run();
                        } catch (DoorbellException expected) {
                            Thread.onSpinWait();
                        } catch (Throwable e) {
                            unexpected.set(e);
                            return;
                        }
                    }
                }));
            }
            plan("after=50ms then remove");
            for (IoWorker worker : workers) {
                assertThat(worker.await(Duration.ofSeconds(30))).isTrue();
                assertThat(worker.state()).isEqualTo(IoWorker.State.FAILED);
                assertThat(worker.failure().orElseThrow()).contains("lost");
            }
            assertThat(controller.device().isLost()).isTrue();
            assertThat(controller.state()).isEqualTo(Controller.State.LOST);
            simulator.clearFaults();
            assertThat(controller.device().isLost()).isFalse();
            stop.set(true);
            for (Thread thread : threads) {
                thread.join(20_000);
                assertThat(thread.isAlive()).isFalse();
            }
            assertThat(unexpected.get()).isNull();
        }
        workers.forEach(IoWorker::close);
        qpair.close();
        controller.initialise();
        worker().close();
    }

    @Test
    void aRemovedDeviceClosesWithEverythingThatIsOpen() {
        IoWorker worker = worker();
        controller.createQpair(8);
        plan("now then remove");
        assertThat(worker.await(Duration.ofSeconds(30))).isTrue();
        controller.close();
        assertThat(controller.device().isOpen()).isFalse();
    }

    @Test
    void aWorkerUnderFaultsCountsThemAndEnds() {
        plan("opcode=read every=100 then status=2/0x81; opcode=read skip=500 times=2 then delay=20ms");
        try (IoWorker worker = controller.createWorker(
                Workload.builder(1).ioCount(2000).readPercent(100).build())) {
            worker.start();
            assertThat(worker.await(Duration.ofSeconds(30))).isTrue();
            assertThat(worker.state()).isEqualTo(IoWorker.State.DONE);
            assertThat(worker.counters().errors()).isEqualTo(20);
        }
    }

    @Test
    void onlySimulatorsTakePlans() {
        for (String address : TestDevices.among("qemu:")) {
            try (Device device = Device.open(address)) {
                assertThat(device.simulator()).isEmpty();
            }
        }
        assertThat(controller.device().simulator()).isPresent();
    }

    @Test
    void theAddressTakesAPlan() {
        try (Controller faulty = Controller.open("sim:faults=opcode=identify skip=3 then status=0/0x06")) {
            Simulator.FaultState state =
                    faulty.device().simulator().orElseThrow().faults();
            assertThat(state.plan()).isEqualTo(FaultPlan.parse("opcode=identify skip=3 then status=0/0x06"));
        }
        assertThatThrownBy(() -> Device.open("sim:faults=io then explode"))
                .isInstanceOf(Device.OpenException.class)
                .hasMessageContaining("'explode'");
    }
}
