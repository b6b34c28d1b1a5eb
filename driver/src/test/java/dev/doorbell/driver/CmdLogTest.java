package dev.doorbell.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@OnEveryTransport
class CmdLogTest extends DeviceTest {
    @Test
    void holdsEveryCommandAsItWasSentAndAnswered() {
        try (Qpair qpair = controller.createQpair(8);
                Buffer data = buffer(4096)) {
            Instant before = Instant.now();
            Completion end = qpair.execute(namespace().readCommand(3, 1, data).cdw13(0x77));
            List<CmdLog.Entry> log = qpair.cmdLog().read(0, 100);
            assertThat(log).hasSize(1);
            CmdLog.Entry entry = log.getFirst();
            assertThat(entry.sequence()).isZero();
            assertThat(entry.qid()).isEqualTo(qpair.id());
            assertThat(entry.opcode()).isEqualTo(2);
            assertThat(entry.nsid()).isEqualTo(1);
            assertThat(entry.dword(10)).isEqualTo(3);
            assertThat(entry.dword(13)).isEqualTo(0x77);
            if (controller.device().kind() == Device.Kind.TCP) {
                assertThat(entry.dword(8)).as("SGL1, length").isEqualTo(512);
                assertThat(entry.dword(9) >>> 24).as("SGL1, type").isEqualTo(0x5a);
            } else {
                assertThat((long) entry.dword(6) & 0xffff_ffffL).as("PRP1").isEqualTo(data.iova() & 0xffff_ffffL);
            }
            assertThat(entry.cid()).isEqualTo(end.cid());
            assertThat(entry.cqe()).isEqualTo(end.cqe());
            assertThat(entry.done()).isTrue();
            assertThat(entry.latencyNanos()).isEqualTo(end.latencyNanos()).isPositive();
            assertThat(entry.submittedAt())
                    .isBetween(
                            before.minus(Duration.ofSeconds(1)), Instant.now().plus(Duration.ofSeconds(1)));
        }
    }

    @Test
    void showsOutstandingCommandsAndTheirEndLater() {
        try (Qpair qpair = controller.createQpair(8)) {
            qpair.submit(held(namespace().flushCommand()));
            assertThat(qpair.cmdLog().latest(1).getFirst().done()).isFalse();
            qpair.ring();
            qpair.waitDone(1);
            assertThat(qpair.cmdLog().latest(1).getFirst().done()).isTrue();
        }
    }

    @Tag("long")
    @Test
    void keepsTheLastOnesInOrderWhenItIsFull() {
        try (Qpair qpair = controller.createQpair(512)) {
            Command bad = Command.of(0x7f).nsid(1);
            int total = qpair.cmdLog().capacity() + 100;
            for (int sent = 0; sent < total; ) {
                int n = Math.min(500, total - sent);
                for (int i = 0; i < n; i++) {
                    qpair.submit(bad.cdw15(sent++));
                }
                qpair.waitDone(n);
            }
            CmdLog log = qpair.cmdLog();
            assertThat(log.nextSequence()).isEqualTo(total);
            List<CmdLog.Entry> all = log.read(0, Integer.MAX_VALUE);
            assertThat(all).hasSizeBetween(log.capacity() - 1, log.capacity());
            assertThat(all)
                    .extracting(CmdLog.Entry::sequence)
                    .containsExactlyElementsOf(
                            LongStream.range(total - all.size(), total).boxed().toList());
            assertThat(all).allSatisfy(e -> assertThat(e.dword(15)).isEqualTo((int) e.sequence()));
            assertThat(log.latest(5))
                    .extracting(CmdLog.Entry::sequence)
                    .containsExactly(total - 5L, total - 4L, total - 3L, total - 2L, total - 1L);
            assertThat(log.read(total, 10)).isEmpty();
            assertThat(log.read(total + 1000, 10)).isEmpty();
            assertThat(log.read(total - 10, 3))
                    .extracting(CmdLog.Entry::sequence)
                    .containsExactly(total - 10L, total - 9L, total - 8L);
        }
    }
}
