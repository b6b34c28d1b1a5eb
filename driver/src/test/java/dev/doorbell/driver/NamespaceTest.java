package dev.doorbell.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@OnEveryTransport
class NamespaceTest extends DeviceTest {
    private Namespace namespace;
    private Qpair qpair;
    private Buffer data;
    private Buffer back;
    private int blocks;

    @BeforeEach
    void open() {
        namespace = namespace();
        qpair = controller.createQpair(16);
        data = buffer(64 << 10);
        back = buffer(64 << 10);
        blocks = (64 << 10) / namespace.lbaBytes();
    }

    @AfterEach
    void close() {
        data.close();
        back.close();
        qpair.close();
    }

    @Test
    void knowsItsSize() {
        assertThat(namespace.nsid()).isEqualTo(1);
        assertThat(namespace.lbaBytes()).isIn(512, 4096);
        assertThat(namespace.sizeBytes()).isEqualTo(namespace.lbaCount() * namespace.lbaBytes());
        assertThat(namespace.identify()).hasSize(4096);
        assertThat(controller.namespace(1)).isSameAs(namespace);
        assertThatThrownBy(() -> controller.namespace(7))
                .isInstanceOf(DoorbellException.class)
                .hasMessageContaining("7");
    }

    @Test
    void readsWhatWasWrittenInEverySize() {
        for (int count : new int[] {1, 2, 3, 7, 16, blocks}) {
            if (count * namespace.lbaBytes() > data.size()) {
                continue;
            }
            int bytes = count * namespace.lbaBytes();
            data.fill(Buffer.Pattern.random(count));
            back.fill((byte) 0x55);
            namespace.write(qpair, data, 5, count).orThrow();
            namespace.read(qpair, back, 5, count).orThrow();
            assertThat(back.get(0, bytes)).isEqualTo(data.get(0, bytes));
            if (bytes < back.size()) {
                assertThat(back.get(bytes)).as("the byte after the data").isEqualTo((byte) 0x55);
            }
        }
    }

    @Test
    void dataMayStartAnywhereInABuffer() {
        int bytes = namespace.lbaBytes();
        data.fill(Buffer.Pattern.incrementing());
        data.putLong(4096 - 256, 0x1122334455667788L);
        Command write = namespace.writeCommand(9, 1, data).data(data, 4096 - 256, bytes);
        qpair.execute(write).orThrow();
        qpair.execute(namespace.readCommand(9, 1, back).data(back, 1024 + 4, bytes))
                .orThrow();
        assertThat(back.get(1028, bytes)).isEqualTo(data.get(4096 - 256, bytes));
        assertThat(back.getLong(1028)).isEqualTo(0x1122334455667788L);
        assertThat(back.getInt(1024)).isZero();
    }

    @Test
    void largeTransfersUpToTheLimitAndNotBeyond() {
        int bytes = controller.maxTransferBytes();
        try (Buffer large = buffer(bytes);
                Buffer other = buffer(bytes)) {
            large.fill(Buffer.Pattern.random(42));
            int count = bytes / namespace.lbaBytes();
            namespace.write(qpair, large, 0, count).orThrow();
            namespace.read(qpair, other, 0, count).orThrow();
            assertThat(other.toBytes()).isEqualTo(large.toBytes());
        }
        if (bytes < 2 << 20) {
            try (Buffer larger = buffer(bytes * 2)) {
                Completion end = namespace.read(qpair, larger, 0, bytes * 2 / namespace.lbaBytes());
                assertThat(end.statusCode()).as("beyond MDTS").isEqualTo("00/02");
            }
        }
    }

    @Test
    void zeroesAndDeallocates() {
        data.fill(Buffer.Pattern.ones());
        namespace.write(qpair, data, 0, blocks).orThrow();
        namespace.writeZeroes(qpair, 0, 2).orThrow();
        namespace.read(qpair, back, 0, 3).orThrow();
        assertThat(back.get(0, 2 * namespace.lbaBytes())).containsOnly(0);
        assertThat(back.get(2 * namespace.lbaBytes())).isEqualTo((byte) 0xff);
        namespace
                .deallocate(qpair, new Namespace.Range(2, 1), new Namespace.Range(4, 2))
                .orThrow();
        namespace.read(qpair, back, 3, 1).orThrow();
        assertThat(back.get(0, namespace.lbaBytes())).as("the range between").containsOnly(0xff);
    }

    @Test
    void copies() {
        data.fill(Buffer.Pattern.random(8));
        namespace.write(qpair, data, 0, 4).orThrow();
        Completion end = namespace.copy(qpair, 64, new Namespace.Range(2, 2), new Namespace.Range(0, 1));
        if (end.sc() == 1 && end.sct() == 0) {
            // Copy is an optional command; ONCS says so as well.
            assertThat(controller.identifyController()[521] & 1).isZero();
            return;
        }
        end.orThrow();
        namespace.read(qpair, back, 64, 3).orThrow();
        int lba = namespace.lbaBytes();
        assertThat(back.get(0, 2 * lba)).isEqualTo(data.get(2 * lba, 2 * lba));
        assertThat(back.get(2 * lba, lba)).isEqualTo(data.get(0, lba));
    }

    @Test
    void asyncTwinsCallBack() {
        AtomicInteger ok = new AtomicInteger();
        namespace.writeAsync(qpair, data, 0, 1, end -> ok.addAndGet(end.isSuccess() ? 1 : 0));
        qpair.waitDone(1);
        namespace.readAsync(qpair, back, 0, 1, end -> ok.addAndGet(end.isSuccess() ? 1 : 0));
        namespace.compareAsync(qpair, data, 0, 1, end -> ok.addAndGet(end.isSuccess() ? 1 : 0));
        namespace.flushAsync(qpair, end -> ok.addAndGet(end.isSuccess() ? 1 : 0));
        qpair.waitDone(3);
        assertThat(ok).hasValue(4);
    }

    @Test
    void commandsBeyondTheEndGetAStatus() {
        Completion end = namespace.read(qpair, back, namespace.lbaCount() - 1, 2);
        assertThat(end.statusCode()).isEqualTo("00/80");
        assertThat(namespace.read(qpair, back, namespace.lbaCount() - 1, 1).isSuccess())
                .isTrue();
    }

    @Test
    void invalidIoCommandsGetAStatusAndCrashNothing() {
        byte[] sqe = new byte[64];
        java.util.Random random = new java.util.Random(7);
        for (int i = 0; i < 300; i++) {
            random.nextBytes(sqe);
            // Raw entries, but with data that the driver maps, and on a namespace that is not there every other time.
            Command command = Command.raw(sqe)
                    .psdt(0)
                    .fuse(0)
                    .nsid(i % 2 == 0 ? 1 : random.nextInt())
                    .data(back)
                    .timeout(Duration.ofSeconds(5));
            Completion end = qpair.execute(command);
            assertThat(end.lost()).as("command %d, %s", i, command).isFalse();
        }
        assertThat(qpair.execute(namespace.flushCommand()).isSuccess()).isTrue();
    }
}
