package dev.doorbell.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/** A device behind its guard: it can be explored, and nothing that may change it is sent. */
@OnEveryTransport
class ReadOnlyTest extends DeviceTest {
    @Test
    void refusesWhatWritesAndLetsReadsThrough() {
        Device device = controller.device();
        Namespace namespace = namespace();
        try (Qpair qpair = controller.createQpair(8);
                Buffer buffer = buffer(4096)) {
            assertThat(device.readOnly()).isFalse();
            namespace.write(qpair, buffer, 0, 1).orThrow();

            device.forbidWrites();
            assertThat(device.readOnly()).isTrue();
            namespace.read(qpair, buffer, 0, 1).orThrow();
            assertThat(controller.identifyController()).hasSize(4096);
            assertThat(controller.logPage(2, 512)).hasSize(512);
            assertThatThrownBy(() -> namespace.write(qpair, buffer, 0, 1))
                    .isInstanceOf(Device.ReadOnlyException.class)
                    .hasMessageContaining("is read-only and I/O opcode 01h");
            assertThatThrownBy(() -> controller.format(1, 0, 0)).isInstanceOf(Device.ReadOnlyException.class);
            assertThatThrownBy(() -> controller.setFeature(4, 0, 350, false))
                    .isInstanceOf(Device.ReadOnlyException.class);
            assertThatThrownBy(() -> device.registers().write32(0x0c, 0)).isInstanceOf(Device.ReadOnlyException.class);
            assertThatThrownBy(() -> controller.createWorker(
                            Workload.builder(1).readPercent(50).build()))
                    .isInstanceOf(Device.ReadOnlyException.class);
        }
        controller.reset(); // the driver's own commands are not the guard's business
        device.allowWrites();
        controller.setFeature(4, 0, 350, false);
    }
}
