package dev.doorbell.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Memory of the controller: data, lists and queues in it. */
@ParameterizedClass(name = "{0}")
@MethodSource("addresses")
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ControllerMemoryBufferTest extends DeviceTest {
    private static final int MIB = 1 << 20;

    static List<String> addresses() {
        return TestDevices.among("sim:cmb=1MiB", "vfio-user:cmb=1MiB", "qemu:cmb=1MiB");
    }

    private ControllerMemoryBuffer enabled() {
        assertThat(ControllerMemoryBuffer.isPresent(controller)).isTrue();
        ControllerMemoryBuffer cmb = ControllerMemoryBuffer.of(controller);
        assertThat(cmb.isEnabled()).isFalse();
        cmb.enable();
        assertThat(cmb.isEnabled()).isTrue();
        return cmb;
    }

    /** Whether its BAR is mapped here: QEMU's is reached by messages alone. */
    private boolean mapped() {
        return controller.device().kind() != Device.Kind.QEMU;
    }

    private static byte[] random(int bytes, long seed) {
        byte[] data = new byte[bytes];
        new SplittableRandom(seed).nextBytes(data);
        return data;
    }

    @Test
    void registersSayWhatItIsGoodFor() {
        ControllerMemoryBuffer cmb = enabled();
        assertThat(cmb.sizeBytes()).isEqualTo(MIB);
        assertThat(cmb.bar()).isEqualTo(2);
        assertThat(cmb.takesSubmissionQueues()).isTrue();
        assertThat(cmb.takesLists()).isTrue();
        assertThat(cmb.takesReadData()).isTrue();
        assertThat(cmb.takesWriteData()).isTrue();
        cmb.disable();
        assertThat(cmb.isEnabled()).isFalse();
        assertThatThrownBy(() -> cmb.address(0)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> cmb.enable(0x1234))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("0x1234");
        assertThatThrownBy(() -> cmb.read(MIB - 4, 8)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> cmb.write(2, new byte[4])).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void commandsMoveDataToAndFromItByItsAddress() {
        ControllerMemoryBuffer cmb = enabled();
        Namespace namespace = namespace();
        int bytes = namespace.lbaBytes();
        byte[] data = random(bytes, 1);
        cmb.write(8192, data);
        assertThat(cmb.read(8192, bytes)).isEqualTo(data);
        assertThat(cmb.read(8193, 5)).isEqualTo(java.util.Arrays.copyOfRange(data, 1, 6));
        try (Qpair qpair = controller.createQpair(8);
                Buffer back = buffer(bytes)) {
            qpair.execute(NvmCommands.write(namespace.nsid(), 0, 1).rawDataPointer(cmb.address(8192), 0))
                    .orThrow();
            namespace.read(qpair, back, 0, 1).orThrow();
            assertThat(back.toBytes()).isEqualTo(data);
            cmb.write(0, new byte[bytes]);
            qpair.execute(NvmCommands.read(namespace.nsid(), 0, 1).rawDataPointer(cmb.address(0), 0))
                    .orThrow();
            assertThat(cmb.read(0, bytes)).isEqualTo(data);
        }
    }

    @Test
    void buffersInItAreDataLikeOthers() {
        ControllerMemoryBuffer cmb = enabled();
        if (!mapped()) {
            assertThatThrownBy(() -> cmb.allocate(4096))
                    .isInstanceOf(Device.UnsupportedException.class)
                    .hasMessageContaining("BAR2");
            return;
        }
        Namespace namespace = namespace();
        int blocks = 65536 / namespace.lbaBytes();
        byte[] data = random(65536, 2);
        try (Qpair qpair = controller.createQpair(8);
                Buffer in = cmb.allocate(65536);
                Buffer back = cmb.allocate(65536)) {
            assertThat(back.iova()).isEqualTo(in.iova() + 65536);
            in.put(0, data);
            assertThat(cmb.read(0, 64)).isEqualTo(in.get(0, 64));
            namespace.write(qpair, in, 0, blocks).orThrow();
            namespace.read(qpair, back, 0, blocks).orThrow();
            assertThat(back.toBytes()).isEqualTo(data);
        }
    }

    @Test
    void piecesAreGivenOutOnceAndAgainWhenTheyAreClosed() {
        ControllerMemoryBuffer cmb = enabled();
        if (!mapped()) {
            return; // the test above has seen that there are no pieces
        }
        Buffer first = cmb.allocate(MIB / 2);
        Buffer second = cmb.allocate(MIB / 4);
        assertThatThrownBy(() -> cmb.allocate(MIB / 2))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("close buffers");
        assertThatThrownBy(() -> cmb.allocate(2 * MIB)).isInstanceOf(IllegalArgumentException.class);
        first.put(0, (byte) 77);
        first.close();
        Buffer again = cmb.allocate(5000);
        assertThat(again.get(0)).as("what was there").isEqualTo((byte) 77);
        Buffer between = cmb.allocate(4096);
        assertThat(between.iova()).isEqualTo(again.iova() + 8192);
        assertThat(second.iova()).isEqualTo(again.iova() + MIB / 2);
    }

    @Test
    void qpairsHaveTheirQueuesInIt() {
        ControllerMemoryBuffer cmb = enabled();
        if (!mapped()) {
            return;
        }
        Namespace namespace = namespace();
        Buffer sq = cmb.allocate(8 * 64);
        Buffer cq = cmb.allocate(8 * 16);
        sq.fill((byte) 0xff);
        cq.fill((byte) 0xff);
        QpairOptions options = QpairOptions.depth(8).withSqMemory(sq).withCqMemory(cq);
        try (Qpair qpair = controller.createQpair(options);
                Buffer data = buffer(4096)) {
            for (int i = 0; i < 20; i++) {
                namespace.write(qpair, data, i, 1).orThrow();
            }
            assertThat(sq.get(0)).as("opcode of an entry in it").isEqualTo((byte) 1);
            assertThatThrownBy(sq::close).isInstanceOf(Device.BusyException.class);
        }
        assertThatThrownBy(() -> controller.createQpair(QpairOptions.depth(9).withSqMemory(sq)))
                .isInstanceOf(Qpair.CreationException.class)
                .hasMessageContaining("576 bytes");
        sq.close();
        cq.close();
    }

    @Test
    void rawQueuesLieInIt() {
        ControllerMemoryBuffer cmb = enabled();
        if (!mapped()) {
            return;
        }
        try (Buffer entries = cmb.allocate(16 * 64);
                RawCompletionQueue cq = RawCompletionQueue.create(controller, RawCompletionQueue.Options.depth(16));
                RawSubmissionQueue sq = RawSubmissionQueue.create(
                        controller,
                        RawSubmissionQueue.Options.of(16, cq).withMemory(QueueMemory.contiguous(entries, 0)))) {
            assertThat(sq.exists()).isTrue();
            sq.put(0, Command.of(0).nsid(namespace().nsid()));
            sq.tail(1);
            assertThat(cq.await(Duration.ofSeconds(30)).isSuccess()).isTrue();
        }
    }

    @Test
    void anAddressOfTheHostsMemoryIsNotTaken() {
        ControllerMemoryBuffer cmb = enabled();
        if (!mapped()) {
            return; // QEMU takes any address
        }
        try (Buffer host = buffer(4096)) {
            long base = host.iova();
            assertThatThrownBy(() -> cmb.enable(base))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("CBAI")
                    .hasMessageContaining(Long.toHexString(base));
            assertThat(cmb.isEnabled()).isFalse();
        }
        cmb.enable();
        assertThat(cmb.isEnabled()).isTrue();
    }

    @Test
    void aDeviceWithoutOneSaysSo() {
        try (Controller plain = Controller.open("sim:")) {
            assertThat(ControllerMemoryBuffer.isPresent(plain)).isFalse();
            assertThatThrownBy(() -> ControllerMemoryBuffer.of(plain))
                    .isInstanceOf(Device.UnsupportedException.class)
                    .hasMessageContaining("CAP.CMBS");
        }
    }
}
