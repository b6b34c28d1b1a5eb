package dev.doorbell.app.views.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.doorbell.app.controls.FieldTree;
import dev.doorbell.app.controls.HexView;
import dev.doorbell.app.views.DrivenSim;
import dev.doorbell.driver.CmdLog;
import dev.doorbell.plugin.DeviceSession;
import dev.doorbell.plugin.Perspective;
import dev.doorbell.spec.CommandSpec.Queue;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javafx.css.PseudoClass;
import javafx.event.Event;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.CheckBox;
import javafx.scene.control.CheckMenuItem;
import javafx.scene.control.ComboBox;
import javafx.scene.control.Labeled;
import javafx.scene.control.MenuButton;
import javafx.scene.control.TextField;
import javafx.scene.control.TreeItem;
import javafx.scene.input.KeyCode;
import javafx.scene.input.KeyEvent;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Building and sending commands as a user does, in a real window on the simulated SSD. */
@Timeout(value = 180, unit = TimeUnit.SECONDS)
class CommandViewsTest {
    private static final PseudoClass STRANGE = PseudoClass.getPseudoClass("strange");

    @TempDir
    static Path home;

    private static DrivenSim sim;
    private static CommandDesk desk;

    @BeforeAll
    static void open() {
        sim = DrivenSim.open(home, Perspective.EXPLORE);
        sim.show("command");
        desk = sim.get(() -> sim.workbench().shared(CommandDesk.class, CommandDesk::new));
    }

    @AfterAll
    static void close() {
        sim.close();
    }

    @BeforeEach
    void fresh() {
        sim.run(() -> {
            sim.session().shield().set(false);
            desk.target().set(Target.DEFAULT);
            sim.workbench().problems().clear();
        });
        choose(Queue.ADMIN, 0x06);
        sim.show("command");
    }

    private static void choose(Queue queue, int opcode) {
        sim.run(() -> desk.choose(desk.catalogue().command(queue, opcode).orElseThrow()));
        sim.window().pulses(2);
    }

    private static void type(String selector, String text) {
        var field = sim.find(selector, TextField.class);
        sim.run(() -> field.setText(text));
        sim.window().pulses(2);
    }

    private static String typed(String selector) {
        var field = sim.find(selector, TextField.class);
        return sim.get(field::getText);
    }

    private static boolean marked(String selector) {
        var node = sim.find(selector, Node.class);
        return sim.get(() -> node.getPseudoClassStates().contains(STRANGE));
    }

    private static int sent() {
        return sim.get(() -> desk.history().size());
    }

    /** Presses Send and waits for what comes of it. */
    private static Outcome send() {
        int before = sent();
        sim.press("#command-send");
        sim.until("an outcome", () -> desk.history().size() > before);
        sim.window().pulses(2);
        return sim.get(() -> desk.outcome().get());
    }

    private static List<String> result() {
        return sim.words(".command-result");
    }

    private static long formats() {
        return sim.ask(c -> {
            CmdLog log = c.admin().cmdLog();
            return log.read(Math.max(0, log.nextSequence() - log.capacity()), log.capacity()).stream()
                    .filter(e -> e.opcode() == 0x80)
                    .count();
        });
    }

    @Test
    void theCatalogueFindsGetLogPageAndItsFieldsAppear() {
        assertThat(sim.get(() -> sim.lookup("#field-CNS"))).isPresent();
        var filter = sim.find("#command-filter", TextField.class);
        sim.run(() -> {
            filter.setText("get log");
            Event.fireEvent(
                    filter, new KeyEvent(KeyEvent.KEY_PRESSED, "", "", KeyCode.DOWN, false, false, false, false));
            filter.setText("");
        });
        sim.until("the fields of Get Log Page", () -> sim.lookup("#field-LID").isPresent());
        assertThat(sim.get(() -> sim.lookup("#field-NUMD"))).isPresent();
        assertThat(sim.get(() -> sim.lookup("#field-CNS"))).isEmpty();
        assertThat(sim.words(".command-view")).contains("Get Log Page");
        assertThat(typed("#dword-10")).isEqualTo("007f0002");
    }

