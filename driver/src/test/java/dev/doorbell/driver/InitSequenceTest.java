package dev.doorbell.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.doorbell.driver.InitSequence.Step;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

@OnEveryDevice
class InitSequenceTest extends DeviceTest {
    private static final Controller.Options OPTIONS = Controller.Options.defaults();

    private List<Integer> opcodes(long from) {
        return controller.admin().cmdLog().latest(100).stream()
                .filter(e -> e.sequence() >= from)
                .map(e -> e.sqe()[0] & 0xff)
                .sorted()
                .toList();
    }

    @Test
    void theDefaultSequenceSendsIdentifyNumberOfQueuesAndEventRequests() {
        long before = controller.admin().info().submitted();
        controller.initialise(OPTIONS.withAsyncEvents(2), InitSequence.defaults());
        assertThat(opcodes(before)).containsExactly(0x06, 0x09, 0x0c, 0x0c);
        assertThat(controller.maxQueues()).isPositive();
        try (Qpair qpair = controller.createQpair(8)) {
            assertThat(namespace().flush(qpair).isSuccess()).isTrue();
        }
    }

    @Test
    void stepsThatAreLeftOutAreNotDoneAtAnyResetEither() {
        InitSequence shorter = InitSequence.defaults().without(Step.IDENTIFY).without(Step.ASYNC_EVENTS);
        assertThat(shorter.toString()).isEqualTo("DISABLE, ADMIN_QUEUES, CONFIGURE, ENABLE, NUMBER_OF_QUEUES");
        long before = controller.admin().info().submitted();
        controller.initialise(OPTIONS, shorter);
        assertThat(opcodes(before)).containsExactly(0x09);
        before = controller.admin().info().submitted();
        controller.reset();
        assertThat(opcodes(before)).containsExactly(0x09);
        assertThatThrownBy(() -> shorter.replace(Step.IDENTIFY, bringup -> {}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("IDENTIFY");
    }

    @Test
    void stepsCanBeReplacedAndAddedAndAreRunAgainAtEveryReset() {
        AtomicInteger runs = new AtomicInteger();
        List<String> order = new ArrayList<>();
        controller.initialise(
                OPTIONS.withAdminDepth(8).withAsyncEvents(0),
                InitSequence.defaults()
                        .before(
                                Step.ENABLE,
                                b -> order.add("before " + (b.registers().read32(0x1c) & 1)))
                        .after(
                                Step.ENABLE,
                                b -> order.add("after " + (b.registers().read32(0x1c) & 1)))
                        .replace(
                                Step.NUMBER_OF_QUEUES,
                                b -> assertThat(b.requestQueues(2, 3)).isPositive())
                        .then(b -> runs.incrementAndGet()));
        assertThat(order).containsExactly("before 0", "after 1");
        assertThat(controller.admin().depth()).isEqualTo(8);
        controller.reset();
        assertThat(runs).hasValue(2);
        assertThat(order).hasSize(4);
    }

    @Test
    void everythingCanBeDoneByHand() {
        Qpair qpair = controller.createQpair(4);
        controller.initialise(
                OPTIONS,
                InitSequence.empty()
                        .then(b -> {
                            b.registers().write32(0x14, 0);
                            await("RDY=0", () -> (b.registers().read32(0x1c) & 1) == 0);
                        })
                        .then(b -> {
                            Bringup.AdminMemory memory = b.prepareAdminQueues(20, 0);
                            assertThat(memory.depth()).isEqualTo(20);
                            b.registers().write32(0x24, 19 << 16 | 19);
                            b.registers().write64(0x28, memory.sqIova());
                            b.registers().write64(0x30, memory.cqIova());
                            b.configure(b.configuration());
                            b.configure(b.configuration() | 1);
                            b.awaitReady();
                        })
                        .then(Step.IDENTIFY));
        assertThat(qpair.isAlive()).isFalse();
        qpair.close();
        assertThat(controller.state()).isEqualTo(Controller.State.READY);
        assertThat(controller.device().registers().read32(0x24)).isEqualTo(19 << 16 | 19);
    }

    @Test
    void whatAStepThrowsComesOutAndTheNextInitialisationIsWhole() {
        assertThatThrownBy(() ->
                        controller.initialise(OPTIONS, InitSequence.defaults().replace(Step.IDENTIFY, b -> {
                            throw new IllegalStateException("by the test");
                        })))
                .hasMessage("by the test");
        assertThatThrownBy(() ->
                        controller.initialise(OPTIONS, InitSequence.defaults().without(Step.DISABLE)))
                .isInstanceOf(Device.BusyException.class)
                .hasMessageContaining("CC.EN is 1");
        controller.initialise(OPTIONS, InitSequence.defaults());
        assertThat(controller.identifyController()).hasSize(4096);
    }

    @Test
    void aReadyThatCannotComeIsRefusedAndABadConfigurationIsAnEnableException() {
        controller.disable();
        assertThatThrownBy(() -> controller.initialise(
                        OPTIONS.withTimeout(Duration.ofSeconds(5)),
                        InitSequence.empty().then(Step.ADMIN_QUEUES).then(Bringup::awaitReady)))
                .isInstanceOf(Controller.EnableException.class)
                .hasMessageContaining("CC.EN is 0");
        assertThatThrownBy(() ->
                        controller.initialise(OPTIONS, InitSequence.empty().then(b -> b.prepareAdminQueues(1, 0))))
                .isInstanceOf(Controller.EnableException.class)
                .hasMessageContaining("1");
        controller.initialise(OPTIONS, InitSequence.defaults());
    }

    @Test
    void aControllerCanBeOpenedWithASequence() {
        controller.close();
        try (Controller other = Controller.open(
                DeviceAddress.parse(address),
                OPTIONS,
                InitSequence.defaults().without(Step.NUMBER_OF_QUEUES).without(Step.ASYNC_EVENTS))) {
            assertThat(other.admin().info().submitted()).isEqualTo(1);
            assertThat(other.maxQueues()).isPositive();
        }
    }
}
