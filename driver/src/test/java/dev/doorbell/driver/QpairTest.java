package dev.doorbell.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

@OnEveryTransport
class QpairTest extends DeviceTest {
    private Command flush() {
        return namespace().flushCommand();
    }

    @Test
    void runsEveryCallbackOnceOnTheThreadThatPolls() {
        try (Qpair qpair = controller.createQpair(64)) {
            List<Integer> cids = new ArrayList<>();
            Command flush = flush();
            Thread self = Thread.currentThread();
            for (int i = 0; i < 200; i++) {
                if (qpair.info().outstanding() == 63) {
                    qpair.waitDone(63);
                }
                qpair.submit(flush, end -> {
                    assertThat(Thread.currentThread()).isSameAs(self);
                    cids.add(end.cid());
                });
            }
            qpair.waitDone(200 - 189);
            assertThat(cids).hasSize(200);
            assertThat(qpair.info().outstanding()).isZero();
            assertThat(qpair.info().completed()).isEqualTo(200);
        }
    }

    @Test
    void aCallbackMaySubmitAndExecute() {
        try (Qpair qpair = controller.createQpair(8)) {
            Command flush = flush();
            AtomicInteger ends = new AtomicInteger();
            qpair.submit(flush, first -> {
                assertThat(qpair.execute(flush).isSuccess()).isTrue();
                qpair.submit(flush, second -> ends.incrementAndGet());
            });
            qpair.waitDone(2);
            assertThat(ends).hasValue(1);
        }
    }

    @Test
    void waitDoneInsideACallbackIsAnErrorThatSaysWhy() {
        try (Qpair qpair = controller.createQpair(8)) {
            Command flush = flush();
            qpair.submit(flush, end -> qpair.submit(flush).waitDone(1));
            assertThatThrownBy(() -> qpair.waitDone(1))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("waitDone inside a callback of qpair " + qpair.id());
            qpair.waitDone(1);
        }
    }

