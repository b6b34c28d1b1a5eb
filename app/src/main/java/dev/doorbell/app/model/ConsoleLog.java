package dev.doorbell.app.model;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/** The last lines that the program logged; one a process, as the log is. Safe from any thread. */
public final class ConsoleLog {
    private static final int MOST = 5000;
    private static final ConsoleLog SHARED = new ConsoleLog();

    public enum Level {
        TRACE,
        DEBUG,
        INFO,
        WARN,
        ERROR
    }

    /** One line; {@code text} has more lines when it ends with a stack trace. */
    public record Line(Instant at, Level level, String source, String text) {}

    private final ArrayDeque<Line> lines = new ArrayDeque<>();
    private long next;

    public static ConsoleLog shared() {
        return SHARED;
    }

    public synchronized void add(Line line) {
        lines.addLast(line);
        next++;
        if (lines.size() > MOST) {
            lines.removeFirst();
        }
    }

    /** The number the next line will get. */
    public synchronized long next() {
        return next;
    }

    /** The lines from number {@code from} on that are still kept. */
    public synchronized List<Line> since(long from) {
        long first = next - lines.size();
        return new ArrayList<>(lines).subList(Math.clamp(from - first, 0, lines.size()), lines.size());
    }

    public synchronized void clear() {
        lines.clear();
    }
}
