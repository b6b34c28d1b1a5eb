package dev.doorbell.app.looks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.doorbell.app.views.DrivenSim;
import dev.doorbell.plugin.Perspective;
import dev.doorbell.plugin.RawCommand;
import dev.doorbell.plugin.ViewContribution;
import dev.doorbell.spec.Catalogue;
import dev.doorbell.spec.CommandSpec.Queue;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import javafx.scene.control.TextField;
import javafx.scene.paint.Color;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Looks for text that is cut off or too faint, in every view of every perspective, with a device in use. */
@Timeout(value = 400, unit = TimeUnit.SECONDS)
class LooksTest {
    private static final String FAILING = """
            plan: failing
            title: Reads and writes
            groups:
              - group: data
                title: Data
                cases:
                  - case: good
                    title: A flush of all namespaces that are attached to the controller ends well
                    steps:
                      - {command: flush}
                  - case: bad
                    title: Identify with a CNS that every controller has to know ends with Invalid Field in Command
                    steps:
                      - command: identify
                        fields: {CNS: 1}
                        in: 4096
                        expect: Invalid Field in Command
            """;

    /**
     * Texts of any length: no width would do for all of them. They may be cut, but resting on them must show them whole.
     * Table columns and labels, by id.
     */
    private static final Set<String> FREE = Set.of(
            // what a command does, and how one ended that failed
            "details",
            "status",
            "case-command-details",
            // bytes, texts of the device's maker, and lists of all bits that are set
            "field-value",
            "field-meaning",
            // titles and findings that a plan's author wrote
            "plans-name",
            "case-case",
            "case-result",
            "log-case",
            "log-message");

    @TempDir
    Path home;

    private final Set<String> cuts = new LinkedHashSet<>();
    private final Set<String> faint = new LinkedHashSet<>();
    private DrivenSim sim;

    @ParameterizedTest
    @CsvSource({"true, 1280, 800, 1", "false, 1280, 800, 2", "false, 1920, 1080, 1"})
    void everyTextIsWholeAndReadable(boolean dark, double width, double height, double scale) throws Exception {
        sim = DrivenSim.open(home, Perspective.EXPLORE, dark, width, height, scale);
        try {
            look("Explore, fresh");
            send(Queue.IO, 0x01);
            send(Queue.ADMIN, 0x0a);
            sendBeyondTheEnd();
            send(Queue.ADMIN, 0x02);
            everyView(Perspective.EXPLORE);
            search();
            traffic();
            plans();
            SoftAssertions.assertSoftly(all -> {
                all.assertThat(cuts).as("texts that are cut off").isEmpty();
                all.assertThat(faint).as("texts that are too faint").isEmpty();
            });
        } finally {
            sim.close();
        }
    }

    private void send(Queue queue, int opcode) {
        open("command", Catalogue.standard().command(queue, opcode).orElseThrow());
        sim.press("#command-send");
        idle();
    }

    private void sendBeyondTheEnd() {
        var read = new byte[64];
        read[0] = 0x02;
        read[4] = 1;
        read[47] = 0x01;
        open("command", new RawCommand(false, read));
        sim.press("#command-send");
        idle();
    }

    private void search() {
        sim.run(() -> sim.workbench().actions().run("help.search"));
        var input = sim.find("#palette-input", TextField.class);
        sim.run(() -> input.setText("csts"));
        sim.until(
                "the search has found something", () -> sim.wordsIn(".palette").contains("CSTS"));
        look("search");
        sim.run(() -> sim.window().window().stage().getScene().lookup(".scrim").setVisible(false));
    }

    private void traffic() {
        sim.run(() -> sim.workbench().navigation().show(Perspective.TRAFFIC));
        var workers = sim.find("#workload-workers", TextField.class);
        sim.run(() -> workers.setText("3"));
        sim.press("#workload-start");
        sim.until(
                "workers run",
                () -> sim.workbench().device().get().vitals().getValue().iops() > 0);
        sim.window().pulses(40);
        everyView(Perspective.TRAFFIC);
        sim.press("#live-stop");
        idle();
        look("Traffic, stopped");
    }

    private void plans() throws Exception {
        sim.run(() -> sim.workbench().navigation().show(Perspective.TEST));
        sim.show("plans");
        look("Test, nothing run");
        open("plans", "run:smoke");
        idle();
        everyView(Perspective.TEST);
        open("plans", Files.writeString(home.resolve("failing.yaml"), FAILING));
        idle();
        open("plans", "run:failing");
        idle();
        look("Test, a case failed");
        everyView(Perspective.TEST);
    }

    private void open(String view, Object argument) {
        sim.run(() -> sim.workbench().navigation().open(view, argument));
        sim.window().pulses(2);
    }

    private void idle() {
        assertThat(sim.window().awaitIdle(DrivenSim.LIMIT)).as("all jobs end").isTrue();
        sim.ask(controller -> true);
        sim.window().pulses(4);
    }

    private void everyView(Perspective perspective) {
        sim.run(() -> sim.workbench().navigation().show(perspective));
        for (var kind : ServiceLoader.load(ViewContribution.class)) {
            if (kind.placements().stream().anyMatch(p -> p.perspective() == perspective)) {
                sim.show(kind.id());
                sim.ask(controller -> true);
                look(perspective + ", " + kind.id());
            }
        }
    }

    private void look(String where) {
        sim.window().pulses(4);
        var root = sim.window().window().stage().getScene().getRoot();
        sim.run(() -> {
            // Something may have changed since the last frame.
            root.applyCss();
            root.layout();
            CutText.in(root).stream()
                    .filter(cut -> !FREE.contains(cut.column()) || !cut.canBeRead())
                    .forEach(cut -> cuts.add(cut + " (" + where + ")"));
            FaintText.in(root, (Color) root.getScene().getFill()).forEach(text -> faint.add(text.toString()));
        });
    }
}
