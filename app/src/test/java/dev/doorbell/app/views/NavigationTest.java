package dev.doorbell.app.views;

import static org.assertj.core.api.Assertions.assertThat;

import dev.doorbell.app.controls.FieldTree;
import dev.doorbell.plugin.Perspective;
import dev.doorbell.spec.Hit;
import dev.doorbell.spec.IdentifySpec;
import dev.doorbell.spec.RegisterSpec;
import dev.doorbell.spec.StructureSpec;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import javafx.event.Event;
import javafx.scene.Node;
import javafx.scene.control.ComboBox;
import javafx.scene.control.TableView;
import javafx.scene.control.TextField;
import javafx.scene.input.KeyCode;
import javafx.scene.input.KeyEvent;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is found or clicked elsewhere opens where it stands. */
@Timeout(value = 180, unit = TimeUnit.SECONDS)
class NavigationTest {
    @TempDir
    static Path home;

    private static DrivenSim sim;

    @BeforeAll
    static void open() {
        sim = DrivenSim.open(home, Perspective.EXPLORE);
    }

    @AfterAll
    static void close() {
        sim.close();
    }

    /** Types into the palette and presses Enter. */
    private static void search(String query) {
        sim.run(() -> sim.workbench().actions().run("help.search"));
        var input = sim.find("#palette-input", TextField.class);
        sim.run(() -> input.setText(query));
        sim.window().pulses(2);
        sim.run(() -> {
            var enter = new KeyEvent(KeyEvent.KEY_PRESSED, "", "", KeyCode.ENTER, false, false, false, false);
            Event.fireEvent(input, enter);
        });
        sim.window().pulses(2);
    }

    private static boolean seen(String view) {
        return sim.lookup("#view-" + view)
                .filter(n -> n.getScene() != null && n.isVisible())
                .isPresent();
    }

    private static String chosenField(String view) {
        return sim.lookup("#view-" + view + " .field-tree")
                .map(FieldTree.class::cast)
                .flatMap(FieldTree::chosen)
                .map(r -> r.field().path())
                .orElse("");
    }

    @ParameterizedTest
    @CsvSource({
        "CSTS, registers, CSTS",
        "csts.rdy, registers, CSTS.RDY",
        "mqes, registers, CAP.MQES",
        "MDTS, identify, MDTS",
        "NSFEAT, identify, NSFEAT",
        "Composite Temperature, logpages, CTEMP",
        "cap 0x11, pciconfig, MSIX",
        "mxe, pciconfig, MSIX.MXC.MXE",
    })
    void theSearchLeadsToTheField(String query, String view, String path) {
        search(query);
        sim.until(
                query + " is chosen in " + view + ", which has chosen " + sim.get(() -> chosenField(view)),
                () -> seen(view) && chosenField(view).equals(path));
    }

    @Test
    void theSearchLeadsToLogPagesFeaturesCommandsAndStatusCodes() {
        search("lid 0x03");
        ComboBox<?> pages = sim.find("#log-chooser", ComboBox.class);
        sim.until("the firmware log", () -> String.valueOf(pages.getValue()).contains("lid=3,"));
        search("fid 7");
        TableView<?> features = sim.find("#feature-table", TableView.class);
        sim.until(
                "the queue feature",
                () -> String.valueOf(features.getSelectionModel().getSelectedItem())
                        .contains("fid=7,"));
        search("get log page");
        sim.until(
                "the command's form",
                () -> seen("command") && sim.lookup("#field-LID").isPresent());
        search("02/85");
        sim.until("the command log", () -> seen("cmdlog"));
        assertThat(sim.get(() ->
                        ((TextField) sim.lookup("#cmdlog-filter .text-field").orElseThrow()).getText()))
                .isEqualTo("status == 02/85");
    }

    /** Everything that a search finds has a view that shows it. */
    @Test
    void nothingIsFoundThatLeadsNowhere() {
        for (var word : new String[] {"a", "e", "0x02", "status", "range", "header"}) {
            for (Hit hit : sim.workbench().catalogue().search(word, 300)) {
                boolean owned = !(hit.owner() instanceof StructureSpec s)
                        || s.id().startsWith("pci-")
                        || s.id().startsWith("feature-");
                assertThat(owned).as(hit.toString()).isTrue();
            }
        }
    }

