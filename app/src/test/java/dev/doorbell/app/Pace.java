package dev.doorbell.app;

import dev.doorbell.app.shell.DrivenWindow;
import java.lang.management.ManagementFactory;
import java.util.HashMap;
import java.util.Map;

/**
 * How much slower than the machine that the limits were set on this one computes at the moment: another model, or one whose cores
 * others use as well. CPU time grows with it, while what the program does stays the same.
 */
final class Pace {
    /** CPU time that {@link #work} takes on that machine, an x86-64 server of 2025 with two cores. */
    private static final double REFERENCE_MILLIS = 14;

    private static final int MOST = 4;
    private static int kept;

    private Pace() {}

    /** 1 on that machine and on faster ones, at most 4; computed on the JavaFX thread, which runs where the measured one does. */
    static double slowness(DrivenWindow window) {
        double best = Double.MAX_VALUE;
        for (int i = 0; i < 12; i++) {
            best = Math.min(best, window.get(Pace::workMillis));
        }
        System.out.printf("pace: %.1f ms, of %.1f%n", best, REFERENCE_MILLIS);
        return Math.clamp(best / REFERENCE_MILLIS, 1, MOST);
    }

    private static double workMillis() {
        var threads = ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadCpuTime();
        kept += work();
        return (threads.getCurrentThreadCpuTime() - before) / 1e6;
    }

    /** Small objects, hashing and comparing texts: what matching styles and laying out is made of. */
    private static int work() {
        Map<String, Integer> found = new HashMap<>();
        for (int i = 0; i < 500_000; i++) {
            found.merge("style-" + i % 5000, i, Integer::sum);
        }
        return found.size();
    }
}
