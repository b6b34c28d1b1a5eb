package dev.doorbell.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.doorbell.app.shell.DrivenWindow;
import dev.doorbell.app.shell.Options;
import dev.doorbell.app.shell.UiWatch;
import dev.doorbell.plugin.Perspective;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The window never stands still. A first round lets every view be made, and the virtual machine load and compile what it needs.
 * From then on no step that a day at the workbench brings may keep the window for longer than
 * {@link dev.doorbell.app.shell.UiWatch#LIMIT}. One thing may: a change of theme styles every node of the window anew, in one go,
 * and has {@link #RESTYLING}.
 *
 * <p>Another program on the same core, or the compiler of the virtual machine that throws code away, can make a computation take
 * twice the CPU time for once. So a step that was too long gets {@link #CHANCES} in all. What is slow by itself is slow every time.
 * {@link Pace} takes out what a slower machine adds.
 */
@Timeout(value = 900, unit = TimeUnit.SECONDS)
class FluencyTest {
    private static final int CHANCES = 4;
    private static final Duration RESTYLING = Duration.ofMillis(500);

    @TempDir
    Path home;

    @Test
    void everyStepAfterTheFirstRoundIsShort() {
        var options = new Options(home, List.of(), Optional.of(Perspective.EXPLORE), Optional.of(true));
        try (var window = DrivenWindow.start(options, 1600, 1000)) {
            var strict = new Strict(window);
            report("first round", walk(window, strict));
            var slow = new TreeSet<String>();
            for (int chance = 1; chance == 1 || chance <= CHANCES && !slow.isEmpty(); chance++) {
                double slowness = Pace.slowness(window);
                var found = walk(window, strict);
                slowness = Math.max(slowness, Pace.slowness(window));
                report("round " + (chance + 1), found);
                var steps = found.stream()
                        .filter(tooLong(slowness))
                        .map(Strict.Found::step)
                        .collect(Collectors.toSet());
                if (chance == 1) {
                    slow.addAll(steps);
                } else {
                    slow.retainAll(steps);
                }
            }
            assertThat(slow)
                    .as("steps that kept the window from answering, each time")
                    .isEmpty();
        }
    }

    private List<Strict.Found> walk(DrivenWindow window, Strict strict) {
        new Round(window, strict, home).walk();
        return strict.take();
    }

    private static Predicate<Strict.Found> tooLong(double slowness) {
        return found -> {
            var limit = found.step().startsWith("theme") ? RESTYLING : UiWatch.LIMIT;
            var freeze = found.freeze();
            return freeze.stood().toMillis() + freeze.burned().toMillis() / slowness > limit.toMillis();
        };
    }

    /** Printed, as the first round's figures tell what the first look at each view costs; with {@code -Ddoorbell.watch.stacks=true} why. */
    private static void report(String round, List<Strict.Found> found) {
        System.out.println(round);
        Strict.table(found).forEach(line -> System.out.println("  " + line));
        if (Boolean.getBoolean("doorbell.watch.stacks")) {
            found.stream()
                    .sorted(Comparator.comparing((Strict.Found f) -> f.freeze().own())
                            .reversed())
                    .limit(12)
                    .forEach(System.out::println);
        }
    }
}
