package dev.doorbell.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;

/**
 * A disk that the kernel owns, really: the conformance suite's part that makes sense through the passthrough, what is refused with the
 * reason, and the way to vfio-pci and back. Runs by {@link ConformanceRun} in a virtual machine as root, on the disk whose controller
 * {@code -Ddoorbell.kernel=} names, and overwrites its beginning.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@Timeout(value = 300, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class KernelDeviceSuite {
    private static final String NODE = System.getProperty("doorbell.kernel", "/dev/nvme0");
    private static final Path SYSFS =
            Path.of("/sys/class/nvme").resolve(Path.of(NODE).getFileName());
    private static final int BLOCKS = 64;

    private static Controller writable() {
        return Controller.open(NODE + "?write=on");
    }

    private static byte[] disk(int bytes) throws IOException {
        try (InputStream in = Files.newInputStream(Path.of(NODE + "n1"))) {
            return in.readNBytes(bytes);
        }
    }

    private static byte[] pattern(int seed, int bytes) {
        byte[] data = new byte[bytes];
        new java.util.Random(seed).nextBytes(data);
        return data;
    }

    @Test
    @Order(1)
    void identifiesAsTheKernelSays() {
        try (Controller controller = Controller.open(NODE)) {
            Device device = controller.device();
            assertThat(device.kind()).isEqualTo(Device.Kind.KERNEL);
            assertThat(device.features()).containsExactly(Device.Feature.PCI);
            assertThat(controller.state()).isEqualTo(Controller.State.READY);
            byte[] id = controller.identifyController();
            assertThat(new String(id, 4, 20, StandardCharsets.US_ASCII).strip())
                    .isEqualTo(Sysfs.text(SYSFS.resolve("serial")));
            assertThat(new String(id, 24, 40, StandardCharsets.US_ASCII).strip())
                    .isEqualTo(Sysfs.text(SYSFS.resolve("model")));
            assertThat(device.name()).isEqualTo(Sysfs.text(SYSFS.resolve("model")));
            assertThat(controller.activeNamespaces()).contains(1);
            assertThat(controller.logPage(2, 512)).hasSize(512);
            assertThat(controller.maxQueues()).isPositive();
            assertThat(controller.getFeature(4, Controller.Select.CURRENT, 0, 0).cdw0())
                    .isPositive();
        }
    }

    @Test
    @Order(2)
    void configSpaceIsThatOfSysfs() throws IOException {
        try (Device device = Device.open(NODE)) {
            PciFunction pci = device.pci().orElseThrow();
            assertThat(pci.configBytes()).isEqualTo(4096);
            assertThat(pci.config()).isEqualTo(Files.readAllBytes(SYSFS.resolve("device/config")));
            assertThat(pci.capability(0x11)).isPresent();
        }
    }

    @Test
    @Order(3)
    void readOnlyUntilWritesAreAllowed() throws IOException {
        byte[] before = disk(4096);
        try (Controller controller = Controller.open(NODE);
                Qpair qpair = controller.createQpair(8);
                Buffer buffer = controller.device().allocate(4096)) {
            Namespace namespace = controller.namespace(1);
            assertThat(controller.device().readOnly()).isTrue();
            assertThatThrownBy(() -> namespace.write(qpair, buffer, 0, 1)).isInstanceOf(Device.ReadOnlyException.class);
            assertThatThrownBy(() -> namespace.writeZeroes(qpair, 0, 1)).isInstanceOf(Device.ReadOnlyException.class);
            assertThatThrownBy(() -> controller.format(1, 0, 0)).isInstanceOf(Device.ReadOnlyException.class);
            assertThatThrownBy(() -> controller.execute(Command.of(0xc0))).isInstanceOf(Device.ReadOnlyException.class);
            namespace.read(qpair, buffer, 0, 1).orThrow();
            assertThat(buffer.toBytes()).startsWith(java.util.Arrays.copyOf(before, namespace.lbaBytes()));
        }
        assertThat(disk(4096)).isEqualTo(before);
    }

    @Test
    @Order(4)
    void whatIsWrittenIsReadBackAndIsWhatTheKernelSees() throws IOException {
        try (Controller controller = writable();
                Qpair qpair = controller.createQpair(8)) {
            Namespace namespace = controller.namespace(1);
            int bytes = BLOCKS * namespace.lbaBytes();
            try (Buffer out = controller.device().allocate(bytes);
                    Buffer in = controller.device().allocate(bytes)) {
                out.put(0, pattern(1, bytes));
                namespace.write(qpair, out, 128, BLOCKS).orThrow();
                namespace.flush(qpair).orThrow();
                namespace.read(qpair, in, 128, BLOCKS).orThrow();
                assertThat(in.toBytes()).isEqualTo(out.toBytes());
                namespace.compare(qpair, out, 128, BLOCKS).orThrow();
                byte[] seen = disk((128 + BLOCKS) * namespace.lbaBytes());
                assertThat(java.util.Arrays.copyOfRange(seen, seen.length - bytes, seen.length))
                        .isEqualTo(out.toBytes());
                namespace.writeZeroes(qpair, 128, 1).orThrow();
                Completion differs = namespace.compare(qpair, out, 128, BLOCKS);
                assertThat(differs.sct()).isEqualTo(2);
                assertThat(differs.sc()).isEqualTo(0x85);
            }
            assertThat(qpair.cmdLog().read(0, 16)).hasSizeGreaterThanOrEqualTo(6);
        }
    }

    @Test
    @Order(5)
    void theDevicesStatusComesBack() {
        try (Controller controller = Controller.open(NODE);
                Qpair qpair = controller.createQpair(8);
                Buffer buffer = controller.device().allocate(4096)) {
            Namespace namespace = controller.namespace(1);
            Completion end = namespace.read(qpair, buffer, namespace.lbaCount(), 1);
            assertThat(end.sct()).isZero();
            assertThat(end.sc()).isEqualTo(0x80);
            assertThat(end.dnr()).isTrue();
            assertThatThrownBy(() -> controller.identify(0, 0x7fffffff, 0, 0))
                    .isInstanceOf(Command.StatusException.class);
        }
    }

    @Test
    @Order(6)
    void manyCommandsOnManyQueuesAllEnd() {
        try (Controller controller = Controller.open(NODE)) {
            Namespace namespace = controller.namespace(1);
            List<Qpair> qpairs = new ArrayList<>();
            List<Buffer> buffers = new ArrayList<>();
            int[] ended = new int[1];
            for (int q = 0; q < 4; q++) {
                Qpair qpair = controller.createQpair(32);
                qpairs.add(qpair);
                for (int i = 0; i < 31; i++) {
                    Buffer buffer = controller.device().allocate(4096);
                    buffers.add(buffer);
                    namespace.readAsync(qpair, buffer, i, 1, c -> {
                        c.orThrow();
                        ended[0]++;
                    });
                }
            }
            qpairs.forEach(qpair -> qpair.waitDone(31));
            assertThat(ended[0]).isEqualTo(4 * 31);
            qpairs.forEach(Qpair::close);
            buffers.forEach(Buffer::close);
        }
    }

    @Test
    @Order(7)
    void whatTheKernelKeepsIsRefusedWithTheReason() {
        try (Controller controller = writable();
                Qpair qpair = controller.createQpair(8)) {
            Device device = controller.device();
            assertThatThrownBy(() -> device.registers().read64(0))
                    .isInstanceOf(Device.UnsupportedException.class)
                    .hasMessageContaining("belong to the kernel's nvme driver")
                    .hasMessageContaining("doorbell bind");
            assertThatThrownBy(() -> device.interrupts().isSet(0)).isInstanceOf(Device.UnsupportedException.class);
            assertThatThrownBy(controller::reset).isInstanceOf(Device.UnsupportedException.class);
            assertThatThrownBy(() -> device.pci().orElseThrow().reset(PciFunction.Reset.FLR))
                    .isInstanceOf(Device.UnsupportedException.class);
            assertThatThrownBy(() -> device.pci().orElseThrow().write16(4, 0))
                    .isInstanceOf(Device.UnsupportedException.class);
            assertThatThrownBy(() -> controller.createWorker(
                            Workload.builder(1).readPercent(100).build()))
                    .isInstanceOf(Device.UnsupportedException.class);
            assertThatThrownBy(() -> qpair.execute(Command.of(0).nsid(1).rawCid(1)))
                    .isInstanceOf(Device.UnsupportedException.class);
            assertThatThrownBy(() -> controller.execute(Command.of(0x0c)))
                    .isInstanceOf(Device.UnsupportedException.class);
            assertThat(controller.identifyController()).hasSize(4096);
        }
    }

    @Test
    @Order(8)
    void theFunctionGoesToVfioAndBackAndTheDataStays() throws Exception {
        String function = Sysfs.link(SYSFS.resolve("device"));
        byte[] before = disk(1 << 20);
        Binding binding = new Binding();
        try (Controller open = Controller.open(NODE)) {
            assertThatThrownBy(() -> binding.bind(function, -1))
                    .isInstanceOf(Binding.RefusedException.class)
                    .hasMessageContaining("is open in this process");
            assertThat(open.state()).isEqualTo(Controller.State.READY);
        }
        Elevation.NONE.run(binding.bind(function, -1));
        assertThat(Sysfs.link(Path.of("/sys/bus/pci/devices", function, "driver")))
                .isEqualTo("vfio-pci");
        try (Controller controller = Controller.open(function);
                Qpair qpair = controller.createQpair(8);
                Buffer buffer = controller.device().allocate(64 << 10)) {
            assertThatThrownBy(() -> binding.unbind(function))
                    .isInstanceOf(Binding.RefusedException.class)
                    .hasMessageContaining("is open in this process");
            Namespace namespace = controller.namespace(1);
            namespace.read(qpair, buffer, 0, (64 << 10) / namespace.lbaBytes()).orThrow();
            assertThat(buffer.toBytes()).isEqualTo(java.util.Arrays.copyOf(before, 64 << 10));
        }
        Elevation.NONE.run(binding.unbind(function));
        assertThat(Sysfs.link(Path.of("/sys/bus/pci/devices", function, "driver")))
                .isEqualTo("nvme");
        DeviceTest.await("the disk", () -> Files.exists(Path.of(NODE + "n1")));
        assertThat(disk(1 << 20)).isEqualTo(before);
    }
}
