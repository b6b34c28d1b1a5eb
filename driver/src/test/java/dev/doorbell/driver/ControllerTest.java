package dev.doorbell.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

@OnEveryTransport
class ControllerTest extends DeviceTest {
    @Test
    void attachingDoesNotEnable() {
        controller.close();
        try (Device device = Device.open(address)) {
            Controller fresh = device.controller();
            assertThat(fresh.state()).isEqualTo(Controller.State.DISABLED);
            assertThat(fresh.qpairs()).isEmpty();
            assertThat(fresh.poll()).isZero();
            assertThatThrownBy(fresh::admin)
                    .isInstanceOf(Controller.NotEnabledException.class)
                    .hasMessageContaining("initialise()");
            assertThatThrownBy(() -> fresh.createQpair(8)).isInstanceOf(Controller.NotEnabledException.class);
        }
    }

    @Test
    void goesThroughItsStates() {
        assertThat(controller.state()).isEqualTo(Controller.State.READY);
        Qpair admin = controller.admin();
        controller.disable();
        assertThat(controller.state()).isEqualTo(Controller.State.DISABLED);
        assertThatThrownBy(controller::identifyController).isInstanceOf(Qpair.DeadException.class);
        controller.initialise(Controller.Options.defaults().withAdminDepth(16));
        assertThat(controller.state()).isEqualTo(Controller.State.READY);
        assertThat(controller.admin()).isSameAs(admin);
        assertThat(admin.depth()).isEqualTo(16);
        controller.reset();
        assertThat(controller.identifyController()).hasSize(4096);
    }

    @Test
    void shutsDownAndComesBack() {
        controller.shutdown(false, Duration.ofSeconds(10));
        int csts = controller.device().registers().read32(0x1c);
        assertThat(csts >> 2 & 3).as("CSTS.SHST").isEqualTo(2);
        controller.initialise();
        controller.shutdown(true, Duration.ofSeconds(10));
        controller.initialise();
        assertThat(controller.state()).isEqualTo(Controller.State.READY);
        assertThat(controller.device().registers().read32(0x1c) >> 2 & 3).isZero();
    }

    @Test
    void optionsOutOfRangeAreRefusedWithTheReason() {
        assertThatThrownBy(() -> controller.enable(Controller.Options.defaults().withAdminDepth(1)))
                .isInstanceOf(Controller.EnableException.class)
                .hasMessageContaining("1");
        controller.initialise(Controller.Options.defaults());
    }

    @Test
    void identifies() {
        byte[] id = controller.identifyController();
        assertThat(controller.identify(1, 0, 0, 0)).isEqualTo(id);
        assertThat(new String(id, 4, 20, java.nio.charset.StandardCharsets.US_ASCII))
                .isNotBlank();
        assertThat(controller.activeNamespaces()).isNotEmpty().startsWith(1);
        int mdts = id[77] & 0xff;
        assertThat(controller.maxTransferBytes()).isEqualTo(mdts == 0 ? 2 << 20 : 4096 << mdts);
        assertThat(controller.maxQueues()).isPositive();
    }

    @Test
    void errorsOfNamedCommandsNameTheCommandAndTheStatus() {
        assertThatThrownBy(() -> controller.identify(0xfe, 0, 0, 0))
                .isInstanceOfSatisfying(Command.StatusException.class, e -> {
                    assertThat(e.completion().sc()).isEqualTo(2);
                    assertThat(e).hasMessageContaining("Identify CNS feh").hasMessageContaining("00/02");
                });
        assertThatThrownBy(() -> controller.namespace(0x1234)).isInstanceOf(DoorbellException.class);
    }

