package dev.doorbell.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.doorbell.app.shell.DrivenWindow;
import dev.doorbell.app.shell.UiWatch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** Notes which step of a walk keeps the JavaFX thread busy, and for how long. */
public final class Strict {
    /** A freeze and the step that it happened in. */
    public record Found(String step, UiWatch.Freeze freeze) {
        @Override
        public String toString() {
            return step + ": " + freeze;
        }
    }

    private final DrivenWindow window;
    private final List<Found> found = new CopyOnWriteArrayList<>();
    private volatile String step = "before the first step";

    /** Watches a window closely from now on; {@code -Ddoorbell.watch.millis=40} tells of shorter stretches too, to find what to improve. */
    public Strict(DrivenWindow window) {
        this.window = window;
        window.window().watch().pace(Duration.ofMillis(5));
        window.window().watch().limit(Duration.ofMillis(Integer.getInteger("doorbell.watch.millis", 100)));
        window.window().watch().onFreeze(f -> found.add(new Found(step, f)));
    }

    /**
     * Fails when the program's code has made the JavaFX thread wait for longer than the limit since the window opened: for a device, a
     * file, a lock, another thread. That has nothing to do with a virtual machine that is still warming up, so it holds in every test.
     */
    public static void neverWaited(DrivenWindow window) {
        assertThat(window.freezes().stream()
                        .filter(f -> f.stood().compareTo(UiWatch.LIMIT) > 0)
                        .filter(f -> f.samples().stream().anyMatch(Strict::waits)))
                .as("stretches in which the JavaFX thread waited")
                .isEmpty();
    }

    private static boolean waits(UiWatch.Sample sample) {
        boolean still = sample.state() != Thread.State.RUNNABLE
                || !sample.stack().isEmpty() && sample.stack().getFirst().isNativeMethod();
        return still
                && sample.stack().stream()
                        .map(StackTraceElement::getClassName)
                        .anyMatch(c -> c.startsWith("dev.doorbell.") && !c.equals(DrivenWindow.class.getName()));
    }

    /** Does something on the JavaFX thread and waits until the window has drawn what came of it. */
    public void step(String name, Runnable task) {
        quietly(name, () -> window.run(task));
    }

    /** Does something on this thread, such as waiting for what a step started. */
    public void quietly(String name, Runnable task) {
        step = name;
        task.run();
        window.pulses(4);
        // The watch's own thread tells of the last stretch a little later.
        try {
            Thread.sleep(30);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        step = "after " + name;
    }

    /** What was found since the last call. */
    public List<Found> take() {
        var taken = List.copyOf(found);
        found.clear();
        return taken;
    }

    /** The longest stretch of each step, longest first, as lines. */
    public static List<String> table(List<Found> found) {
        Map<String, UiWatch.Freeze> worst = new LinkedHashMap<>();
        for (var f : found) {
            worst.merge(f.step, f.freeze, (a, b) -> a.own().compareTo(b.own()) >= 0 ? a : b);
        }
        var lines = new ArrayList<Map.Entry<String, UiWatch.Freeze>>(worst.entrySet());
        lines.sort(Comparator.comparing(
                        (Map.Entry<String, UiWatch.Freeze> e) -> e.getValue().own())
                .reversed());
        return lines.stream()
                .map(e -> "%5d ms (%d of work) %s"
                        .formatted(
                                e.getValue().own().toMillis(),
                                e.getValue().burned().toMillis(),
                                e.getKey()))
                .toList();
    }
}
