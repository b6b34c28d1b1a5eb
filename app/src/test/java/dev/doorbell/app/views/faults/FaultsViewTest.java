package dev.doorbell.app.views.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.doorbell.app.views.DrivenSim;
import dev.doorbell.driver.FaultPlan;
import dev.doorbell.driver.Simulator.FaultState;
import dev.doorbell.plugin.DeviceSession;
import dev.doorbell.plugin.Perspective;
import java.nio.file.Files;
import java.nio.file.Path;
import javafx.scene.control.ComboBox;
import javafx.scene.control.Label;
import javafx.scene.control.MenuButton;
import javafx.scene.control.TableView;
import javafx.scene.control.TextField;
import javafx.scene.control.ToggleButton;
import javafx.scene.input.KeyCode;
import javafx.scene.input.KeyEvent;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The Faults view on a simulated SSD: what is chosen there goes wrong, and can be seen and taken back. */
@Timeout(300)
class FaultsViewTest {
    @TempDir
    Path home;

    private DrivenSim sim;
    private TableView<?> table;

    @BeforeEach
    void open() {
        sim = DrivenSim.open(home, Perspective.TEST, true, 1280, 800, 1);
        sim.show("faults");
        table = sim.find("#faults-table", TableView.class);
    }

    @AfterEach
    void close() {
        sim.close();
    }

    private FaultState plan() {
        return sim.session().faults().getValue().orElseThrow();
    }

    private void preset(String key) {
        var menu = sim.find("#faults-presets", MenuButton.class);
        sim.run(() -> menu.getItems().stream()
                .filter(item -> ("preset-" + key).equals(item.getId()))
                .findFirst()
                .orElseThrow()
                .fire());
    }

    private void type(String selector, String text) {
        var field = sim.find(selector, TextField.class);
        sim.run(() -> field.setText(text));
    }

    private void key(String selector, KeyCode code) {
        var node = sim.find(selector, javafx.scene.Node.class);
        sim.run(() -> node.fireEvent(new KeyEvent(KeyEvent.KEY_PRESSED, "", "", code, false, false, false, false)));
        sim.window().pulses(2);
    }

    private void untilRules(int count) {
        sim.until(count + " rules in the table", () -> table.getItems().size() == count);
    }

    @Test
    void aPresetGoesIntoForceAndItsHitsAreCounted() {
        assertThat(sim.words("#faults-table")).contains("Add rule");
        preset("mediaErrors");
        untilRules(1);
        sim.until(
                "the status bar warns",
                () -> sim.lookup("#status-faults").orElseThrow().isVisible());
        sim.until(
                "the device chip warns",
                () -> sim.lookup("#device-faulty").orElseThrow().isVisible());
        String status = sim.ask(c -> {
            var qpair = c.createQpair(8);
            try (var data = c.device().allocate(4096)) {
                return c.namespace(1).read(qpair, data, 1000, 1).statusCode();
            } finally {
                qpair.close();
            }
        });
        assertThat(status).isEqualTo("02/81");
        sim.until("the hit is shown", () -> sim.wordsIn("#faults-table").contains("1"));

        key("#faults-table", KeyCode.DOWN);
        sim.run(() -> table.getSelectionModel().select(0));
        key("#faults-table", KeyCode.SPACE);
        sim.until("the rule is off", () -> !plan().rules().getFirst().rule().enabled());
        sim.until(
                "the warning is gone",
                () -> !sim.lookup("#status-faults").orElseThrow().isVisible());
        key("#faults-table", KeyCode.DELETE);
        untilRules(0);
    }

    @Test
    void aRuleIsMadeInTheFormAndItsTextFollows() {
        sim.press("#faults-add");
        @SuppressWarnings("unchecked")
        ComboBox<RuleDraft.Trigger> trigger = sim.find("#faults-trigger", ComboBox.class);
        @SuppressWarnings("unchecked")
        ComboBox<RuleDraft.Effect> effect = sim.find("#faults-effect", ComboBox.class);
        sim.run(() -> {
            trigger.setValue(RuleDraft.Trigger.ADMIN);
            effect.setValue(RuleDraft.Effect.STATUS);
        });
        type("#faults-value", "0/0x06 dnr");
        type("#faults-times", "none");
        Label reason = sim.find("#faults-reason", Label.class);
        String why = sim.get(reason::getText);
        assertThat(why).contains("'times=none'");
        assertThat(sim.find("#faults-take", javafx.scene.control.Button.class).isDisabled())
                .isTrue();
        type("#faults-times", "2");
        TextField text = sim.find("#faults-text", TextField.class);
        sim.run(() -> ((ComboBox<?>) sim.lookup("#faults-opcode").orElseThrow())
                .getEditor()
                .setText("identify"));
        String made = sim.get(text::getText);
        assertThat(made).isEqualTo("admin opcode=identify times=2 then status=0/0x06 dnr");
        sim.press("#faults-take");
        untilRules(1);
        sim.until("the form is gone", () -> sim.lookup("#faults-form").isEmpty());

        /* The text is typed, the fields follow; Escape gives up. */
        sim.run(() -> table.getSelectionModel().select(0));
        key("#faults-table", KeyCode.ENTER);
        type("#faults-text", "enable times=1 then stuck");
        RuleDraft.Trigger shownTrigger = sim.get(trigger::getValue);
        assertThat(shownTrigger).isEqualTo(RuleDraft.Trigger.ENABLE);
        RuleDraft.Effect shownEffect = sim.get(effect::getValue);
        assertThat(shownEffect).isEqualTo(RuleDraft.Effect.STUCK);
        key("#faults-form", KeyCode.ESCAPE);
        sim.until("the form is gone", () -> sim.lookup("#faults-form").isEmpty());
        assertThat(plan().plan().text()).isEqualTo("admin opcode=identify times=2 then status=0/0x06 dnr");
    }

