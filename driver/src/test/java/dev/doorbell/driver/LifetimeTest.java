package dev.doorbell.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;

/** What is open, in which order it closes, and what happens to those who come too late. */
@OnEveryDevice
class LifetimeTest {
    @Parameter
    String address;

    @Test
    void aDeviceNamesWhatIsStillOpen() {
        Device device = Device.open(address);
        Controller controller = device.controller();
        controller.initialise();
        Qpair qpair = controller.createQpair(8);
        String name = device.address().text();
        assertThatThrownBy(device::close)
                .isInstanceOf(Device.BusyException.class)
                .hasMessage("qpair 1 of " + name + " is still open; close it first");

        Buffer buffer = device.allocate(4096);
        IoWorker worker = controller.createWorker(Workload.builder(1).build());
        assertThatThrownBy(device::close)
                .isInstanceOf(Device.BusyException.class)
                .hasMessage("qpair 1, buffer of 4096 bytes, worker on qpair 2 of " + name
                        + " are still open; close them first");
        assertThat(device.isOpen()).isTrue();

        worker.close();
        qpair.close();
        buffer.close();
        device.close();
        assertThat(device.isOpen()).isFalse();
    }

    @Test
    void aControllerThatOpenedItsDeviceClosesEverythingInOrder() {
        Controller controller = Controller.open(address);
        Device device = controller.device();
        Qpair qpair = controller.createQpair(8);
        Buffer buffer = device.allocate(8192);
        IoWorker worker = controller.createWorker(
                Workload.builder(1).duration(Duration.ZERO).build());
        worker.start();
        List<Completion> ends = new ArrayList<>();
        qpair.submit(controller.namespace(1).readCommand(0, 1, buffer).holdDoorbell(), ends::add);
        controller.admin().submit(Command.of(6).cdw10(1).data(buffer, 0, 4096).holdDoorbell(), ends::add);

        controller.close();

        assertThat(ends).hasSize(2);
        assertThat(ends.getFirst().lost()).isTrue();
        assertThat(device.isOpen()).isFalse();
        assertThat(qpair.isOpen()).isFalse();
        assertThat(buffer.isOpen()).isFalse();
        assertThat(worker.isOpen()).isFalse();
        // Nothing holds the device any more.
        Device.open(address).close();
    }

    @Test
    void aControllerOnSomebodysDeviceLeavesTheDeviceOpen() {
        try (Device device = Device.open(address)) {
            Controller controller = device.controller();
            assertThat(device.controller()).isSameAs(controller);
            controller.initialise();
            controller.createQpair(8);
            controller.close();
            assertThatThrownBy(controller::identifyController).isInstanceOf(Device.ClosedException.class);
            assertThat(device.isOpen()).isTrue();
            Controller next = device.controller();
            next.initialise();
            assertThat(next.identifyController()).hasSize(4096);
        }
    }

    @Test
    void aBufferOfAnOutstandingCommandCannotBeClosed() {
        try (Controller controller = Controller.open(address);
                Qpair qpair = controller.createQpair(8)) {
            Buffer buffer = controller.device().allocate(4096);
            qpair.submit(controller.namespace(1).readCommand(0, 1, buffer).holdDoorbell());
            assertThatThrownBy(buffer::close)
                    .isInstanceOf(Device.BusyException.class)
                    .hasMessageContaining("1 outstanding command");
            assertThat(buffer.isOpen()).isTrue();
            qpair.ring();
            qpair.waitDone(1).orThrow();
            buffer.close();
        }
    }

    @Test
    void closingTwiceIsHarmless() {
        Controller controller = Controller.open(address);
        Qpair qpair = controller.createQpair(8);
        Buffer buffer = controller.device().allocate(4096);
        IoWorker worker = controller.createWorker(Workload.builder(1).build());
        for (int i = 0; i < 2; i++) {
            worker.close();
            qpair.close();
            buffer.close();
            controller.close();
            controller.device().close();
        }
    }

