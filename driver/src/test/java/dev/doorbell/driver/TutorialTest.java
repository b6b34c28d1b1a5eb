package dev.doorbell.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;

/** How to use the driver, from the top. */
@OnEveryTransport
class TutorialTest {
    @Parameter
    String address;

    @Test
    void helloWorld() {
        try (Controller controller = Controller.open(address);
                Qpair qpair = controller.createQpair(16);
                Buffer written = controller.device().allocate(4096);
                Buffer read = controller.device().allocate(4096)) {
            Namespace namespace = controller.namespace(1);
            int count = 4096 / namespace.lbaBytes();
            written.put(0, "hello world".getBytes(java.nio.charset.StandardCharsets.US_ASCII));

            // The read is sent by the thread that learns of the write's end.
            namespace.writeAsync(qpair, written, 0, count, onWrite -> {
                onWrite.orThrow();
                namespace.readAsync(qpair, read, 0, count, Completion::orThrow);
            });
            qpair.waitDone(2);

            assertThat(read.toBytes()).isEqualTo(written.toBytes());
        }
    }

    @Test
    void oneCommandAfterTheOther() {
        try (Controller controller = Controller.open(address);
                Qpair qpair = controller.createQpair(16);
                Buffer data = controller.device().allocate(4096)) {
            Namespace namespace = controller.namespace(1);
            int count = 4096 / namespace.lbaBytes();
            data.fill(Buffer.Pattern.random(1));

            namespace.write(qpair, data, 8, count).orThrow();
            namespace.compare(qpair, data, 8, count).orThrow();
            data.put(100, (byte) ~data.get(100));
            Completion end = namespace.compare(qpair, data, 8, count);

            assertThat(end.statusCode()).isEqualTo("02/85");
            assertThat(end.statusText()).contains("Compare Failure");
        }
    }

    @Test
    void manyCommandsAtOnce() {
        try (Controller controller = Controller.open(address);
                Qpair qpair = controller.createQpair(64);
                Buffer data = controller.device().allocate(32 * 4096)) {
            Namespace namespace = controller.namespace(1);
            int count = 4096 / namespace.lbaBytes();
            Command write = namespace.writeCommand(0, count, data);

            List<CompletableFuture<Completion>> ends = IntStream.range(0, 32)
                    .mapToObj(i -> qpair.send(write.cdw10(i * count).data(data, i * 4096, 4096)))
                    .toList();
            qpair.waitDone(32);

            assertThat(ends)
                    .allSatisfy(end -> assertThat(end.join().isSuccess()).isTrue());
        }
    }

    @Test
    void anyCommandAtAll() {
        try (Controller controller = Controller.open(address);
                Buffer data = controller.device().allocate(4096)) {
            Completion end = controller.execute(Command.of(0x06).cdw10(1).data(data));
            assertThat(end.isSuccess()).isTrue();

            Completion refused = controller.execute(Command.of(0xc5).nsid(7).cdw12(0xdeadbeef));
            assertThat(refused.statusText()).isEqualTo("Invalid Command Opcode (00/01)");

            CmdLog.Entry logged = controller.admin().cmdLog().latest(1).getFirst();
            assertThat(logged.opcode()).isEqualTo(0xc5);
            assertThat(logged.dword(12)).isEqualTo(0xdeadbeef);
            assertThat(logged.statusField() & 0x7ff).isEqualTo(1);
        }
    }
}
