package dev.doorbell.app.views.cmdlog;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.doorbell.app.controls.SearchField;
import dev.doorbell.app.controls.Tone;
import dev.doorbell.app.views.DrivenSim;
import dev.doorbell.driver.Workload;
import dev.doorbell.plugin.Perspective;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import javafx.scene.Node;
import javafx.scene.control.ComboBox;
import javafx.scene.control.Label;
import javafx.scene.control.MenuButton;
import javafx.scene.control.TableRow;
import javafx.scene.control.TableView;
import javafx.scene.control.ToggleButton;
import javafx.scene.input.Clipboard;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The command log in a real window on the simulated SSD. */
@Timeout(value = 180, unit = TimeUnit.SECONDS)
class CmdlogViewTest {
    private static final int ALL_QUEUES = 4;

    @TempDir
    static Path home;

    private static DrivenSim sim;
    private static TableView<?> table;

    @BeforeAll
    static void open() {
        sim = DrivenSim.open(home, Perspective.EXPLORE);
        sim.show("cmdlog");
        table = sim.find("#cmdlog-table", TableView.class);
    }

    @AfterAll
    static void close() {
        sim.close();
    }

    @BeforeEach
    void fresh() {
        filter("");
        sim.run(() -> {
            table.getSelectionModel().clearSelection();
            toggle("#cmdlog-follow").setSelected(true);
            toggle("#cmdlog-pause").setSelected(false);
            queues().getSelectionModel().select(0);
        });
    }

    private static ToggleButton toggle(String selector) {
        return (ToggleButton) sim.lookup(selector).orElseThrow();
    }

    private static ComboBox<?> queues() {
        return (ComboBox<?>) sim.lookup("#cmdlog-queues").orElseThrow();
    }

    private static void filter(String text) {
        var field = sim.find("#cmdlog-filter", SearchField.class);
        sim.run(() -> field.input().setText(text));
        sim.window().pulses(2);
    }

    /** JavaFX thread. */
    private static List<CmdlogRow> rows() {
        return table.getItems().stream().map(CmdlogRow.class::cast).toList();
    }

    private static List<CmdlogRow> shown() {
        return sim.get(CmdlogViewTest::rows);
    }

    /** JavaFX thread. */
    private static String count() {
        return ((Label) sim.lookup("#cmdlog-count").orElseThrow()).getText();
    }

    private static byte[] identify(int times) {
        return sim.ask(c -> {
            byte[] data = new byte[0];
            for (int i = 0; i < times; i++) {
                data = c.identifyController();
            }
            return data;
        });
    }

    private static void identifyAndWait(int times) {
        int before = shown().size();
        identify(times);
        sim.until("the commands are in the log", () -> rows().size() >= before + times);
    }

    @Test
    void theNewestCommandsAppearDecodedAndInSight() {
        identifyAndWait(60);
        assertThat(shown()).anySatisfy(row -> {
            assertThat(row.name()).isEqualTo("Identify");
            assertThat(row.details()).contains("CNS 0x01");
            assertThat(row.status()).startsWith("Success");
        });
        sim.until(
                "the last row is in sight",
                () -> table.lookupAll(".table-row-cell").stream()
                        .map(TableRow.class::cast)
                        .anyMatch(row -> row.isVisible()
                                && row.getItem() == table.getItems().getLast()));
    }

    @Test
    void theFilterNarrows() {
        identifyAndWait(2);
        int all = shown().size();
        filter("name == identify");
        assertThat(shown()).isNotEmpty().allMatch(row -> row.entry().opcode() == 0x06);
        filter("failed");
        assertThat(shown()).allMatch(CmdlogRow::failed).hasSizeLessThan(all);
        filter("");
        assertThat(shown()).hasSizeGreaterThanOrEqualTo(all);
    }

    @Test
    void aFilterThatMakesNoSenseIsMarkedWithItsReasonAsLongAsItStands() {
        identifyAndWait(1);
        int before = shown().size();
        filter("latency > 3us");
        var field = sim.find("#cmdlog-filter", SearchField.class);
        assertThat(sim.get(() -> field.getStyleClass())).contains(Tone.ATTENTION.styleClass());
        assertThat(shown()).hasSizeGreaterThanOrEqualTo(before);

        identifyAndWait(3);
        assertThat(sim.get(CmdlogViewTest::count)).contains("no field \"latency\"");

        filter("lat > 3ns");
        assertThat(sim.get(() -> field.getStyleClass())).doesNotContain(Tone.ATTENTION.styleClass());
        assertThat(sim.get(CmdlogViewTest::count)).contains("shown of");
    }