    @Test
    void waitDoneForMoreThanIsOutstandingFailsInsteadOfHanging() {
        try (Qpair qpair = controller.createQpair(8)) {
            qpair.submit(flush()).submit(flush());
            assertThatThrownBy(() -> qpair.waitDone(3))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("only 2 commands");
            assertThatThrownBy(() -> qpair.waitDone(0)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void waitDoneCountsWhatExecuteReapedOnTheWay() {
        try (Qpair qpair = controller.createQpair(8)) {
            Command flush = flush();
            qpair.submit(flush).submit(flush).submit(flush);
            qpair.execute(flush);
            while (qpair.info().outstanding() > 0) {
                qpair.execute(flush);
            }
            assertThat(qpair.waitDone(3).isSuccess()).isTrue();
        }
    }

    @Test
    void whatACallbackThrowsComesOutOfWaitDoneAfterTheOtherCallbacks() {
        try (Qpair qpair = controller.createQpair(8)) {
            Command flush = flush();
            AtomicInteger ran = new AtomicInteger();
            for (int i = 0; i < 3; i++) {
                qpair.submit(held(flush), end -> {
                    ran.incrementAndGet();
                    throw new AssertionError("seen by the test");
                });
            }
            qpair.ring();
            int failures = 0;
            while (ran.get() < 3) {
                try {
                    qpair.waitDone(3 - ran.get());
                } catch (AssertionError e) {
                    failures++;
                    assertThat(e).hasMessage("seen by the test");
                }
            }
            assertThat(ran).hasValue(3);
            assertThat(failures).isPositive();
        }
    }

    @Test
    void whatACallbackThrowsDuringAnExecuteComesOutOfTheNextPoll() {
        try (Qpair qpair = controller.createQpair(8)) {
            Command flush = flush();
            AtomicInteger ran = new AtomicInteger();
            qpair.submit(flush, end -> {
                ran.incrementAndGet();
                throw new IllegalArgumentException("kept");
            });
            while (ran.get() == 0) {
                assertThat(qpair.execute(flush).isSuccess()).isTrue();
            }
            assertThatThrownBy(qpair::poll).hasMessage("kept");
            qpair.poll();
        }
    }

    @Test
    void aFullQueueSaysSoAndTakesCommandsAgainWhenSomeHaveEnded() {
        try (Qpair qpair = controller.createQpair(8)) {
            Command flush = flush();
            for (int i = 0; i < 7; i++) {
                qpair.submit(held(flush));
            }
            assertThatThrownBy(() -> qpair.submit(flush))
                    .isInstanceOf(Qpair.FullException.class)
                    .hasMessageContaining("7");
            assertThat(qpair.info().outstanding()).isEqualTo(7);
            qpair.ring();
            qpair.waitDone(7);
            assertThat(qpair.execute(flush).isSuccess()).isTrue();
        }
    }

    @Test
    void executeWaitsForRoomInAFullQueue() {
        try (Qpair qpair = controller.createQpair(4)) {
            Command flush = flush();
            qpair.submit(flush).submit(flush).submit(flush);
            assertThat(qpair.execute(flush).isSuccess()).isTrue();
            qpair.waitDone(3);
        }
    }

    @Test
    void cidsAreUniqueAmongOutstandingCommandsAndUsedAgain() {
        try (Qpair qpair = controller.createQpair(5)) {
            Command flush = flush();
            List<Integer> first = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                qpair.submit(held(flush));
                first.add(qpair.latestCid());
            }
            assertThat(first).doesNotHaveDuplicates();
            qpair.ring();
            qpair.waitDone(4);
            List<Integer> second = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                second.add(qpair.execute(flush).cid());
            }
            assertThat(first).containsAll(second);
        }
    }

    @Test
    void aRawCidIsSentAsItIs() {
        try (Qpair qpair = controller.createQpair(8)) {
            Completion end = qpair.execute(flush().rawCid(0xabcd));
            assertThat(end.cid()).isEqualTo(0xabcd);
            assertThat(end.dword(3) & 0xffff).isEqualTo(0xabcd);
            assertThat(qpair.cmdLog().latest(1).getFirst().cid()).isEqualTo(0xabcd);
        }
    }

    @Test
    void futuresCompleteNormallyEvenWithAnErrorStatus() {
        try (Qpair qpair = controller.createQpair(8)) {
            CompletableFuture<Completion> bad = qpair.send(Command.of(0x02).nsid(0xdead));
            CompletableFuture<Completion> good = qpair.send(flush());
            assertThat(bad).isNotDone();
            qpair.waitDone(2);
            assertThat(good.join().isSuccess()).isTrue();
            assertThat(bad.join().statusText()).contains("Invalid Namespace or Format");
            assertThatThrownBy(() -> bad.join().orThrow())
                    .isInstanceOf(Command.StatusException.class)
                    .hasMessageContaining("Invalid Namespace or Format (00/0b)")
                    .hasMessageContaining("qpair " + qpair.id());
        }
    }

    @Test
    void aCommandThatTheDeviceDoesNotAnswerEndsByItsTimeLimit() {
        try (Qpair qpair = controller.createQpair(8)) {
            Completion end = qpair.execute(held(flush()).timeout(Duration.ofMillis(30)));
            assertThat(end.timedOut()).isTrue();
            assertThat(end.isSuccess()).isFalse();
            assertThat(end.cqe()).containsOnly(0xff);
            assertThat(end.latencyNanos()).isGreaterThanOrEqualTo(30_000_000L);
            assertThatThrownBy(end::orThrow)
                    .isInstanceOf(Command.TimeoutException.class)
                    .hasMessageContaining("qpair " + qpair.id());
            // The slot is taken until the device answers, which it can now.
            qpair.ring();
            await("the late completion", () -> {
                qpair.poll();
                return qpair.cmdLog().latest(1).getFirst().late();
            });
            CmdLog.Entry entry = qpair.cmdLog().latest(1).getFirst();
            assertThat(entry.timedOut()).isTrue();
            assertThat(entry.statusField()).as("status of the late answer").isZero();
            assertThat(qpair.execute(flush()).isSuccess()).isTrue();
        }
    }

    @Test
    void theControllersTimeLimitHoldsForCommandsWithoutTheirOwn() {
        try (Qpair qpair = controller.createQpair(8)) {
            controller.timeout(Duration.ofMillis(25));
            assertThat(controller.timeout()).isEqualTo(Duration.ofMillis(25));
            assertThat(qpair.execute(held(flush())).timedOut()).isTrue();
            controller.timeout(Duration.ofSeconds(10));
            qpair.ring();
        }
    }

    @Test
    void commandsOutstandingAtAResetEndAsLost() {
        Qpair qpair = controller.createQpair(8);
        List<Completion> ends = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            qpair.submit(held(flush()), ends::add);
        }
        CompletableFuture<Completion> admin =
                controller.admin().send(held(Command.of(0x06).cdw10(1)));
        controller.reset();
        assertThat(qpair.isAlive()).isFalse();
        Completion last = qpair.waitDone(3);
        assertThat(last.lost()).isTrue();
        assertThat(ends).hasSize(3).allSatisfy(end -> {
            assertThat(end.lost()).isTrue();
            assertThat(end.cqe()).containsOnly(0xff);
        });
        assertThatThrownBy(last::orThrow).isInstanceOf(Command.LostException.class);
        await("the admin command's end", () -> {
            controller.poll();
            return admin.isDone();
        });
        assertThat(admin.join().lost()).isTrue();

        assertThatThrownBy(() -> qpair.submit(Command.of(0)))
                .isInstanceOf(Qpair.DeadException.class)
                .hasMessageContaining("reset");
        assertThat(qpair.cmdLog().latest(3)).allMatch(CmdLog.Entry::lost);
        qpair.close();
        try (Qpair again = controller.createQpair(8)) {
            assertThat(again.execute(flush()).isSuccess()).isTrue();
        }
    }