    @Test
    void aNamespaceOfDevicesOpensInIdentifyAndLogPages() {
        sim.run(() -> sim.workbench().navigation().open("identify", "ns 2"));
        ComboBox<?> chooser = sim.find("#identify-chooser", ComboBox.class);
        sim.until("namespace 2", () -> String.valueOf(chooser.getValue()).startsWith("Namespace 2"));
        sim.run(() -> sim.workbench().navigation().open("logpages", "ns 2"));
        sim.until(
                "the page of namespace 2",
                () -> sim.session().history().all("log/2/2").isEmpty()
                        && sim.wordsIn("#view-logpages").stream().anyMatch(t -> t.contains("could not be read")));
        sim.run(() -> sim.workbench().navigation().open("identify", "ns 1"));
    }

    @Test
    void aQueueOfDevicesOpensItsCommands() {
        sim.run(() -> sim.workbench().navigation().open("cmdlog", "q1"));
        sim.window().pulses(2);
        assertThat(sim.get(() ->
                        ((TextField) sim.lookup("#cmdlog-filter .text-field").orElseThrow()).getText()))
                .isEqualTo("q == 1");
        sim.run(() -> sim.workbench().navigation().open("cmdlog", "admin"));
        sim.window().pulses(2);
        assertThat(sim.get(() -> ((ComboBox<?>) sim.lookup("#cmdlog-queues").orElseThrow())
                        .getSelectionModel()
                        .getSelectedIndex()))
                .isEqualTo(1);
    }

    @Test
    void theWayBackLeadsToTheFieldInItsStructure() {
        var catalogue = sim.workbench().catalogue();
        IdentifySpec controller = catalogue.identify(1, 0).orElseThrow();
        RegisterSpec cc = catalogue.register("CC").orElseThrow();
        sim.run(() -> sim.workbench().navigation().open("identify", hit("MDTS")));
        sim.until("MDTS", () -> chosenField("identify").equals("MDTS"));
        sim.run(() -> sim.workbench().navigation().open("identify", "ns 1"));
        sim.run(() -> sim.workbench().navigation().open("registers", cc));
        sim.until("CC", () -> chosenField("registers").equals("CC"));
        sim.run(() -> sim.workbench().navigation().back());
        ComboBox<?> chooser = sim.find("#identify-chooser", ComboBox.class);
        sim.until("namespace 1", () -> String.valueOf(chooser.getValue()).startsWith("Namespace 1"));
        sim.run(() -> sim.workbench().navigation().back());
        sim.until(
                controller.title() + " with MDTS",
                () -> String.valueOf(chooser.getValue()).startsWith("Controller")
                        && chosenField("identify").equals("MDTS"));
    }

    private static Hit hit(String name) {
        return sim.workbench().catalogue().search(name, 1).getFirst();
    }

    @ParameterizedTest
    @CsvSource({
        "identify, TRAFFIC, command-catalogue",
        "command, TRAFFIC, command-catalogue",
        "command, TEST, command-catalogue",
        "command, EXPLORE, command-catalogue",
        "identify, EXPLORE, command-catalogue",
        "command, TRAFFIC, command",
        "command, TEST, inspector"
    })
    void aViewOpensFromAnotherPerspective(String before, Perspective from, String view) {
        sim.show(before);
        sim.run(() -> sim.workbench().navigation().show(from));
        sim.window().pulses(4);
        sim.run(() -> sim.workbench().actions().run("view.open." + view));
        sim.window().pulses(8);
        assertThat(sim.get(() -> seen(view))).as(view + " is in sight").isTrue();
        Node body = sim.get(() -> sim.lookup("#view-" + view).orElseThrow());
        assertThat(sim.<Boolean>get(() -> body.getBoundsInParent().getWidth() > 50))
                .isTrue();
    }
}