    @Test
    void aSelectedCommandIsTakenApart() {
        identifyAndWait(1);
        sim.run(() -> table.getSelectionModel().select(indexOf("Identify")));
        sim.find(".cmdlog-details", Node.class);
        // A scroll pane has its content once it has been styled.
        sim.window().pulses(2);
        List<String> words = sim.words(".cmdlog-details");
        assertThat(words)
                .containsAll(IntStream.range(0, 16).mapToObj(i -> "dw" + i).toList())
                .anyMatch(t -> t.startsWith("OPC 0x06"))
                .anyMatch(t -> t.startsWith("CNS 1"))
                .anyMatch(t -> t.startsWith("SQHD"))
                .anyMatch(t -> t.contains("SC 0x00"));
        assertThat(words.stream().filter("dw3"::equals))
                .as("in the SQE and in the CQE")
                .hasSize(2);
        sim.run(() -> table.getSelectionModel().clearSelection());
        sim.until("the details are gone", () -> sim.lookup(".cmdlog-details").isEmpty());
    }

    private static int indexOf(String name) {
        return IntStream.range(0, rows().size())
                .filter(i -> rows().get(i).name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aPauseFreezesTheRowsAndLosesNone() {
        identifyAndWait(1);
        sim.run(() -> toggle("#cmdlog-pause").fire());
        int frozen = shown().size();
        String before = sim.get(CmdlogViewTest::count);
        identify(5);
        sim.until("the commands are counted", () -> !count().equals(before));
        assertThat(shown()).hasSize(frozen);
        sim.run(() -> toggle("#cmdlog-pause").fire());
        sim.until("what came meanwhile", () -> rows().size() >= frozen + 5);
        assertThat(shown()).extracting(CmdlogRow::number).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void csvAndJsonHoldTheShownCommandsRaw() throws Exception {
        identifyAndWait(3);
        filter("opc == 0x06 && # <= 1000");
        sim.run(() -> toggle("#cmdlog-pause").setSelected(true));
        List<CmdlogRow> rows = shown();
        MenuButton export = sim.find("#cmdlog-export", MenuButton.class);

        sim.run(() -> export.getItems().get(0).fire());
        List<String> csv = sim.get(() -> Clipboard.getSystemClipboard().getString())
                .lines()
                .toList();
        assertThat(csv).hasSize(rows.size() + 1);
        assertThat(csv.getFirst()).startsWith("number,submitted_at,").endsWith(",sqe,cqe");
        assertThat(csv.get(1))
                .startsWith(rows.getFirst().number() + ",")
                .contains("\"Identify\"", "\"" + rows.getFirst().details() + "\"");

        sim.run(() -> export.getItems().get(1).fire());
        var json = new ObjectMapper()
                .readTree(sim.get(() -> Clipboard.getSystemClipboard().getString()));
        assertThat(json).hasSize(rows.size());
        var first = json.get(0);
        assertThat(first.get("opcode").asInt()).isEqualTo(6);
        assertThat(first.get("latency_ns").asLong())
                .isEqualTo(rows.getFirst().entry().latencyNanos());
        assertThat(first.get("sqe").asText()).hasSize(128).startsWith("06");
        assertThat(first.get("cqe").asText()).hasSize(32);
    }

    @Test
    void commandsOfWorkersAreShownOnlyWhenAskedFor() {
        runWorker();
        identifyAndWait(1);
        assertThat(shown()).noneMatch(CmdlogRow::worker);
        assertThat(sim.get(CmdlogViewTest::count)).contains("worker queues hidden");

        sim.run(() -> queues().getSelectionModel().select(ALL_QUEUES));
        var worker = sim.ask(c -> {
            var made = c.createWorker(workload());
            made.start();
            return made;
        });
        sim.until("the worker's commands", () -> rows().stream().anyMatch(CmdlogRow::worker));
        sim.ask(c -> {
            worker.close();
            return true;
        });
        sim.run(() -> queues().getSelectionModel().select(0));
        assertThat(shown()).noneMatch(CmdlogRow::worker);
    }

    private static Workload workload() {
        return Workload.builder(1)
                .qdepth(4)
                .iopsLimit(500)
                .duration(Duration.ofSeconds(60))
                .cmdlog(true)
                .build();
    }

    /** Long enough for the view to look several times. */
    private static void runWorker() {
        var worker = sim.ask(c -> {
            var made = c.createWorker(workload());
            made.start();
            return made;
        });
        sim.window().pulses(30);
        sim.ask(c -> {
            worker.close();
            return true;
        });
    }
}