    @Test
    void readsLogPagesWholeAndInParts() {
        byte[] smart = controller.logPage(0x02, 512);
        assertThat(smart).hasSize(512);
        int kelvin = ByteBuffer.wrap(smart).order(ByteOrder.LITTLE_ENDIAN).getShort(1);
        assertThat(kelvin).as("composite temperature").isBetween(200, 400);
        byte[] middle = controller.logPage(0x02, -1, 8, 4, 0, true);
        assertThat(middle).hasSize(8);
        byte[] slots = controller.logPage(0x03, 512);
        assertThat(slots[0] & 7).as("active firmware slot").isPositive();
        assertThatThrownBy(() -> controller.logPage(2, 510)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void readsALogPageThatNeedsSeveralCommands() {
        long before = controller.admin().info().submitted();
        int bytes = 512 << 10;
        try {
            assertThat(controller.logPage(0x02, bytes)).hasSize(bytes);
        } catch (Command.StatusException e) {
            // A controller may refuse offsets beyond the page; it was asked in pieces all the same.
            assertThat(controller.admin().info().submitted() - before).isGreaterThan(1);
        }
    }

    @Test
    void getsAndSetsFeatures() {
        int granted =
                controller.getFeature(0x07, Controller.Select.CURRENT, 0, 0).cdw0();
        assertThat(Math.min(granted & 0xffff, granted >>> 16) + 1).isEqualTo(controller.maxQueues());

        controller.setFeature(0x04, 0, 300, false);
        assertThat(controller.getFeature(0x04, Controller.Select.CURRENT, 0, 0).cdw0() & 0xffff)
                .isEqualTo(300);
        assertThat(controller.getFeature(0x04, Controller.Select.DEFAULT, 0, 0).cdw0() & 0xffff)
                .isNotEqualTo(300);
        assertThatThrownBy(() -> controller.getFeature(0xbf, Controller.Select.CURRENT, 0, 0))
                .isInstanceOf(Command.StatusException.class)
                .hasMessageContaining("Get Features bfh");
    }

    @Test
    void featuresWithDataTakeAndGiveTheirStructure() {
        byte[] time = ByteBuffer.allocate(8)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(0x0000_0123_4567_89abL)
                .array();
        controller.setFeature(0x0e, 0, 0, false, time);
        Controller.FeatureValue now = controller.getFeature(0x0e, Controller.Select.CURRENT, 0, 0);
        assertThat(now.data()).hasSize(8);
        long millis = ByteBuffer.wrap(now.data()).order(ByteOrder.LITTLE_ENDIAN).getLong() & 0xffff_ffff_ffffL;
        assertThat(millis).isBetween(0x0123_4567_89abL, 0x0123_4567_89abL + 60_000);
    }

    @Test
    void tellsListenersOfAsynchronousEvents() throws Exception {
        List<Controller.AsyncEvent> events = new ArrayList<>();
        List<Controller.AsyncEvent> removed = new ArrayList<>();
        controller.onAsyncEvent(removed::add).close();
        try (AutoCloseable listening = controller.onAsyncEvent(events::add)) {
            assertThat(listening).isNotNull();
            // SMART / health: temperature above the threshold.
            controller.setFeature(0x0b, 0, 1 << 1, false);
            controller.setFeature(0x04, 0, 1, false);
            await("the event", () -> {
                controller.poll();
                return !events.isEmpty();
            });
            Controller.AsyncEvent event = events.getFirst();
            assertThat(event.type()).isEqualTo(1);
            assertThat(event.info()).isEqualTo(1);
            assertThat(event.logPage()).isEqualTo(2);
            controller.setFeature(0x04, 0, 0xffff, false);
            controller.logPage(0x02, 512);
            assertThat(controller.admin().info().outstanding())
                    .as("armed again")
                    .isEqualTo(1);
        }
        assertThat(removed).isEmpty();
    }

    @Test
    void armsAsManyEventRequestsAsAsked() {
        controller.initialise(Controller.Options.defaults().withAsyncEvents(3));
        assertThat(controller.admin().info().outstanding()).isEqualTo(3);
        controller.initialise(Controller.Options.defaults().withAsyncEvents(0));
        assertThat(controller.admin().info().outstanding()).isZero();
    }

    @Test
    void abortReturnsWhetherItWasDone() {
        assertThat(controller.abort(0, 0x7777)).isFalse();
    }

    @Test
    void invalidAdminCommandsGetAStatusAndCrashNothing() {
        try (Buffer data = buffer(4096)) {
            for (int opcode = 0; opcode < 256; opcode++) {
                boolean endsMore = opcode == 0x0c
                        || opcode == 0x00
                        || opcode == 0x04
                        || opcode == 0x80
                        || opcode == 0x84
                        || opcode == 0x01
                        || opcode == 0x05
                        || opcode == 0x7c;
                if (endsMore) {
                    continue;
                }
                Completion end = controller.execute(Command.of(opcode)
                        .nsid(0xfffffff0)
                        .cdw10(-1)
                        .cdw11(-1)
                        .cdw12(-1)
                        .cdw13(-1)
                        .data(data)
                        .timeout(Duration.ofSeconds(5)));
                assertThat(end.lost()).as("opcode %02x", opcode).isFalse();
            }
        }
        assertThat(controller.identifyController()).hasSize(4096);
    }

    @Test
    void resetsItsSubsystemIfItCan() {
        Subsystem subsystem = new Subsystem(controller);
        if (!subsystem.resetSupported()) {
            assertThatThrownBy(subsystem::reset)
                    .isInstanceOf(Device.UnsupportedException.class)
                    .hasMessageContaining("CAP.NSSRS");
            return;
        }
        Qpair qpair = controller.createQpair(8);
        subsystem.reset();
        assertThat(qpair.isAlive()).isFalse();
        qpair.close();
        controller.initialise();
        assertThat(controller.identifyController()).hasSize(4096);
    }

    @Test
    void notifiesOfAShutdownWithoutWaiting() {
        new Subsystem(controller).shutdownNotify(false);
        await("CSTS.SHST", () -> (controller.device().registers().read32(0x1c) >> 2 & 3) == 2);
    }
}
