package dev.doorbell.app.views;

import static org.assertj.core.api.Assertions.assertThat;

import dev.doorbell.driver.PciFunction;
import dev.doorbell.plugin.Action;
import dev.doorbell.plugin.DeviceSession;
import dev.doorbell.plugin.Perspective;
import java.nio.file.Path;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Every view while its device vanishes, and while it is closed. */
@Timeout(value = 240, unit = TimeUnit.SECONDS)
class LostDeviceViewsTest {
    private static final int COMMAND = 4;
    private static final int MEMORY_SPACE = 2;
    private static final int BUS_MASTER = 4;

    @TempDir
    static Path home;

    private static DrivenSim sim;
    private static final Queue<Throwable> UNCAUGHT = new ConcurrentLinkedQueue<>();
    private static Thread.UncaughtExceptionHandler before;

    @BeforeAll
    static void open() {
        sim = DrivenSim.open(home, Perspective.EXPLORE);
        before = Thread.getDefaultUncaughtExceptionHandler();
        Thread.setDefaultUncaughtExceptionHandler((thread, e) -> UNCAUGHT.add(e));
        sim.run(() -> Thread.currentThread().setUncaughtExceptionHandler((thread, e) -> UNCAUGHT.add(e)));
    }

    @AfterAll
    static void close() {
        Thread.setDefaultUncaughtExceptionHandler(before);
        sim.close();
    }

    private static List<String> views() {
        return sim.get(() -> sim.workbench().actions().all().stream()
                .map(Action::id)
                .filter(id -> id.startsWith("view.open."))
                .map(id -> id.substring("view.open.".length()))
                .toList());
    }

    /** Opens each view in its perspective, lets it live for some frames, and reads it again. */
    private static void visitAll() {
        for (String view : views()) {
            sim.show(view);
            sim.run(() -> sim.workbench().actions().run("view.refresh"));
            sim.window().pulses(4);
            assertThat(UNCAUGHT).as("in " + view).isEmpty();
        }
    }

    /** Takes the function's access to the bus away, both ways: its registers read all ones, as those of a removed one. */
    private static void lose(DeviceSession session) {
        sim.wait(sim.get(() -> session.ask(c -> {
            PciFunction pci = c.device().pci().orElseThrow();
            pci.write16(COMMAND, pci.read16(COMMAND) & ~(MEMORY_SPACE | BUS_MASTER));
            return true;
        })));
    }

    @Test
    void everyViewLivesOnWhenItsDeviceVanishesAndSaysWhatToDo() {
        assertThat(views()).hasSizeGreaterThan(20);
        DeviceSession second = sim.add("sim:size=64MiB");
        visitAll();
        lose(second);
        sim.until("it is lost", () -> second.state().getValue() == DeviceSession.State.LOST);
        visitAll();
        for (String view : List.of("identify", "registers", "pciconfig", "logpages", "features")) {
            sim.show(view);
            sim.until(
                    view + " says that it is gone",
                    () -> sim.wordsIn("#view-" + view).stream().anyMatch(t -> t.contains("does not answer any more")));
            assertThat(sim.words("#view-" + view)).contains("Open it again", "Close it");
        }
        sim.show("registers");
        sim.run(() -> Stream.of(sim.lookup("#view-registers .banner").orElseThrow())
                .flatMap(b -> b.lookupAll(".button").stream())
                .map(javafx.scene.control.Button.class::cast)
                .filter(b -> b.getText().equals("Open it again"))
                .findFirst()
                .orElseThrow()
                .fire());
        sim.until(
                "it is open again",
                () -> sim.workbench().sessions().size() == 2
                        && !sim.workbench().sessions().contains(second)
                        && sim.workbench().sessions().getLast().state().getValue() == DeviceSession.State.READY);
        assertThat(UNCAUGHT).isEmpty();

        DeviceSession again = sim.get(() -> sim.workbench().sessions().getLast());
        sim.until("it is current", () -> sim.workbench().device().get() == again);
        sim.run(() -> sim.workbench().navigation().open("registers", "CC"));
        sim.until("the Inspector shows it", () -> sim.wordsIn("#view-inspector").contains(again.name()));
        sim.wait(sim.get(() -> sim.workbench().close(again)));
        sim.window().pulses(4);
        assertThat(sim.words("#view-inspector")).doesNotContain(again.name());
        sim.wait(sim.get(() -> sim.workbench().close(sim.session())));
        visitAll();
        for (String view : List.of("identify", "registers", "pciconfig", "logpages", "features", "command", "cmdlog")) {
            sim.show(view);
            assertThat(sim.words("#view-" + view)).as(view).anyMatch(t -> t.contains("Open the simulated SSD"));
        }
    }
}
