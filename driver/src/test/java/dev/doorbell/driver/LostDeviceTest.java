package dev.doorbell.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A device that goes away under its users: every register reads all ones. */
@OnEveryDevice
class LostDeviceTest extends DeviceTest {
    private static final int COMMAND = 4;
    private static final int MEMORY_SPACE = 2;
    private static final int BUS_MASTER = 4;

    /** Takes the device away: QEMU's process, or else the function's access to the bus, both ways, as a removed one has none. */
    private void lose() {
        if (address.startsWith("qemu:")) {
            ProcessHandle.current()
                    .children()
                    .filter(child -> child.info().command().orElse("").contains("qemu"))
                    .forEach(child -> {
                        child.destroyForcibly();
                        child.onExit().join();
                    });
        } else {
            PciFunction pci = controller.device().pci().orElseThrow();
            pci.write16(COMMAND, pci.read16(COMMAND) & ~(MEMORY_SPACE | BUS_MASTER));
        }
    }

    @Test
    void everythingSaysThatTheDeviceIsLostAndClosesAllTheSame() {
        Qpair qpair = controller.createQpair(8);
        Buffer data = buffer(4096);
        Command read = Command.of(2).nsid(1).data(data).timeout(Duration.ofMillis(200));
        IoWorker worker = controller.createWorker(
                Workload.builder(1).duration(Duration.ZERO).build());
        lose();

        assertThat(controller.device().isLost()).isTrue();
        if (address.startsWith("qemu:")) {
            assertThat(controller.device().pci().orElseThrow().notices())
                    .isEqualTo(new PciFunction.Notices(0, false, true));
        }
        assertThat(controller.state()).isEqualTo(Controller.State.LOST);
        Completion end = qpair.execute(read);
        assertThat(end.lost()).isTrue();
        assertThatThrownBy(() -> qpair.execute(read)).isInstanceOf(Device.LostException.class);
        assertThatThrownBy(controller::reset).isInstanceOf(Device.LostException.class);
        assertThatThrownBy(controller::initialise).isInstanceOf(Device.LostException.class);

        worker.close();
        qpair.close();
        data.close();
        controller.close();
        assertThat(controller.device().isOpen()).isFalse();
    }

    @Test
    void aWorkerOfALostDeviceFailsAndSaysWhy() {
        // On QEMU, whose end is seen, the time limit plays no part.
        controller.timeout(address.startsWith("qemu:") ? Duration.ofMinutes(10) : Duration.ofMillis(500));
        IoWorker worker = controller.createWorker(
                Workload.builder(1).duration(Duration.ZERO).build());
        worker.start();
        await("I/O", () -> worker.counters().completed() > 0);
        lose();
        assertThat(worker.await(Duration.ofSeconds(60))).isTrue();
        assertThat(worker.state()).isEqualTo(IoWorker.State.FAILED);
        assertThat(worker.failure().orElseThrow()).isNotBlank();
    }
}
