package dev.doorbell.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Arbitration, interrupts and many queues. */
@OnEveryDevice
class QueueFeaturesTest extends DeviceTest {
    private static final int ARBITRATION = 0x01, COALESCING = 0x08, VECTOR_CONFIGURATION = 0x09;

    @Test
    void urgentCommandsGoBeforeOthersInWeightedRoundRobin() {
        boolean weighted = (controller.device().registers().read64(0) >>> 17 & 1) != 0;
        if (!weighted) {
            assertThat(isQemuModel())
                    .as("a device without weighted round robin")
                    .isTrue();
            return;
        }
        controller.initialise(Controller.Options.defaults().withAms(1));
        // Burst of 4; weights 1, 2 and 8 of low, medium and high.
        controller.setFeature(ARBITRATION, 0, 7 << 24 | 1 << 16 | 2, false);
        assertThat(controller
                        .getFeature(ARBITRATION, Controller.Select.CURRENT, 0, 0)
                        .cdw0())
                .isEqualTo(7 << 24 | 1 << 16 | 2);
        int many = 900, few = 60;
        try (RawCompletionQueue cq = RawCompletionQueue.create(controller, RawCompletionQueue.Options.depth(1024));
                RawSubmissionQueue low = RawSubmissionQueue.create(
                        controller, RawSubmissionQueue.Options.of(1024, cq).withPriority(3));
                RawSubmissionQueue urgent = RawSubmissionQueue.create(
                        controller, RawSubmissionQueue.Options.of(64, cq).withPriority(0))) {
            assertThat(low.exists() && urgent.exists()).isTrue();
            for (int i = 0; i < many; i++) {
                low.put(i, Command.of(0).nsid(1));
            }
            for (int i = 0; i < few; i++) {
                urgent.put(i, Command.of(0).nsid(1));
            }
            low.tail(many);
            urgent.tail(few);
            int left = few, between = 0;
            for (int i = 0; i < many + few; i++) {
                Completion end = cq.await(Duration.ofSeconds(20));
                if (end.sqid() == urgent.id()) {
                    left--;
                } else if (left > 0 && left < few) {
                    between++;
                }
            }
            assertThat(left).isZero();
            assertThat(between).as("others between urgent ones").isZero();
        }
    }

    @Test
    void prioritiesOutOfRangeAreRefused() {
        assertThatThrownBy(() -> controller.createQpair(QpairOptions.depth(4).withPriority(4)))
                .isInstanceOf(Qpair.CreationException.class)
                .hasMessageContaining("priority 4");
    }

    @Test
    void coalescedInterruptsComeLater() {
        int value = 255 << 8 | 9; // ten completions, or 25.5 ms
        if (isQemuModel()) {
            // QEMU's model signals every completion at once.
            assertThatThrownBy(() -> controller.setFeature(COALESCING, 0, value, false))
                    .isInstanceOfSatisfying(
                            Command.StatusException.class,
                            e -> assertThat(e.completion().statusCode())
                                    .as("Feature Not Changeable")
                                    .isEqualTo("01/0e"));
            return;
        }
        controller.setFeature(COALESCING, 0, value, false);
        assertThat(controller
                                .getFeature(COALESCING, Controller.Select.CURRENT, 0, 0)
                                .cdw0()
                        & 0xffff)
                .isEqualTo(value);
        Interrupts interrupts = controller.device().interrupts();
        try (Qpair qpair = controller.createQpair(QpairOptions.depth(32).withVector(2))) {
            assertThat(qpair.info().vector()).isEqualTo(2);
            Command flush = namespace().flushCommand();
            boolean held = false;
            for (int round = 0; round < 50 && !held; round++) {
                await(
                        "the last message",
                        () -> interrupts.isSet(2) || qpair.info().submitted() == 0);
                interrupts.clear(2);
                qpair.submit(flush).submit(flush).waitDone(2);
                Pause.nanos(2_000_000);
                held = !interrupts.isSet(2);
            }
            assertThat(held).as("a message that is held back").isTrue();
            await("the message of the aggregation time", () -> interrupts.isSet(2));

            controller.setFeature(VECTOR_CONFIGURATION, 0, 1 << 16 | 2, false);
            interrupts.clear(2);
            qpair.submit(flush).waitDone(1);
            await("the message of a vector without coalescing", () -> interrupts.isSet(2));
        }
    }

    @Test
    void interruptsCanBeOffAndOnAnyVector() {
        Interrupts interrupts = controller.device().interrupts();
        int last = Math.min(interrupts.vectors(), 64) - 1;
        try (Qpair silent = controller.createQpair(8);
                Qpair loud = controller.createQpair(QpairOptions.depth(8).withVector(last))) {
            assertThat(silent.info().vector()).isEqualTo(-1);
            interrupts.clear(last);
            namespace().flush(silent).orThrow();
            assertThat(interrupts.isSet(last)).isFalse();
            namespace().flush(loud).orThrow();
            await("the message", () -> interrupts.isSet(last));
        }
        assertThatThrownBy(() -> controller.createQpair(QpairOptions.depth(8).withVector(60000)))
                .isInstanceOf(Qpair.CreationException.class)
                .hasMessageContaining("code 08h");
    }

    @Test
    void manyQpairsOnSeveralControllersAndNamespacesWorkAtOnce() {
        // Only these can be had more than once, with as many namespaces as one likes.
        String several = List.of("sim:", "qemu:").contains(address) ? address + "ns=3" : "sim:ns=3";
        List<Controller> controllers = new ArrayList<>();
        List<Buffer> buffers = new ArrayList<>();
        try {
            for (int c = 0; c < 2; c++) {
                controllers.add(Controller.open(several));
            }
            for (Controller c : controllers) {
                assertThat(c.activeNamespaces()).containsExactly(1, 2, 3);
                for (int q = 0; q < 18; q++) {
                    Qpair qpair = c.createQpair(8);
                    for (int nsid : c.activeNamespaces()) {
                        Namespace namespace = c.namespace(nsid);
                        Buffer data = c.device().allocate(namespace.lbaBytes());
                        buffers.add(data);
                        data.fill(Buffer.Pattern.dword(controllers.indexOf(c) << 24 | q << 8 | nsid));
                        qpair.submit(namespace.writeCommand(q, 1, data));
                    }
                }
            }
            for (Controller c : controllers) {
                List<Qpair> qpairs =
                        c.qpairs().stream().filter(q -> !q.isAdmin()).toList();
                assertThat(qpairs).hasSize(18);
                qpairs.forEach(q -> assertThat(q.waitDone(3).isSuccess()).isTrue());
                for (int q = 0; q < 18; q++) {
                    for (int nsid : c.activeNamespaces()) {
                        Namespace namespace = c.namespace(nsid);
                        try (Buffer back = c.device().allocate(namespace.lbaBytes())) {
                            namespace.read(qpairs.get(17 - q), back, q, 1).orThrow();
                            assertThat(back.getInt(namespace.lbaBytes() - 4))
                                    .isEqualTo(controllers.indexOf(c) << 24 | q << 8 | nsid);
                        }
                    }
                }
            }
        } finally {
            buffers.forEach(Buffer::close);
            controllers.forEach(Controller::close);
        }
    }
}
