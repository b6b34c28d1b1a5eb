package dev.doorbell.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Power and shutdown of the subsystem, with I/O running. */
@OnEveryDevice
class SubsystemTest extends DeviceTest {
    private boolean simulated() {
        return address.startsWith("sim:");
    }

    private IoWorker running() {
        IoWorker worker = controller.createWorker(
                Workload.builder(1).duration(Duration.ZERO).build());
        worker.start();
        await("I/O", () -> worker.counters().completed() > 0);
        return worker;
    }

    @Test
    void powerIsCutUnderLoadAndEverythingComesBackWithoutBeingOpenedAgain() {
        Subsystem subsystem = new Subsystem(controller);
        if (!simulated()) {
            assertThatThrownBy(subsystem::powerOff)
                    .isInstanceOf(Device.UnsupportedException.class)
                    .hasMessageContaining("power controller");
            assertThat(controller.identifyController()).hasSize(4096);
            return;
        }
        controller.setFeature(0x04, 0, 300, false);
        Qpair qpair = controller.createQpair(8);
        qpair.submit(held(namespace().flushCommand()));
        IoWorker worker = running();
        subsystem.powerOff();
        assertThat(controller.state()).isEqualTo(Controller.State.LOST);
        assertThat(qpair.waitDone(1).lost()).isTrue();
        assertThat(worker.await(Duration.ofSeconds(30))).isTrue();
        assertThat(worker.state()).isEqualTo(IoWorker.State.FAILED);
        assertThatThrownBy(controller::initialise).isInstanceOf(Device.LostException.class);

        subsystem.powerOn();
        assertThat(controller.state()).isEqualTo(Controller.State.DISABLED);
        controller.initialise();
        assertThat(controller.getFeature(0x04, Controller.Select.CURRENT, 0, 0).cdw0() & 0xffff)
                .as("a feature that was not saved")
                .isNotEqualTo(300);
        worker.close();
        qpair.close();
        try (Qpair fresh = controller.createQpair(8)) {
            assertThat(namespace().flush(fresh).isSuccess()).isTrue();
        }
    }

    @Test
    void aPowerControllerOfOnesOwnIsAskedFirst() {
        List<String> asked = new ArrayList<>();
        PowerController ofDevice = PowerController.of(controller.device());
        Subsystem subsystem = new Subsystem(
                controller,
                PowerController.of(
                        () -> {
                            asked.add("off " + controller.state());
                            if (simulated()) {
                                ofDevice.off();
                            }
                        },
                        () -> {
                            asked.add("on");
                            if (simulated()) {
                                ofDevice.on();
                            }
                        }));
        Qpair qpair = controller.createQpair(8);
        qpair.submit(held(namespace().flushCommand()));
        subsystem.powerCycle(Duration.ofMillis(50));
        assertThat(asked).containsExactly("off READY", "on");
        assertThat(qpair.waitDone(1).lost()).isTrue();
        qpair.close();
        controller.initialise();
        assertThat(controller.identifyController()).hasSize(4096);
    }

    @Test
    void shutsDownInTheTimeThatTheControllerSaysUnderLoad() {
        for (boolean abrupt : new boolean[] {false, true}) {
            IoWorker worker = running();
            controller.shutdown(abrupt);
            assertThat(controller.device().registers().read32(0x1c) >> 2 & 3)
                    .as("CSTS.SHST")
                    .isEqualTo(2);
            controller.initialise();
            assertThat(worker.await(Duration.ofSeconds(30))).isTrue();
            assertThat(worker.state()).isEqualTo(IoWorker.State.FAILED);
            worker.close();
        }
        assertThat(controller.identifyController()).hasSize(4096);
    }

    private static void file(Path sys, String name, String text) throws IOException {
        Path file = sys.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    @Test
    void suspendsTheMachineAndSetsItsAlarm(@TempDir Path sys) throws IOException {
        Subsystem subsystem =
                new Subsystem(controller, PowerController.of(controller.device()), new SystemSuspend(sys));
        assertThatThrownBy(() -> subsystem.suspend(Duration.ofSeconds(5)))
                .isInstanceOf(Device.UnsupportedException.class)
                .hasMessageContaining("power/state");
        file(sys, "power/state", "freeze disk\n");
        assertThatThrownBy(() -> subsystem.suspend(Duration.ofSeconds(5))).hasMessageContaining("\"mem\"");
        file(sys, "power/state", "freeze mem disk\n");
        file(sys, "power/mem_sleep", "[s2idle]\n");
        assertThatThrownBy(() -> subsystem.suspend(Duration.ofSeconds(5))).hasMessageContaining("\"deep\"");
        file(sys, "power/mem_sleep", "[s2idle] deep\n");
        assertThatThrownBy(() -> subsystem.suspend(Duration.ofSeconds(5))).hasMessageContaining("real-time clock");
        assertThat(controller.state()).as("nothing has happened").isEqualTo(Controller.State.READY);
        file(sys, "class/rtc/rtc0/wakealarm", "");
        assertThatThrownBy(() -> subsystem.suspend(Duration.ofSeconds(1))).isInstanceOf(IllegalArgumentException.class);

        Qpair qpair = controller.createQpair(8);
        qpair.submit(held(namespace().flushCommand()));
        subsystem.suspend(Duration.ofSeconds(5));
        assertThat(sys.resolve("power/state")).hasContent("mem");
        assertThat(sys.resolve("power/mem_sleep")).hasContent("deep");
        assertThat(sys.resolve("class/rtc/rtc0/wakealarm")).hasContent("+5");
        assertThat(qpair.waitDone(1).lost()).isTrue();
        qpair.close();
        controller.initialise();
        assertThat(controller.identifyController()).hasSize(4096);
    }
}
