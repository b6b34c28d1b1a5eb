package dev.doorbell.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

@OnEveryDevice
class RawQueueTest extends DeviceTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private RawCompletionQueue completions(int depth) {
        RawCompletionQueue queue = RawCompletionQueue.create(controller, RawCompletionQueue.Options.depth(depth));
        assertThat(queue.exists()).as("%s", queue.creation()).isTrue();
        return queue;
    }

    private RawSubmissionQueue submissions(int depth, RawCompletionQueue completions) {
        RawSubmissionQueue queue =
                RawSubmissionQueue.create(controller, RawSubmissionQueue.Options.of(depth, completions));
        assertThat(queue.exists()).as("%s", queue.creation()).isTrue();
        return queue;
    }

    @Test
    void severalSubmissionQueuesShareACompletionQueue() {
        try (RawCompletionQueue cq = completions(8);
                RawSubmissionQueue first = submissions(4, cq);
                RawSubmissionQueue second = submissions(5, cq);
                RawSubmissionQueue third = submissions(16, cq)) {
            assertThat(cq.id()).isEqualTo(1);
            List<RawSubmissionQueue> queues = List.of(first, second, third);
            // Rounds enough for every queue to wrap several times, and the phase tag with it.
            for (int round = 0; round < 20; round++) {
                for (RawSubmissionQueue queue : queues) {
                    queue.submit(Command.of(0x00).nsid(1).rawCid(round << 8 | queue.id()));
                }
                List<Integer> cids = new ArrayList<>();
                for (int i = 0; i < queues.size(); i++) {
                    Completion end = cq.await(LIMIT);
                    assertThat(end.isSuccess()).as("%s", end).isTrue();
                    assertThat(end.sqid()).isEqualTo(end.cid() & 0xff);
                    cids.add(end.cid());
                }
                int r = round << 8;
                assertThat(cids).containsExactlyInAnyOrder(r | first.id(), r | second.id(), r | third.id());
            }
            assertThat(cq.poll()).isEmpty();
            assertThat(first.tail()).isEqualTo(20 % 4);
            assertThat(second.tail()).isEqualTo(20 % 5);
            assertThat(cq.head()).isEqualTo(60 % 8);
            assertThat(cq.expectedPhase()).isEqualTo(60 / 8 % 2 == 0 ? 1 : 0);
        }
        assertThat(controller.admin().isAlive()).isTrue();
    }

    @Test
    void qpairsKeepOffTheIdsAndBothWorkSideBySide() {
        RawCompletionQueue cq = completions(4);
        RawSubmissionQueue sq = submissions(4, cq);
        try (Qpair qpair = controller.createQpair(4)) {
            assertThat(qpair.id()).isEqualTo(3);
            assertThat(namespace().flush(qpair).isSuccess()).isTrue();
            sq.submit(Command.of(0).nsid(1));
            assertThat(cq.await(LIMIT).isSuccess()).isTrue();
            sq.close();
            cq.close();
        }
        try (Qpair qpair = controller.createQpair(4)) {
            assertThat(qpair.id()).isEqualTo(1);
        }
    }

    @Test
    void dataIsNamedByPrpsBuiltByHand() {
        Namespace namespace = namespace();
        int blocks = 5 * 4096 / namespace.lbaBytes();
        try (RawCompletionQueue cq = completions(4);
                RawSubmissionQueue sq = submissions(4, cq);
                Qpair qpair = controller.createQpair(4);
                Buffer data = buffer(64 << 10);
                Buffer back = buffer(5 * 4096);
                Buffer lists = buffer(3 * 4096)) {
            data.fill(Buffer.Pattern.random(4));
            // Pages in reverse, PRP1 with an offset, and a list that is chained after its first entry.
            PrpList second = new PrpList(lists, 4096)
                    .set(0, data, 8 * 4096)
                    .set(1, data, 6 * 4096)
                    .set(2, data, 4 * 4096)
                    .set(3, data, 2 * 4096);
            PrpList first =
                    new PrpList(lists, 4096 - 16).set(0, data, 10 * 4096).chain(1, second);
            sq.submit(NvmCommands.write(1, 0, blocks).rawDataPointer(data.iova() + 12 * 4096 + 1024, first.iova()));
            assertThat(cq.await(LIMIT).isSuccess()).isTrue();
            namespace.read(qpair, back, 0, blocks).orThrow();
            assertThat(back.get(0, 3072)).isEqualTo(data.get(12 * 4096 + 1024, 3072));
            assertThat(back.get(3072, 4096)).isEqualTo(data.get(10 * 4096, 4096));
            assertThat(back.get(3072 + 4096, 4096)).isEqualTo(data.get(8 * 4096, 4096));
            assertThat(back.get(3072 + 4 * 4096, 1024)).isEqualTo(data.get(2 * 4096, 1024));

            // PRPs that are out of order end with a status, and the queue goes on.
            PrpList odd = new PrpList(lists, 8192).set(0, data, 8 * 4096).set(1, data, 100);
            sq.submit(NvmCommands.read(1, 0, blocks).rawDataPointer(data.iova(), odd.iova()));
            assertThat(cq.await(LIMIT).isSuccess()).isFalse();
            sq.submit(
                    namespace.readCommand(0, 8192 / namespace.lbaBytes(), data).rawCid(77));
            Completion end = cq.await(LIMIT);
            assertThat(end.isSuccess()).isTrue();
            assertThat(end.cid()).isEqualTo(77);
            assertThat(data.get(0, 8192)).isEqualTo(back.get(0, 8192));
            assertThatThrownBy(() -> sq.put(0, Command.of(2).data(data)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("PrpList");
        }
    }

    @Test
    void entriesArePlacedFirstAndRungTogether() {
        try (RawCompletionQueue cq = completions(8);
                RawSubmissionQueue sq = submissions(8, cq)) {
            for (int i = 0; i < 5; i++) {
                sq.put(i, Command.of(0).nsid(1).rawCid(100 + i));
            }
            assertThat(sq.entry(4)[2]).isEqualTo((byte) 104);
            assertThat(cq.phase(0)).isZero();
            sq.tail(5);
            List<Integer> cids = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                cids.add(cq.await(LIMIT).cid());
            }
            assertThat(cids).containsExactlyInAnyOrder(100, 101, 102, 103, 104);
            // Without a new head, entries can be looked at again.
            assertThat(cq.phase(4)).isEqualTo(1);
            assertThat(cq.phase(5)).isZero();
            assertThat(cq.entry(0)[12] & 0xff).isEqualTo(cids.getFirst());
        }
    }

    @Test
    void whatTheDeviceRefusesIsTold() {
        RawCompletionQueue none = RawCompletionQueue.create(
                controller, RawCompletionQueue.Options.depth(4).withId(60000));
        assertThat(none.exists()).isFalse();
        assertThat(none.creation().statusCode()).as("Invalid Queue Identifier").isEqualTo("01/01");
        none.close();
        try (RawCompletionQueue cq = completions(4)) {
            RawSubmissionQueue orphan = RawSubmissionQueue.create(
                    controller, RawSubmissionQueue.Options.of(4, cq).withCompletionQueue(cq.id() + 1));
            assertThat(orphan.exists()).isFalse();
            assertThat(orphan.creation().sct()).isEqualTo(1);
            orphan.close();
            RawSubmissionQueue sq = submissions(4, cq);
            assertThat(cq.delete().statusCode()).as("Invalid Queue Deletion").isEqualTo("01/0c");
            assertThat(cq.exists()).isTrue();
            assertThat(sq.delete().isSuccess()).isTrue();
            assertThat(sq.exists()).isFalse();
            assertThat(sq.delete().statusCode()).isEqualTo("01/01");
            sq.close();
        }
    }

    @Test
    void queuesLieInTheTestsMemoryAndMayBeNonContiguousWhereTheControllerTakesThat() {
        try (Buffer memory = buffer(16 << 10);
                Buffer list = buffer(4096);
                Buffer page = buffer(4096);
                Buffer other = buffer(4096)) {
            try (RawCompletionQueue cq = RawCompletionQueue.create(
                            controller,
                            RawCompletionQueue.Options.depth(16).withMemory(QueueMemory.contiguous(memory, 4096)));
                    RawSubmissionQueue sq = RawSubmissionQueue.create(
                            controller,
                            RawSubmissionQueue.Options.of(16, cq).withMemory(QueueMemory.contiguous(memory, 8192)))) {
                assertThatThrownBy(memory::close).isInstanceOf(Device.BusyException.class);
                sq.submit(Command.of(0).nsid(1).rawCid(5));
                assertThat(cq.await(LIMIT).cid()).isEqualTo(5);
                assertThat(memory.getShort(4096 + 12)).isEqualTo(5);
                assertThat(memory.getShort(8192 + 2)).isEqualTo(5);
            }
            boolean contiguousOnly = (controller.device().registers().read64(0) >>> 16 & 1) != 0;
            RawCompletionQueue scattered = RawCompletionQueue.create(
                    controller,
                    RawCompletionQueue.Options.depth(512).withMemory(QueueMemory.pages(4096, list, page, other)));
            assertThat(list.getLong(8)).isEqualTo(other.iova());
            if (contiguousOnly) {
                assertThat(scattered.creation().statusCode())
                        .as("Invalid Field: CAP.CQR is 1")
                        .isEqualTo("00/02");
                assertThat(scattered.exists()).isFalse();
            } else {
                assertThat(scattered.exists()).isTrue();
            }
            scattered.close();
            RawCompletionQueue odd = RawCompletionQueue.create(
                    controller,
                    RawCompletionQueue.Options.depth(4)
                            .withMemory(QueueMemory.contiguous(memory, 0).withPrp1(memory.iova() + 8)));
            assertThat(odd.creation().isSuccess()).as("PRP1 inside a page").isFalse();
            odd.close();
        }
    }

    @Test
    void aWrongDoorbellIsReportedByAnEventAndDoesNoHarm() throws Exception {
        // Asynchronous Event Configuration leaves error events on; QEMU's model has them too.
        AtomicInteger events = new AtomicInteger();
        AutoCloseable listening = controller.onAsyncEvent(event -> {
            if (event.type() == 0) {
                events.incrementAndGet();
            }
        });
        try (RawCompletionQueue cq = completions(4);
                RawSubmissionQueue sq = submissions(4, cq)) {
            sq.ring(0xbeef);
            await("the error event", () -> {
                controller.poll();
                return events.get() > 0;
            });
            sq.submit(Command.of(0).nsid(1).rawCid(9));
            assertThat(cq.await(LIMIT).cid()).isEqualTo(9);
        } finally {
            listening.close();
        }
    }

    @Test
    void interruptsAreSignalledOnTheChosenVectorOrNot() {
        Interrupts interrupts = controller.device().interrupts();
        try (RawCompletionQueue with = RawCompletionQueue.create(
                        controller, RawCompletionQueue.Options.depth(4).withVector(3));
                RawCompletionQueue without = completions(4);
                RawSubmissionQueue first = submissions(4, with);
                RawSubmissionQueue second = submissions(4, without)) {
            interrupts.clear(3);
            second.submit(Command.of(0).nsid(1));
            without.await(LIMIT);
            assertThat(interrupts.isSet(3)).isFalse();
            first.submit(Command.of(0).nsid(1));
            with.await(LIMIT);
            await("the message", () -> interrupts.isSet(3));
        }
    }

    @Test
    void queuesThatAResetRemovedAreClosedWithoutHarm() {
        RawCompletionQueue cq = completions(4);
        RawSubmissionQueue sq = submissions(4, cq);
        controller.reset();
        try (Qpair qpair = controller.createQpair(4)) {
            assertThat(qpair.id()).as("ids of open raw queues are kept").isEqualTo(3);
            sq.close();
            cq.close();
            cq.close();
            assertThat(namespace().flush(qpair).isSuccess()).isTrue();
        }
    }

    @Test
    void closingTheControllerClosesThem() {
        RawCompletionQueue cq = completions(4);
        RawSubmissionQueue sq = submissions(4, cq);
        controller.close();
        assertThat(cq.isOpen()).isFalse();
        assertThat(sq.isOpen()).isFalse();
        assertThat(controller.device().isOpen()).isFalse();
    }
}
