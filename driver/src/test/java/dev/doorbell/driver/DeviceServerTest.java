package dev.doorbell.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A simulated device that another process uses; here the other process is this one. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DeviceServerTest {
    private static final DeviceAddress SIM = DeviceAddress.parse("sim:size=64MiB");

    @TempDir
    Path folder;

    private DeviceServer server() {
        return DeviceServer.open(SIM, folder.resolve("cntrl"));
    }

    private static Thread start(DeviceServer server) {
        return Thread.ofPlatform().name("serve").start(() -> {
            try {
                server.run();
            } catch (Device.ClosedException e) {
                // the test was faster than this thread
            }
        });
    }

    @Test
    void whatOneClientWritesTheNextOneReads() {
        try (DeviceServer server = server()) {
            start(server);
            assertThat(server.address().text()).isEqualTo("vfio-user:" + folder.resolve("cntrl"));
            assertThat(server.name()).contains("Doorbell Sim");
            try (Controller controller = Controller.open(server.address().text());
                    Qpair qpair = controller.createQpair(8);
                    Buffer data = controller.device().allocate(4096)) {
                assertThat(controller.device().kind()).isEqualTo(Device.Kind.VFIO_USER);
                data.fill((byte) 0x5a);
                qpair.execute(controller.namespace(1).writeCommand(7, 8, data)).orThrow();
                assertThat(server.status().connected()).isTrue();
            }
            // A folder with the socket in it names the device too.
            try (Controller controller = Controller.open("vfio-user:" + folder);
                    Qpair qpair = controller.createQpair(8);
                    Buffer data = controller.device().allocate(4096)) {
                qpair.execute(controller.namespace(1).readCommand(7, 8, data)).orThrow();
                assertThat(data.get(0, 4096)).containsOnly(0x5a);
            }
            DeviceTest.await("the client to be gone", () -> !server.status().connected());
            assertThat(server.status().clients()).isEqualTo(2);
            assertThat(server.status().requests()).isPositive();
            assertThat(server.status().lastEnd()).isEqualTo("it has left");
        }
    }

    @Test
    void aSecondClientIsToldThatTheDeviceIsInUse() {
        try (DeviceServer server = server()) {
            start(server);
            try (Controller controller = Controller.open(server.address().text())) {
                assertThatThrownBy(() -> Device.open(server.address()))
                        .isInstanceOf(Device.OpenException.class)
                        .hasMessageContaining("one at a time");
                assertThat(controller.identifyController()).hasSize(4096);
            }
            Device.open(server.address()).close();
        }
    }

    @Test
    void aServerThatStopsLosesItsClientsCommandsAndTheClientClosesAllTheSame() throws InterruptedException {
        try (DeviceServer server = server()) {
            Thread serving = start(server);
            Controller controller = Controller.open(server.address().text());
            Qpair qpair = controller.createQpair(8);
            IoWorker worker = controller.createWorker(
                    Workload.builder(1).duration(Duration.ZERO).build());
            controller.timeout(Duration.ofMillis(300));
            worker.start();
            DeviceTest.await("I/O", () -> worker.counters().completed() > 100);
            server.stop();
            serving.join();

            assertThat(isLost(qpair, Command.of(0).nsid(1).timeout(Duration.ofMillis(200))))
                    .isTrue();
            assertThat(controller.device().isLost()).isTrue();
            assertThatThrownBy(() -> controller.device().registers().read32(0))
                    .isInstanceOf(Device.LostException.class)
                    .hasMessageContaining("closed the connection");
            assertThat(worker.await(Duration.ofSeconds(30))).isTrue();
            assertThat(worker.state()).isEqualTo(IoWorker.State.FAILED);
            worker.close();
            qpair.close();
            controller.close();
        }
    }

    /** Whether a command ends as lost, or is refused by a queue that is known to be lost already. */
    private static boolean isLost(Qpair qpair, Command command) {
        try {
            return qpair.execute(command).lost();
        } catch (Device.LostException e) {
            return true;
        }
    }

    @Test
    void theSocketIsItsOwnersAloneAndGoneAfterwards() throws IOException {
        Path socket = folder.resolve("cntrl");
        try (DeviceServer server = server()) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)))
                    .isEqualTo("rw-------");
            assertThat(server.status().clients()).isZero();
            assertThatThrownBy(this::server)
                    .isInstanceOf(Device.OpenException.class)
                    .hasMessageContaining(socket.toString())
                    .hasMessageContaining("served by another");
        }
        assertThat(socket).doesNotExist();
        Files.writeString(socket, "not a socket");
        assertThatThrownBy(this::server)
                .isInstanceOf(Device.OpenException.class)
                .hasMessageContaining("no socket");
        assertThat(socket).hasContent("not a socket");
    }

    @Test
    void whatCannotBeServedSaysWhy() {
        assertThatThrownBy(() -> DeviceServer.open(DeviceAddress.parse("qemu:"), folder.resolve("a")))
                .isInstanceOf(Device.OpenException.class)
                .hasMessageContaining("only simulated devices");
        assertThatThrownBy(() -> DeviceServer.open(DeviceAddress.parse("sim:colour=blue"), folder.resolve("a")))
                .isInstanceOf(Device.OpenException.class)
                .hasMessageContaining("colour");
        assertThatThrownBy(() -> DeviceServer.open(SIM, folder.resolve("missing/cntrl")))
                .isInstanceOf(Device.OpenException.class)
                .hasMessageContaining("missing/cntrl");
        assertThatThrownBy(() -> DeviceServer.open(SIM, folder.resolve("x".repeat(200))))
                .isInstanceOf(Device.OpenException.class)
                .hasMessageContaining("107");
        assertThatThrownBy(() -> Device.open("vfio-user:" + folder.resolve("nobody")))
                .isInstanceOf(Device.OpenException.class)
                .hasMessageContaining("start the server");
    }

    @Test
    void aClosedServerSaysSo() throws InterruptedException {
        DeviceServer server = server();
        Thread serving = start(server);
        server.close();
        server.close();
        assertThatThrownBy(server::run).isInstanceOf(Device.ClosedException.class);
        assertThatThrownBy(server::status).isInstanceOf(Device.ClosedException.class);
        serving.join();
    }
}