    @Test
    void commandsOutstandingAtCloseEndAsLost() {
        Qpair qpair = controller.createQpair(8);
        List<Completion> ends = new ArrayList<>();
        qpair.submit(held(flush()), ends::add);
        CompletableFuture<Completion> sent = qpair.send(held(flush()));
        qpair.close();
        assertThat(ends).hasSize(1).allMatch(Completion::lost);
        assertThat(sent.join().lost()).isTrue();
    }

    @Test
    void severalQpairsWorkSideBySide() {
        int n = Math.min(8, controller.maxQueues());
        List<Qpair> qpairs = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            qpairs.add(controller.createQpair(16));
        }
        assertThat(qpairs).extracting(Qpair::id).doesNotHaveDuplicates();
        for (Qpair qpair : qpairs) {
            for (int i = 0; i < 15; i++) {
                qpair.submit(flush());
            }
        }
        for (Qpair qpair : qpairs) {
            assertThat(qpair.waitDone(15).qid()).isEqualTo(qpair.id());
        }
        assertThat(controller.qpairs()).hasSize(n + 1);
        assertThat(controller.qpairs().getFirst().isAdmin()).isTrue();
        qpairs.forEach(Qpair::close);
        assertThat(controller.qpairs()).hasSize(1);
    }

    @Test
    void aQpairCanHaveTheIdThatOneAsksFor() {
        try (Qpair third = controller.createQpair(QpairOptions.depth(4).withQid(3))) {
            assertThat(third.id()).isEqualTo(3);
            assertThatThrownBy(
                            () -> controller.createQpair(QpairOptions.depth(4).withQid(3)))
                    .isInstanceOf(Qpair.CreationException.class)
                    .hasMessageContaining("3");
            try (Qpair lowest = controller.createQpair(4)) {
                assertThat(lowest.id()).isEqualTo(1);
            }
        }
    }

    @Test
    void depthsThatTheControllerDoesNotTakeAreRefusedWithTheRange() {
        assertThatThrownBy(() -> controller.createQpair(1))
                .isInstanceOf(Qpair.CreationException.class)
                .hasMessageContaining("1");
        assertThatThrownBy(() -> controller.createQpair(1 << 20)).isInstanceOf(Qpair.CreationException.class);
        assertThat(controller.qpairs()).hasSize(1);
    }

    @Test
    void theAdminQpairIsTheControllersToClose() {
        assertThatThrownBy(() -> controller.admin().close())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("close the controller");
        assertThat(controller.admin().isAlive()).isTrue();
    }

    @Test
    void dataThatIsMisalignedCannotBeSent() {
        try (Qpair qpair = controller.createQpair(8);
                Buffer data = buffer(8192)) {
            Command odd = namespace().readCommand(0, 1, data).data(data, 1, 512);
            if (controller.device().kind() == Device.Kind.TCP) {
                // Over TCP data may lie anywhere.
                assertThat(qpair.execute(odd).isSuccess()).isTrue();
            } else {
                assertThatThrownBy(() -> qpair.submit(odd)).isInstanceOf(Command.UnsendableException.class);
            }
            assertThat(qpair.info().outstanding()).isZero();
            assertThat(qpair.execute(flush()).isSuccess()).isTrue();
        }
    }
}