    @Test
    void aFieldChangesItsDwordAndTheDwordChangesTheField() {
        choose(Queue.ADMIN, 0x02);
        type("#field-LSP .text-field", "5");
        assertThat(typed("#dword-10")).isEqualTo("007f0502");

        type("#dword-10", "007f0a02");
        assertThat(typed("#field-LSP .text-field")).isEqualTo("0x0a");

        ComboBox<?> page = sim.find("#field-LID .combo-box", ComboBox.class);
        sim.run(() -> page.getSelectionModel().selectFirst());
        sim.window().pulses(2);
        int low = Integer.parseUnsignedInt(typed("#dword-10").substring(6), 16);
        assertThat((long) low).isEqualTo(sim.get(page::getValue));

        type("#dword-10", "007f0a03");
        assertThat(sim.<Object>get(page::getValue)).isEqualTo(3L);
    }

    @Test
    void whatIsNoNumberIsMarkedAndNotSent() {
        choose(Queue.ADMIN, 0x02);
        type("#dword-12", "xyz");
        assertThat(marked("#dword-12")).isTrue();
        type("#field-LSP .text-field", "0xff");
        assertThat(marked("#field-LSP")).isTrue();
        assertThat(sim.words("#field-LSP")).anyMatch(t -> t.contains("7 bits"));

        Outcome outcome = send();
        assertThat(outcome.draft().dword(12)).isZero();
        assertThat(outcome.draft().dword(10)).isEqualTo(0x007f0002);

        type("#field-LSP .text-field", "1");
        assertThat(marked("#field-LSP")).isFalse();
        sim.until(
                "the dword stands as it was sent",
                () -> !sim.lookup("#dword-12")
                        .orElseThrow()
                        .getPseudoClassStates()
                        .contains(STRANGE));
        assertThat(typed("#dword-12")).isEqualTo("00000000");
    }

    @Test
    void reservedBitsAreMarkedAndSentAsTheyAre() {
        choose(Queue.ADMIN, 0x02);
        type("#dword-15", "00000001");
        assertThat(sim.words(".command-form")).anyMatch(t -> t.contains("CDW15") && t.contains("0x00000001"));
        assertThat(send().draft().dword(15)).isEqualTo(1);
    }

    @Test
    void sendShowsStatusDecodedDataAndBytes() {
        choose(Queue.ADMIN, 0x02);
        Outcome outcome = send();
        assertThat(result()).contains("as expected").anyMatch(t -> t.contains("Success") && t.contains("00/00"));

        var tree = (FieldTree) sim.find(".command-result .tree-table-view", Node.class);
        assertThat(sim.get(() -> tree.getRoot().getChildren().stream()
                        .map(TreeItem::getValue)
                        .map(row -> row.field().name())
                        .toList()))
                .contains("CW", "CTEMP");
        var hex = (HexView) sim.find(".command-result .hex-view", Node.class);
        assertThat(sim.get(hex::getData)).hasSize(512).isEqualTo(outcome.data());
        assertThat(result()).contains("DW3 24:17");
    }

    @Test
    void aFailedCommandSaysWhyAndThatItWasNotExpected() {
        choose(Queue.IO, 0x02);
        type("#field-SLBA .text-field", "0x7fffffff");
        send();
        assertThat(result())
                .contains("LBA Out of Range 00/80", "not the expected status")
                .anyMatch(t -> t.contains("holds no data"));

        sim.run(() -> desk.target().set(Target.DEFAULT.expectedStatus(0x80)));
        send();
        assertThat(result()).contains("LBA Out of Range 00/80", "as expected");
    }

    @Test
    void formatIsSentOnlyAfterItWasConfirmed() {
        choose(Queue.ADMIN, 0x80);
        long before = formats();
        sim.press("#command-send");
        assertThat(sim.words("#command-question")).anyMatch(t -> t.contains("Send Format NVM to sim0?"));
        sim.press("#banner-dismiss");
        assertThat(sim.get(() -> sim.lookup("#command-question"))).isEmpty();
        assertThat(formats()).isEqualTo(before);

        sim.press("#command-send");
        int history = sent();
        sim.press("#banner-main");
        sim.until("the format has ended", () -> desk.history().size() > history);
        assertThat(formats()).isEqualTo(before + 1);
        assertThat(sim.get(() -> sim.lookup("#command-question"))).isEmpty();
    }

    @Test
    void anotherCommandTakesTheQuestionAway() {
        choose(Queue.ADMIN, 0x80);
        sim.press("#command-send");
        assertThat(sim.get(() -> sim.lookup("#command-question"))).isPresent();
        choose(Queue.ADMIN, 0x06);
        assertThat(sim.get(() -> sim.lookup("#command-question"))).isEmpty();
    }

