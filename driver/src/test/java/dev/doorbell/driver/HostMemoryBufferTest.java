package dev.doorbell.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Memory lent to a device, where the device wants some; where it does not, it refuses. */
@OnEveryDevice
class HostMemoryBufferTest extends DeviceTest {
    private static final int MIB = 1 << 20;

    /** False for a device that uses no host memory, after it has refused some. */
    private boolean wanted() {
        if (HostMemoryBuffer.Wishes.of(controller).any()) {
            return true;
        }
        try (HostMemoryBuffer memory = HostMemoryBuffer.allocate(controller, MIB)) {
            assertThatThrownBy(memory::enable)
                    .isInstanceOfSatisfying(
                            Command.StatusException.class,
                            e -> assertThat(e.completion().statusCode()).isEqualTo("00/02"));
        }
        return false;
    }

    private void write(long lba) {
        Namespace namespace = namespace();
        try (Qpair qpair = controller.createQpair(8);
                Buffer data = buffer(4096)) {
            namespace.write(qpair, data, lba, 1).orThrow();
        }
    }

    private long errors() {
        return java.nio.ByteBuffer.wrap(controller.logPage(1, 64))
                .order(java.nio.ByteOrder.LITTLE_ENDIAN)
                .getLong(0);
    }

    private static boolean isZero(byte[] bytes) {
        for (byte b : bytes) {
            if (b != 0) {
                return false;
            }
        }
        return true;
    }

    @Test
    void memoryIsLentUsedDumpedAndTakenBack(@TempDir Path folder) throws IOException {
        if (!wanted()) {
            return;
        }
        HostMemoryBuffer.Wishes wishes = HostMemoryBuffer.Wishes.of(controller);
        assertThat(wishes.minimumBytes()).isBetween(0L, wishes.preferredBytes());
        try (HostMemoryBuffer memory = HostMemoryBuffer.allocate(controller, MIB, MIB / 4)) {
            assertThat(memory.buffers()).hasSize(4);
            memory.enable();
            HostMemoryBuffer.Attributes attributes = memory.attributes();
            assertThat(attributes.enabled()).isTrue();
            assertThat(attributes.pages()).isEqualTo(MIB / 4096);
            assertThat(attributes.pieces()).isEqualTo(4);
            write(0);
            Path file = folder.resolve("hmb.bin");
            memory.dump(file);
            byte[] dump = Files.readAllBytes(file);
            assertThat(dump).hasSize(MIB);
            assertThat(isZero(dump)).as("the device has used the memory").isFalse();
            memory.disable();
            assertThat(memory.attributes().enabled()).isFalse();
            memory.buffers().forEach(b -> b.fill((byte) 0));
            write(1);
            assertThat(memory.buffers())
                    .as("what is taken back stays as it is")
                    .allSatisfy(b -> assertThat(isZero(b.toBytes())).isTrue());
        }
        write(2);
    }

    @Test
    void memoryIsGivenBackAfterAReset() {
        if (!wanted()) {
            return;
        }
        try (HostMemoryBuffer memory = HostMemoryBuffer.allocate(controller, MIB)) {
            memory.enable();
            write(0);
            long before = errors();
            controller.reset();
            assertThat(HostMemoryBuffer.attributes(controller).enabled()).isFalse();
            memory.giveBack();
            assertThat(memory.attributes().enabled()).isTrue();
            write(0);
            assertThat(errors()).isEqualTo(before);
        }
        assertThat(HostMemoryBuffer.attributes(controller).enabled()).isFalse();
    }

    @Test
    void tooLittleMemoryIsRefusedByTheDeviceAndPartsOfPagesByTheDriver() {
        assertThatThrownBy(() -> HostMemoryBuffer.allocate(controller, 5000))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("5000 bytes")
                .hasMessageContaining("4096 bytes");
        assertThatThrownBy(() -> HostMemoryBuffer.allocate(controller, MIB, 1000))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1000 bytes");
        try (HostMemoryBuffer memory = HostMemoryBuffer.allocate(controller, 4096)) {
            assertThatThrownBy(memory::enable)
                    .isInstanceOfSatisfying(
                            Command.StatusException.class,
                            e -> assertThat(e.completion().statusCode()).isEqualTo("00/02"));
        }
    }

    @Test
    void aDeviceNoticesThatItsMemoryWasAltered() {
        if (!wanted()) {
            return;
        }
        // Whether a device notices is its own affair; this one is known to.
        assertThat(new String(controller.identifyController(), 24, 40, StandardCharsets.US_ASCII))
                .startsWith("Doorbell Sim");
        List<Controller.AsyncEvent> events = new CopyOnWriteArrayList<>();
        controller.onAsyncEvent(events::add);
        try (HostMemoryBuffer memory = HostMemoryBuffer.allocate(controller, MIB)) {
            memory.enable();
            write(0);
            long before = errors();
            Buffer spoilt = memory.buffers().getFirst();
            for (int i = 0; i < spoilt.size(); i += 4096) {
                spoilt.put(i, (byte) ~spoilt.get(i));
            }
            write(0);
            await("the device's complaint", () -> {
                controller.poll();
                return events.stream().anyMatch(e -> e.type() == 0 && e.info() == 4);
            });
            assertThat(errors()).isGreaterThan(before);
        }
    }
}