    @Test
    void everyMethodAfterCloseSaysThatTheObjectIsClosed() {
        Controller controller = Controller.open(address);
        Device device = controller.device();
        Qpair qpair = controller.createQpair(8);
        Qpair admin = controller.admin();
        Buffer buffer = device.allocate(4096);
        IoWorker worker = controller.createWorker(Workload.builder(1).build());
        Qpair workers = worker.qpair();
        CmdLog log = qpair.cmdLog();
        Namespace namespace = controller.namespace(1);
        Command command = namespace.readCommand(0, 1, buffer);
        Registers registers = device.registers();
        Interrupts interrupts = device.interrupts();
        PciFunction pci = device.pci().orElseThrow();
        ByteBuffer view = buffer.asByteBuffer();
        controller.close();

        AfterClose.everyCallThrowsClosed(device, "address", "name", "kind", "features", "isOpen", "toString");
        AfterClose.everyCallThrowsClosed(controller, "device", "timeout", "qpairs", "workers", "toString");
        AfterClose.everyCallThrowsClosed(
                qpair, "id", "depth", "isAdmin", "isAlive", "isOpen", "latestCid", "describe", "toString");
        AfterClose.everyCallThrowsClosed(buffer, "device", "isOpen", "describe", "toString");
        AfterClose.everyCallThrowsClosed(worker, "workload", "qid", "isOpen", "describe", "toString");
        AfterClose.everyCallThrowsClosed(log, "capacity", "toString");
        AfterClose.everyCallThrowsClosed(registers);
        AfterClose.everyCallThrowsClosed(interrupts, "vectors");
        AfterClose.everyCallThrowsClosed(pci, "configBytes", "barBytes");
        assertThatThrownBy(() -> admin.execute(command)).isInstanceOf(Device.ClosedException.class);
        assertThatThrownBy(workers::info).isInstanceOf(Device.ClosedException.class);
        assertThatThrownBy(namespace::refresh).isInstanceOf(Device.ClosedException.class);
        assertThatThrownBy(() -> view.get(0)).as("a view of freed memory").isInstanceOf(IllegalStateException.class);
    }

    @Test
    void theGarbageCollectorFreesNothingThatTheDeviceStillUses() {
        try (Controller controller = Controller.open(address)) {
            Namespace namespace = controller.namespace(1);
            int count = 4096 / namespace.lbaBytes();
            for (int i = 0; i < 8; i++) {
                Qpair qpair = controller.createQpair(8);
                // Nobody holds this buffer or the commands but the driver.
                qpair.submit(
                        namespace.writeCommand(0, count, filled(controller, i)).holdDoorbell());
                qpair.submit(namespace
                        .compareCommand(0, count, filled(controller, i))
                        .holdDoorbell());
                System.gc();
                qpair.ring();
                qpair.waitDone(2).orThrow();
                qpair.close();
                System.gc();
            }
        }
    }

    private static Buffer filled(Controller controller, int value) {
        Buffer buffer = controller.device().allocate(4096);
        buffer.fill((byte) value);
        return buffer;
    }

    @Tag("long")
    @Test
    void collectingGarbageInTheMiddleOfCallsIsHarmless() throws InterruptedException {
        Thread collector = Thread.ofPlatform().start(() -> {
            while (!Thread.currentThread().isInterrupted()) {
                System.gc();
            }
        });
        try {
            for (int i = 0; i < 2; i++) {
                try (Controller controller = Controller.open(address);
                        Qpair qpair = controller.createQpair(8);
                        Buffer data = controller.device().allocate(4096)) {
                    for (int j = 0; j < 20; j++) {
                        controller.namespace(1).read(qpair, data, j, 1).orThrow();
                    }
                }
            }
        } finally {
            collector.interrupt();
            collector.join();
        }
    }

    @Test
    void theSameDeviceOpenedTwiceWorksOrSaysThatItIsInUse() {
        try (Controller first = Controller.open(address)) {
            try (Controller second = Controller.open(address)) {
                assertThat(second.identifyController()).hasSize(4096);
            } catch (Device.OpenException e) {
                assertThat(e).hasMessageContaining(address);
            }
            assertThat(first.identifyController()).hasSize(4096);
        }
    }

    @Test
    void openingAndClosingLeavesNoThreadAndNoFileBehind() {
        for (int i = 0; i < 3; i++) {
            openAndClose();
        }
        long files = entries("/proc/self/fd");
        long threads = entries("/proc/self/task");
        int rounds = address.startsWith("sim") ? 100 : 30;
        for (int i = 0; i < rounds; i++) {
            openAndClose();
        }
        // The JVM may open a file or start a thread of its own meanwhile, but not one each time. A server in this
        // process notices a moment later that its client is gone.
        DeviceTest.await("files to be closed", () -> entries("/proc/self/fd") - files < rounds / 2);
        DeviceTest.await("threads to end", () -> entries("/proc/self/task") - threads < rounds / 2);
    }

    private void openAndClose() {
        try (Controller controller = Controller.open(address);
                Qpair qpair = controller.createQpair(8)) {
            qpair.execute(Command.of(0).nsid(1));
        }
    }

    private static long entries(String folder) {
        try (Stream<Path> list = Files.list(Path.of(folder))) {
            return list.count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void addressesThatCannotBeOpenedSayWhy() {
        // A PCI function has no options: there the whole address is refused.
        boolean options = address.matches("[a-z-]+:.*");
        assertThatThrownBy(() -> Device.open(address + (address.endsWith(":") ? "" : ",") + "colour=blue"))
                .isInstanceOf(options ? Device.OpenException.class : DeviceAddress.FormatException.class)
                .hasMessageContaining("colour");
        assertThatThrownBy(() -> Device.open("tcp://127.0.0.1:1/nqn")).isInstanceOf(Device.OpenException.class);
        assertThatCode(() -> Device.open(address).close()).doesNotThrowAnyException();
    }
}
