package dev.doorbell.app.shell;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javafx.application.Platform;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The watch sees every way to hold the JavaFX thread up, and does not blame the program for a busy machine. */
@Timeout(120)
class UiWatchTest {
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    private static final Duration HELD = Duration.ofMillis(150);

    private final BlockingQueue<UiWatch.Freeze> freezes = new LinkedBlockingQueue<>();
    private UiWatch watch;

    @BeforeEach
    void start() {
        DrivenWindow.startPlatform();
        watch = onFx(UiWatch::new);
        watch.pace(Duration.ofMillis(5));
        watch.onFreeze(freezes::add);
        // Until classes are loaded that reading and asking need.
        for (int i = 0; i < 20; i++) {
            onFx(() -> "awake");
            pause(10);
        }
        freezes.clear();
    }

    @AfterEach
    void stop() {
        watch.close();
    }

    private static <T> T onFx(java.util.function.Supplier<T> task) {
        return CompletableFuture.supplyAsync(task, Platform::runLater).join();
    }

    private static void pause(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void burn(Duration cpu) {
        long end = THREADS.getCurrentThreadCpuTime() + cpu.toNanos();
        while (THREADS.getCurrentThreadCpuTime() < end) {
            Thread.onSpinWait();
        }
    }

    private UiWatch.Freeze caught() throws InterruptedException {
        var freeze = freezes.poll(60, TimeUnit.SECONDS);
        assertThat(freeze).as("a freeze was noticed").isNotNull();
        assertThat(freeze.own()).isGreaterThan(UiWatch.LIMIT);
        assertThat(freeze.stack())
                .extracting(StackTraceElement::getClassName)
                .contains(getClass().getName());
        return freeze;
    }

    @Test
    void sleepingIsCaught() throws Exception {
        Platform.runLater(() -> pause(HELD.toMillis()));
        var freeze = caught();
        assertThat(freeze.stood()).isGreaterThan(UiWatch.LIMIT);
        assertThat(freeze.toString()).contains("java.lang.Thread.sleep");
    }

    @Test
    void waitingForALockIsCaught() throws Exception {
        var lock = new Object();
        var held = new CountDownLatch(1);
        var holder = Thread.ofPlatform().start(() -> {
            synchronized (lock) {
                held.countDown();
                pause(HELD.toMillis() + 50);
            }
        });
        held.await();
        Platform.runLater(() -> {
            synchronized (lock) {
                lock.notifyAll();
            }
        });
        assertThat(caught().stood()).isGreaterThan(UiWatch.LIMIT);
        holder.join();
    }

    @Test
    void waitingForAnAnswerIsCaught() throws Exception {
        var answer = new CompletableFuture<String>();
        Platform.runLater(() -> answer.join());
        pause(HELD.toMillis());
        answer.complete("at last");
        assertThat(caught().toString()).contains("CompletableFuture.join");
    }

    @Test
    void waitingInTheSystemIsCaught() throws Exception {
        var pipe = Pipe.open();
        Platform.runLater(() -> {
            try {
                pipe.source().read(ByteBuffer.allocate(1));
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
        pause(HELD.toMillis());
        pipe.sink().write(ByteBuffer.wrap(new byte[1]));
        assertThat(caught().stood()).isGreaterThan(UiWatch.LIMIT);
        pipe.sink().close();
        pipe.source().close();
    }

    @Test
    void workingIsCaught() throws Exception {
        Platform.runLater(() -> burn(HELD));
        assertThat(caught().burned()).isGreaterThan(UiWatch.LIMIT);
    }

    @Test
    void manySmallTasksInARowAreCaught() throws Exception {
        Platform.runLater(() -> {
            for (int i = 0; i < 15; i++) {
                Platform.runLater(() -> burn(Duration.ofMillis(10)));
            }
        });
        assertThat(caught().burned()).isGreaterThan(UiWatch.LIMIT);
    }

    @Test
    void halfTheLimitIsFine() {
        for (int i = 0; i < 10; i++) {
            onFx(() -> {
                pause(25);
                burn(Duration.ofMillis(25));
                return "done";
            });
            pause(20);
        }
        assertThat(freezes).isEmpty();
    }

    @Test
    void aStarvedProcessIsNotToBlame() throws Exception {
        var over = new AtomicBoolean();
        List<Thread> busy = new ArrayList<>();
        for (int i = 0; i < 4 * Runtime.getRuntime().availableProcessors(); i++) {
            busy.add(Thread.ofPlatform().daemon().start(() -> {
                while (!over.get()) {
                    Thread.onSpinWait();
                }
            }));
        }
        try {
            long slowest = 0;
            for (int i = 0; i < 30; i++) {
                long start = System.nanoTime();
                onFx(() -> {
                    burn(Duration.ofMillis(50));
                    return "done";
                });
                slowest = Math.max(slowest, System.nanoTime() - start);
            }
            assertThat(Duration.ofNanos(slowest)).as("a task of 50 ms takes").isGreaterThan(UiWatch.LIMIT);
            assertThat(freezes).isEmpty();
            // Long, as the watch is starved too and may ask late.
            Platform.runLater(() -> burn(Duration.ofMillis(400)));
            assertThat(caught().burned()).as("what it burns all the same").isGreaterThan(UiWatch.LIMIT);
        } finally {
            over.set(true);
            for (var thread : busy) {
                thread.join();
            }
        }
    }
}