    @Test
    void aRemovedDeviceIsBackWhenThePlanIsSwitchedOff() {
        preset("removal");
        sim.until("the device is lost", () -> sim.session().state().getValue() == DeviceSession.State.LOST);
        sim.until("it is said in the view", () -> plan().hits() == 1);
        var power = sim.find("#faults-power", ToggleButton.class);
        sim.run(power::fire);
        sim.until("the device is back", () -> sim.session().state().getValue() == DeviceSession.State.DISABLED);
        sim.until("the switch says so", () -> power.getText().equals("Faults off"));
        sim.ask(c -> {
            c.initialise();
            return true;
        });
        sim.until("it is ready again", () -> sim.session().state().getValue() == DeviceSession.State.READY);
        sim.run(power::fire);
        sim.until("it goes again", () -> sim.session().state().getValue() == DeviceSession.State.LOST);
        sim.run(power::fire);
        sim.until("and comes back", () -> sim.session().state().getValue() == DeviceSession.State.DISABLED);
    }

    @Test
    void plansComeFromFilesAndWrongOnesAreRefusedWithTheReason() throws Exception {
        Path file = home.resolve("slow.faults");
        Files.writeString(file, "# slow\nseed=7\nopcode=read then delay=1ms\noff any then drop\n");
        sim.run(() -> sim.workbench().navigation().open("faults", file));
        untilRules(2);
        assertThat(plan().plan()).isEqualTo(FaultPlan.parse(Files.readString(file)));
        Files.writeString(file, "io then explode\n");
        sim.run(() -> sim.workbench().navigation().open("faults", file));
        sim.until(
                "the reason is shown",
                () -> sim.wordsIn(".faults-view").stream().anyMatch(word -> word.contains("'explode'")));
        assertThat(plan().rules()).hasSize(2);
    }

    @Test
    void withoutASimulatorTheViewSaysWhyItIsEmpty() {
        sim.run(() -> sim.workbench().close(sim.session()));
        sim.until(
                "the reason is shown",
                () -> sim.wordsIn(".faults-view").stream().anyMatch(word -> word.contains("No device is open")));
        assertThat(sim.find("#faults-add", javafx.scene.control.Button.class).isDisabled())
                .isTrue();
    }

    /** Pictures for the eye, with {@code -Ddoorbell.pictures=folder}; the window must fit in either theme. */
    @Test
    void itFitsASmallWindow() {
        preset("slowReads");
        preset("mediaErrors");
        preset("dropEvery");
        untilRules(3);
        String folder = System.getProperty("doorbell.pictures", "");
        if (!folder.isEmpty()) {
            sim.window().snapshot(Path.of(folder, "faults-table-dark.png"));
        }
        for (String selector : new String[] {"#faults-power", "#faults-add", "#faults-presets", "#faults-more"}) {
            var node = sim.find(selector, javafx.scene.control.Labeled.class);
            double width = sim.get(node::getWidth);
            double wanted = sim.get(() -> node.prefWidth(-1));
            assertThat(width).as(selector).isGreaterThanOrEqualTo(wanted - 1);
        }
        sim.run(() -> table.getSelectionModel().select(1));
        key("#faults-table", KeyCode.ENTER);
        sim.until(
                "the form stands in for the table",
                () -> sim.lookup("#faults-table").isEmpty());
        sim.window().pulses(3);
        if (!folder.isEmpty()) {
            sim.window().snapshot(Path.of(folder, "faults-small-dark.png"));
            sim.run(() -> sim.workbench().actions().run("window.theme"));
            sim.window().snapshot(Path.of(folder, "faults-small-light.png"));
        }
        sim.window().resize(1600, 1000);
        sim.until("both are there", () -> sim.lookup("#faults-table").isPresent());
        if (!folder.isEmpty()) {
            sim.window().snapshot(Path.of(folder, "faults-large-light.png"));
        }
        assertThat(sim.problems()).isEmpty();
    }
}
