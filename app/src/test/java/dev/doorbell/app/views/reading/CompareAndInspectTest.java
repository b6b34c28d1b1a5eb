package dev.doorbell.app.views.reading;

import static org.assertj.core.api.Assertions.assertThat;

import dev.doorbell.app.controls.FieldTree;
import dev.doorbell.app.controls.HexView;
import dev.doorbell.app.controls.ToggleChip;
import dev.doorbell.app.views.DrivenSim;
import dev.doorbell.plugin.DeviceSession;
import dev.doorbell.plugin.Perspective;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import javafx.event.Event;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.MenuButton;
import javafx.scene.control.MenuItem;
import javafx.scene.control.TextField;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Comparing readings and devices, and what the Inspector makes of a chosen field. */
@Timeout(value = 240, unit = TimeUnit.SECONDS)
class CompareAndInspectTest {
    private static final int INTMS = 0x0c;
    private static final int INTMC = 0x10;

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

    @BeforeEach
    void follow() {
        sim.run(() -> {
            sim.session().shield().set(false);
            sim.workbench().device().set(sim.session());
        });
    }

    private static FieldTree tree(String view) {
        return (FieldTree) sim.lookup("#view-" + view + " .field-tree").orElseThrow();
    }

    private static void go(String view, String path) {
        sim.run(() -> sim.workbench().navigation().open(view, path));
        sim.until(
                path + " is chosen",
                () -> sim.lookup("#view-" + view + " .field-tree").isPresent()
                        && tree(view)
                                .chosen()
                                .filter(r -> r.field().path().equals(path))
                                .isPresent());
    }

    /** Opens the menu of what to compare with, as a click does, and takes what is called so. */
    private static void compare(String view, String with) {
        var menu = sim.find("#view-" + view + " .compare-menu", MenuButton.class);
        sim.run(() -> {
            Event.fireEvent(menu, new Event(MenuButton.ON_SHOWING));
            MenuItem item = menu.getItems().stream()
                    .filter(i -> with.equals(i.getText()))
                    .findFirst()
                    .orElseThrow();
            item.fire();
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"sim:size=64MiB,ns=1", "qemu:"})
    void anotherDevicesDifferencesAreTintedAndCounted(String address) {
        go("identify", "VID");
        DeviceSession other = sim.add(address);
        sim.run(() -> sim.workbench().device().set(sim.session()));
        go("identify", "NN");
        compare("identify", other.name());
        sim.until("differences", () -> tree("identify").changesProperty().get() > 0);
        byte[] mine = sim.ask(c -> c.identifyController());
        byte[] theirs = sim.wait(sim.get(() -> other.ask(c -> c.identifyController())));
        var hex = (HexView) sim.find("#view-identify .hex-view", Node.class);
        var tinted = sim.get(hex::changedBytes);
        for (int i = 0; i < mine.length; i++) {
            assertThat(tinted.get(i)).as("byte " + i).isEqualTo(mine[i] != theirs[i]);
        }
        assertThat(sim.words("#view-identify")).anyMatch(t -> t.endsWith(" changed"));
        compare("identify", "last refresh");
        sim.wait(sim.get(() -> sim.workbench().close(other)));
    }

    private static void refreshRegisters() {
        int before = sim.session().history().all("registers").size();
        var pane = sim.find("#view-registers .reading-pane", ReadingPane.class);
        sim.run(pane::refresh);
        sim.until(
                "registers are read",
                () -> sim.session().history().all("registers").size() > before);
        sim.window().pulses(2);
    }

    @Test
    void anEarlierReadingIsComparedWith() {
        go("registers", "CSTS");
        refreshRegisters();
        sim.ask(c -> {
            c.device().registers().write32(INTMS, 1);
            return true;
        });
        refreshRegisters();
        assertThat(sim.get(() -> tree("registers").changesProperty().get())).isPositive();
        refreshRegisters();
        assertThat(sim.get(() -> tree("registers").changesProperty().get())).isZero();

        var menu = sim.find("#view-registers .compare-menu", MenuButton.class);
        sim.run(() -> {
            Event.fireEvent(menu, new Event(MenuButton.ON_SHOWING));
            // After those that are always there, the latest of the earlier readings first: the second is the one before
            // the write.
            menu.getItems().stream()
                    .filter(i -> i.getText() != null && i.getText().startsWith("reading of"))
                    .skip(1)
                    .findFirst()
                    .orElseThrow()
                    .fire();
        });
        sim.until(
                "what differs from then",
                () -> tree("registers").changesProperty().get() > 0);
        compare("registers", "no comparison");
        sim.until("nothing is marked", () -> tree("registers").changesProperty().get() == 0);
        compare("registers", "last refresh");
        sim.ask(c -> {
            c.device().registers().write32(INTMC, 1);
            return true;
        });
    }

    private static void inspects(String title) {
        sim.until(
                "the Inspector shows " + title,
                () -> sim.wordsIn("#view-inspector").contains(title));
    }

    @Test
    void theInspectorGoesBackAndForwardAndStaysWhenPinned() {
        go("registers", "CC");
        inspects("Controller Configuration");
        go("registers", "CSTS");
        inspects("Controller Status");
        sim.press("#inspector-back");
        inspects("Controller Configuration");
        sim.press("#inspector-forward");
        inspects("Controller Status");
        var pin = sim.find("#inspector-pin", ToggleChip.class);
        sim.run(() -> pin.setSelected(true));
        go("registers", "CAP");
        sim.window().pulses(2);
        inspects("Controller Status");
        sim.run(() -> pin.setSelected(false));
        inspects("Controller Capabilities");
    }

    @Test
    void theInspectorWritesBehindTheShieldOnlyWhenItIsLiftedAndSaysWhatItWas() {
        go("registers", "INTMS");
        sim.until("it is inspected", () -> sim.lookup("#inspector-write").isPresent());
        sim.run(() -> sim.session().shield().set(true));
        sim.press("#inspector-write");
        assertThat(sim.find("#view-inspector #write-go", Button.class).isDisabled())
                .isTrue();
        sim.run(() -> sim.session().shield().set(false));
        var value = sim.find("#view-inspector #write-value", TextField.class);
        sim.run(() -> value.setText("0x2"));
        sim.press("#view-inspector #write-go");
        sim.until("what it was", () -> sim.lookup("#inspector-was").isPresent());
        assertThat(sim.<Integer>ask(c -> c.device().registers().read32(INTMS)) & 2)
                .isEqualTo(2);
        sim.ask(c -> {
            c.device().registers().write32(INTMC, 2);
            return true;
        });
    }
}
