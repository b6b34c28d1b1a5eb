package dev.doorbell.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** One qpair, one controller, many threads. */
@OnEveryTransport
class ThreadsTest extends DeviceTest {
    private static final int THREADS = 6;

    private static void inThreads(int threads, Callable<?> work) throws InterruptedException, ExecutionException {
        try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                running.add(pool.submit(work));
            }
            for (Future<?> one : running) {
                one.get();
            }
        }
    }

    @Test
    void manyThreadsExecuteOnTheAdminQueueWhileAPulsePollsIt() throws Exception {
        AtomicBoolean over = new AtomicBoolean();
        Thread pulse = Thread.startVirtualThread(() -> {
            while (!over.get()) {
                controller.poll();
                Thread.yield();
            }
        });
        AtomicInteger thread = new AtomicInteger();
        inThreads(THREADS, () -> {
            int cns = thread.getAndIncrement() % 2;
            for (int i = 0; i < 50; i++) {
                byte[] id = controller.identify(cns, cns == 0 ? 1 : 0, 0, 0);
                // Byte 512 on is SQES and so on for a controller; a namespace has its size in the first bytes.
                if (cns == 0) {
                    assertThat(id[0] | id[1] | id[2] | id[3]).isNotZero();
                } else {
                    assertThat(id[512]).isEqualTo((byte) 0x66);
                }
            }
            return null;
        });
        over.set(true);
        pulse.join();
        assertThat(controller.admin().info().outstanding())
                .as("the armed event request")
                .isEqualTo(1);
    }

    @Test
    void manyThreadsExecuteOnOneSmallQpair() throws Exception {
        Namespace namespace = namespace();
        try (Qpair qpair = controller.createQpair(4)) {
            AtomicInteger lba = new AtomicInteger();
            inThreads(THREADS, () -> {
                long mine = lba.getAndAdd(16);
                try (Buffer data = buffer(4096);
                        Buffer back = buffer(4096)) {
                    int count = 4096 / namespace.lbaBytes();
                    for (int i = 0; i < 40; i++) {
                        data.fill(Buffer.Pattern.dword((int) mine << 16 | i));
                        namespace.write(qpair, data, mine, count).orThrow();
                        namespace.read(qpair, back, mine, count).orThrow();
                        assertThat(back.getInt(4092)).isEqualTo((int) mine << 16 | i);
                    }
                }
                return null;
            });
            assertThat(qpair.info().completed()).isEqualTo(THREADS * 80);
        }
    }

    @Test
    void everyThreadWaitsForItsOwnCommandsOnASharedQpair() throws Exception {
        Command flush = namespace().flushCommand();
        try (Qpair qpair = controller.createQpair(64)) {
            inThreads(4, () -> {
                AtomicInteger mine = new AtomicInteger();
                for (int i = 1; i <= 30; i++) {
                    for (int j = 0; j < 8; j++) {
                        qpair.submit(flush, end -> mine.incrementAndGet());
                    }
                    qpair.waitDone(8);
                    // Another thread may still be on its way to the last callbacks that it reaped.
                    int expected = 8 * i;
                    await("callbacks", () -> mine.get() == expected);
                }
                return null;
            });
            assertThat(qpair.info().completed()).isEqualTo(4 * 30 * 8);
        }
    }

    @Test
    void waitDoneReturnsTheOwnCommandWhateverAnotherThreadSendsAndReaps() throws Exception {
        AtomicBoolean over = new AtomicBoolean();
        Qpair admin = controller.admin();
        Thread other = Thread.startVirtualThread(() -> {
            while (!over.get()) {
                if (admin.info().outstanding() < 32) {
                    admin.send(Command.of(0xc0));
                    admin.submit(Command.of(0xc1), end -> {});
                }
                controller.poll();
            }
        });
        try (Buffer data = buffer(4096)) {
            for (int i = 0; i < 200; i++) {
                admin.submit(Command.of(0x06).cdw10(1).data(data));
                assertThat(admin.waitDone(1).isSuccess()).isTrue();
            }
        } finally {
            over.set(true);
            other.join();
        }
    }

    @Test
    void qpairsAreCreatedUsedAndClosedByManyThreads() throws Exception {
        Namespace namespace = namespace();
        inThreads(4, () -> {
            for (int i = 0; i < 10; i++) {
                try (Qpair qpair = controller.createQpair(8)) {
                    qpair.submit(namespace.flushCommand()).submit(namespace.flushCommand());
                    assertThat(qpair.waitDone(2).isSuccess()).isTrue();
                }
            }
            return null;
        });
        assertThat(controller.qpairs()).hasSize(1);
    }

    @Test
    void aResetInTheMiddleOfEverybodysCommandsEndsThemAll() throws Exception {
        Namespace namespace = namespace();
        Qpair qpair = controller.createQpair(16);
        AtomicInteger ended = new AtomicInteger();
        AtomicInteger started = new AtomicInteger();
        Thread resetter = Thread.startVirtualThread(() -> {
            while (started.get() < 200) {
                Thread.onSpinWait();
            }
            controller.reset();
        });
        inThreads(4, () -> {
            for (; ; ) {
                try {
                    started.incrementAndGet();
                    Completion end = qpair.execute(namespace.flushCommand());
                    assertThat(end.isSuccess() || end.lost()).as(end.toString()).isTrue();
                    ended.incrementAndGet();
                } catch (Qpair.DeadException e) {
                    return null;
                }
            }
        });
        resetter.join();
        assertThat(ended.get()).isGreaterThanOrEqualTo(200 - 4);
        qpair.close();
        assertThat(controller.state()).isEqualTo(Controller.State.READY);
        assertThat(controller.identifyController()).hasSize(4096);
    }

    @Test
    void oneThreadClosesTheControllerThatOthersUse() throws Exception {
        AtomicInteger started = new AtomicInteger();
        Thread closer = Thread.startVirtualThread(() -> {
            while (started.get() < 12) {
                Thread.onSpinWait();
            }
            controller.close();
        });
        AtomicInteger thread = new AtomicInteger();
        inThreads(4, () -> {
            int kind = thread.getAndIncrement();
            for (; ; ) {
                started.incrementAndGet();
                try {
                    switch (kind) {
                        case 0 -> controller.reset();
                        case 1 -> controller.createQpair(4).close();
                        case 2 -> readRegisters();
                        default -> controller.identifyController();
                    }
                } catch (Device.ClosedException e) {
                    return null;
                } catch (Device.BusyException
                        | Command.LostException
                        | Qpair.DeadException
                        | Qpair.CreationException e) {
                    // The reset of another thread, or the close just under way.
                }
            }
        });
        closer.join();
        assertThat(controller.device().isOpen()).isFalse();
    }

    @Test
    void oneThreadClosesTheQpairThatOthersUse() throws Exception {
        Namespace namespace = namespace();
        for (int round = 0; round < 5; round++) {
            Qpair qpair = controller.createQpair(8);
            AtomicInteger started = new AtomicInteger();
            Thread closer = Thread.startVirtualThread(() -> {
                while (started.get() < 20) {
                    Thread.onSpinWait();
                }
                qpair.close();
            });
            inThreads(3, () -> {
                for (; ; ) {
                    try {
                        started.incrementAndGet();
                        qpair.execute(namespace.flushCommand());
                        qpair.info();
                        qpair.cmdLog().latest(4);
                    } catch (Device.ClosedException e) {
                        return null;
                    }
                }
            });
            closer.join();
        }
    }

    /** All of a PCIe controller's; one on Fabrics has a few properties in their place. */
    private void readRegisters() {
        if (controller.device().pci().isPresent()) {
            controller.device().registers().dump(0x40);
        } else {
            controller.device().registers().read32(0x1c);
        }
    }
}