    @Test
    void theShieldRefusesAWriteAndOffersToBeLifted() {
        sim.run(() -> sim.session().shield().set(true));
        choose(Queue.IO, 0x01);
        int before = sent();
        sim.press("#command-send");
        assertThat(sim.words("#command-question")).anyMatch(t -> t.contains("behind its shield"));
        assertThat(sent()).isEqualTo(before);

        sim.press("#banner-main");
        sim.until("the write was sent", () -> desk.history().size() > before);
        assertThat(sim.get(() -> sim.session().shielded())).isFalse();
    }

    @Test
    void theShieldLetsReadsThrough() {
        sim.run(() -> sim.session().shield().set(true));
        choose(Queue.IO, 0x02);
        assertThat(send().completion().isSuccess()).isTrue();
    }

    @Test
    void theHistoryBringsAnEarlierOutcomeBack() {
        Outcome identify = send();
        choose(Queue.ADMIN, 0x02);
        send();
        assertThat(sim.get(
                        () -> ((HexView) sim.lookup(".command-result .hex-view").orElseThrow()).getData()))
                .hasSize(512);
        sim.run(() -> sim.window().window().stage().getScene().getRoot().lookupAll(".history-chip").stream()
                .map(Button.class::cast)
                .filter(b -> b.getText().equals("Identify"))
                .findFirst()
                .orElseThrow()
                .fire());
        sim.window().pulses(2);
        assertThat(sim.get(
                        () -> ((HexView) sim.lookup(".command-result .hex-view").orElseThrow()).getData()))
                .isEqualTo(identify.data());
        assertThat(sim.get(() -> ((Labeled) sim.lookup("#result-status").orElseThrow()).getText()))
                .isEqualTo("Success 00/00");
    }

    @Test
    void ioCommandsShareOneQueueThatIsMadeWhenNeeded() {
        choose(Queue.IO, 0x02);
        send();
        int queues = sim.ask(c -> c.qpairs().size());
        send();
        send();
        assertThat(sim.<Integer>ask(c -> c.qpairs().size())).isEqualTo(queues).isEqualTo(2);
    }

    @Test
    void closingADeviceThatTheDeskHasAQueueOnIsNoFault() {
        DeviceSession second = sim.add("sim:size=64MiB");
        choose(Queue.IO, 0x02);
        assertThat(send().device()).isEqualTo(second.name());
        sim.wait(sim.get(() -> sim.workbench().close(second)));
        sim.until(
                "the first device is the current one",
                () -> sim.workbench().device().get() == sim.session());
        sim.window().pulses(5);
        assertThat(sim.problems()).isEmpty();
    }

    @Test
    void writesToTheSimulatorAskOnlyWhenWished() {
        choose(Queue.IO, 0x01);
        type("#field-SLBA .text-field", "100");
        assertThat(send().completion().isSuccess()).isTrue();

        MenuButton asking = sim.find("#command-asking", MenuButton.class);
        var simulated = (CheckMenuItem) asking.getItems().getFirst();
        sim.run(() -> simulated.setSelected(true));
        int before = sent();
        sim.press("#command-send");
        assertThat(sim.words("#command-question"))
                .contains("Send Write to sim0?", "Logical blocks 100 to 107 (4 KiB) of namespace 1")
                .anyMatch(t -> t.contains("SLBA") && t.contains("100"));
        assertThat(sent()).isEqualTo(before);

        var never = sim.find("#command-never-ask", CheckBox.class);
        sim.run(() -> never.setSelected(true));
        sim.press("#banner-main");
        sim.until("the write was sent", () -> desk.history().size() == before + 1);
        assertThat(send().completion().isSuccess()).isTrue();

        sim.run(() -> asking.getItems().getLast().fire());
        sim.press("#command-send");
        assertThat(sim.get(() -> sim.lookup("#command-question"))).isPresent();
        sim.press("#banner-dismiss");
        sim.run(() -> simulated.setSelected(false));
    }

    /** Which commands ask is the catalogue's to say. */
    @Test
    void aFeatureThatCannotBeTakenBackAsksAndAnOrdinaryOneDoesNot() {
        choose(Queue.ADMIN, 0x09);
        type("#dword-10", "00000084");
        int before = sent();
        sim.press("#command-send");
        assertThat(sim.words("#command-question")).anyMatch(t -> t.contains("cannot be taken back"));
        assertThat(sent()).isEqualTo(before);
        sim.press("#banner-dismiss");

        type("#dword-10", "00000006");
        type("#dword-11", "00000001");
        assertThat(send().completion().isSuccess()).isTrue();
    }
}
