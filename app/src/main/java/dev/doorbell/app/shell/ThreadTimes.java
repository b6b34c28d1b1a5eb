package dev.doorbell.app.shell;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * Where a thread's time goes: on a CPU, in wait for a CPU that others have, or standing still.
 *
 * <p>The wait for a CPU comes from the scheduler ({@code /proc/self/task/TID/schedstat}, which Linux keeps in nanoseconds). When
 * the JavaFX thread stands still because it waits for the thread that draws, and that one is in turn kept from a CPU, then this is
 * the machine's doing as well; so that wait counts with it. All but {@link #ofCurrentThread} is for one thread, and that may be
 * another one.
 */
final class ThreadTimes implements AutoCloseable {
    private static final Path TASKS = Path.of("/proc/self/task");
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    /**
     * A thread's account at one moment, in nanoseconds since some moment of old.
     *
     * @param wall the clock's
     * @param cpu spent on a CPU
     * @param starved spent in wait for a CPU, by it and by those that it may wait for; empty where the system does not tell
     */
    record Reading(long wall, long cpu, OptionalLong starved) {}

    private final Thread thread;
    private final String task;
    private final boolean withDrawing;
    private final byte[] line = new byte[96];
    private List<RandomAccessFile> files = List.of();

    private ThreadTimes(Thread thread, String task, boolean withDrawing) {
        this.thread = thread;
        this.task = task;
        this.withDrawing = withDrawing;
        findThreads();
    }

    /** Of the calling thread; with the waits of the one that draws or without. */
    static ThreadTimes ofCurrentThread(boolean withDrawing) {
        String task;
        try {
            task = Files.readSymbolicLink(Path.of("/proc/thread-self"))
                    .getFileName()
                    .toString();
        } catch (IOException | UnsupportedOperationException e) {
            task = "";
        }
        return new ThreadTimes(Thread.currentThread(), task, withDrawing);
    }

    /** Looks again for the thread that draws, which may have come later. Readings before and after do not compare. */
    void findThreads() {
        close();
        var found = new ArrayList<RandomAccessFile>();
        try (var tasks = Files.newDirectoryStream(TASKS)) {
            for (var each : tasks) {
                if (each.endsWith(task) || withDrawing && draws(each)) {
                    found.add(new RandomAccessFile(each.resolve("schedstat").toFile(), "r"));
                }
            }
        } catch (IOException e) {
            // Not Linux, or a thread has just ended: the next look finds what there is.
        }
        files = List.copyOf(found);
    }

    private static boolean draws(Path task) {
        try {
            var name = Files.readString(task.resolve("comm")).strip();
            return name.startsWith("QuantumRenderer");
        } catch (IOException e) {
            return false;
        }
    }

    static long cpuOfCurrentThread() {
        return THREADS.getCurrentThreadCpuTime();
    }

    Reading read() {
        return new Reading(System.nanoTime(), THREADS.getThreadCpuTime(thread.threadId()), starved());
    }

    private OptionalLong starved() {
        long sum = 0;
        for (var file : files) {
            try {
                file.seek(0);
                int length = file.read(line);
                // Time on a CPU, time in wait for one, turns.
                sum += Long.parseLong(
                        new String(line, 0, Math.max(0, length), StandardCharsets.US_ASCII).split(" ")[1]);
            } catch (IOException e) {
                // The thread has ended, and has waited for nothing since.
            } catch (RuntimeException e) {
                return OptionalLong.empty();
            }
        }
        return files.isEmpty() ? OptionalLong.empty() : OptionalLong.of(sum);
    }

    @Override
    public void close() {
        for (var file : files) {
            try {
                file.close();
            } catch (IOException e) {
                // It was only read.
            }
        }
        files = List.of();
    }
}
