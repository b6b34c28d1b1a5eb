package dev.doorbell.app.views.features;

import static org.assertj.core.api.Assertions.assertThat;

import dev.doorbell.app.controls.FieldTree;
import dev.doorbell.app.controls.HexRange;
import dev.doorbell.app.controls.HexView;
import dev.doorbell.app.controls.Segmented;
import dev.doorbell.app.controls.ToggleChip;
import dev.doorbell.app.views.DrivenSim;
import dev.doorbell.app.views.reading.NamespaceChooser;
import dev.doorbell.app.views.reading.NamespaceId;
import dev.doorbell.driver.CmdLog;
import dev.doorbell.driver.Controller;
import dev.doorbell.driver.Controller.Select;
import dev.doorbell.plugin.DeviceSession;
import dev.doorbell.plugin.Perspective;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javafx.event.Event;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.TableView;
import javafx.scene.control.TextField;
import javafx.scene.input.KeyCode;
import javafx.scene.input.KeyEvent;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Reading and setting features as a user does. */
@Timeout(value = 180, unit = TimeUnit.SECONDS)
class FeaturesViewTest {
    private static final int LBA_RANGES = 0x03;
    private static final int WRITE_CACHE = 0x06;
    private static final int TIMESTAMP = 0x0e;
    private static final int RECOVERY_LEVEL = 0x12;
    private static final int HOST_ID = 0x81;
    private static final int WRITE_PROTECTION = 0x84;

    @TempDir
    static Path home;

    private static DrivenSim sim;

    @BeforeAll
    static void open() {
        sim = DrivenSim.open(home, Perspective.EXPLORE);
        sim.show("features");
        sim.until("features are read", () -> rows().stream().anyMatch(f -> !f.isAbsent()));
        assertThat(sim.<Long>ask(FeaturesViewTest::refused)).isZero();
    }

    @AfterAll
    static void close() {
        sim.close();
    }

    @BeforeEach
    void unshielded() {
        var present = sim.find("#feature-present", ToggleChip.class);
        sim.run(() -> {
            sim.session().shield().set(false);
            present.setSelected(false);
        });
    }

    @SuppressWarnings("unchecked")
    private static TableView<FeatureValues> table() {
        return (TableView<FeatureValues>) sim.lookup("#feature-table").orElseThrow();
    }

    private static List<FeatureValues> rows() {
        return List.copyOf(table().getItems());
    }

    /** Back to the view, wherever the test before went. */
    private static void choose(int fid) {
        sim.run(() -> sim.workbench().navigation().open("features", fid));
        sim.window().pulses(2);
        assertThat(sim.get(() ->
                        table().getSelectionModel().getSelectedItem().spec().fid()))
                .isEqualTo(fid);
    }

    private static long refused(Controller c) {
        CmdLog log = c.admin().cmdLog();
        return log.read(Math.max(0, log.nextSequence() - log.capacity()), log.capacity()).stream()
                .filter(e -> e.opcode() == 0x0a && e.done() && e.statusField() != 0)
                .count();
    }

    private static void refresh(DeviceSession session, String key) {
        int before = session.history().all(key).size();
        sim.run(() -> sim.workbench().actions().run("view.refresh"));
        sim.until(key + " is read again", () -> session.history().all(key).size() > before);
        sim.window().pulses(2);
    }

    private static FieldTree tree() {
        return (FieldTree) sim.lookup("#feature-editor .field-tree").orElseThrow();
    }

    private static void type(String path, String value) {
        sim.until(path + " is there", () -> tree().choose(path));
        var input = sim.find("#feature-editor-value", TextField.class);
        sim.run(() -> input.setText(value));
        sim.window().pulses(1);
    }

    @Test
    void whatTheDeviceDoesNotListIsShownAndNotAskedFor() {
        long before = sim.ask(FeaturesViewTest::refused);
        refresh(sim.session(), "feature/7/0");
        assertThat(sim.<Long>ask(FeaturesViewTest::refused)).isEqualTo(before);
        choose(RECOVERY_LEVEL);
        assertThat(sim.words("#view-features")).anyMatch(t -> t.contains("does not list Read Recovery Level Config"));
        assertThat(sim.find("#feature-set", Button.class).isDisabled()).isTrue();

        var present = sim.find("#feature-present", ToggleChip.class);
        sim.run(() -> present.setSelected(true));
        assertThat(sim.get(() -> rows())).noneMatch(FeatureValues::isAbsent).hasSizeGreaterThan(10);
    }

    @Test
    void anAbsentFeatureCanBeAskedForAllTheSame() {
        long before = sim.ask(FeaturesViewTest::refused);
        choose(RECOVERY_LEVEL);
        sim.run(() -> sim.lookup("#view-features .empty-state .button")
                .map(Button.class::cast)
                .orElseThrow()
                .fire());
        sim.until(
                "the device says no",
                () -> sim.wordsIn("#view-features").stream().anyMatch(t -> t.contains("Invalid Field")));
        long after = sim.ask(FeaturesViewTest::refused);
        assertThat(after).isEqualTo(before + 1);
        refresh(sim.session(), "feature/7/0");
        assertThat(sim.<Long>ask(FeaturesViewTest::refused)).isEqualTo(after);
    }

    @Test
    void aNamespacesFeaturesAreReadOfTheChosenOne() {
        var chooser = sim.find("#feature-namespace", NamespaceChooser.class);
        assertThat(sim.session().history().latest("feature/3/1")).isPresent();
        sim.run(() -> chooser.choose(new NamespaceId(2)));
        sim.until(
                "namespace 2",
                () -> sim.session().history().latest("feature/3/2").isPresent());
        sim.window().pulses(2);
        choose(LBA_RANGES);
        assertThat(sim.get(() -> table().getSelectionModel().getSelectedItem().nsid()))
                .isEqualTo(2);
        sim.run(() -> chooser.choose(new NamespaceId(1)));
        refresh(sim.session(), "feature/3/1");
    }

    @Test
    void aFeatureWithDataIsSetFieldByField() {
        choose(TIMESTAMP);
        sim.press("#feature-set");
        type("TS", "0x123456789a");
        sim.press("#feature-editor-go");
        sim.until("the editor is gone", () -> sim.lookup("#feature-editor").isEmpty());
        byte[] now = sim.ask(c -> c.getFeature(TIMESTAMP, Select.CURRENT, 0, 0)).data();
        long millis = ByteBuffer.wrap(now).order(ByteOrder.LITTLE_ENDIAN).getLong() & 0xffff_ffff_ffffL;
        assertThat(millis).isBetween(0x123456789aL, 0x123456789aL + 3_600_000);
    }

    @Test
    void bytesCanBeTypedOverAndDwordElevenChoosesTheSize() {
        choose(HOST_ID);
        sim.press("#feature-set");
        var parts = sim.find("#feature-editor-parts", Segmented.class);
        choosePart(parts, "Dwords");
        type("CDW11.EXHID", "1");
        choosePart(parts, "Data");
        var hex = (HexView) sim.find("#feature-editor .hex-view", Node.class);
        assertThat(sim.get(hex::size)).isEqualTo(16);
        sim.run(() -> {
            hex.select(new HexRange(15, 1));
            Event.fireEvent(
                    hex, new KeyEvent(KeyEvent.KEY_TYPED, "a", "a", KeyCode.UNDEFINED, false, false, false, false));
            Event.fireEvent(
                    hex, new KeyEvent(KeyEvent.KEY_TYPED, "b", "b", KeyCode.UNDEFINED, false, false, false, false));
        });
        assertThat(sim.get(hex::changedBytes).get(15)).isTrue();
        sim.press("#feature-editor-go");
        sim.until("the editor is gone", () -> sim.lookup("#feature-editor").isEmpty());
        byte[] now = sim.ask(c -> c.getFeature(HOST_ID, Select.CURRENT, 0, 1)).data();
        assertThat(now[15]).isEqualTo((byte) 0xab);
    }

    @SuppressWarnings("unchecked")
    private static void choosePart(Segmented<?> parts, String text) {
        sim.run(() -> ((Segmented<Object>) parts).valueProperty().set(valueNamed(parts, text)));
    }

    private static Object valueNamed(Segmented<?> parts, String text) {
        return parts.getChildren().stream()
                .filter(n -> ((javafx.scene.control.ToggleButton) n).getText().startsWith(text))
                .map(Node::getUserData)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void whatCannotBeTakenBackSaysSoAndTheShieldHolds() {
        choose(WRITE_PROTECTION);
        sim.run(() -> sim.session().shield().set(true));
        sim.press("#feature-set");
        assertThat(sim.words("#feature-editor")).anyMatch(t -> t.contains("cannot be taken back"));
        assertThat(sim.find("#feature-editor-go", Button.class).isDisabled()).isTrue();
        sim.run(() -> sim.session().shield().set(false));
        assertThat(sim.find("#feature-editor-go", Button.class).isDisabled()).isFalse();
        sim.press("#feature-editor-cancel");
        assertThat(sim.get(() -> sim.lookup("#feature-editor"))).isEmpty();
    }

    @Test
    @SuppressWarnings("unchecked")
    void aSavedValueStaysAndIsShown() {
        choose(WRITE_CACHE);
        var save = sim.find("#feature-save", ToggleChip.class);
        sim.run(() -> save.setSelected(true));
        sim.press("#feature-set");
        var value = sim.find("#write-value", TextField.class);
        sim.run(() -> value.setText("0"));
        sim.press("#write-go");
        sim.until(
                "the saved value",
                () -> rows().stream()
                        .filter(f -> f.spec().fid() == WRITE_CACHE)
                        .anyMatch(f -> f.value(Select.SAVED).orElseThrow().cdw0() == 0));
        var select = (Segmented<Select>) sim.find("#feature-select", Segmented.class);
        sim.run(() -> select.valueProperty().set(Select.CAPABILITIES));
        sim.window().pulses(2);
        var shown = (FieldTree) sim.find("#view-features .field-tree", Node.class);
        assertThat(sim.get(() -> shown.choose("CAP.SAVE"))).isTrue();
        sim.run(() -> select.valueProperty().set(Select.CURRENT));
    }

    @Test
    void aDeviceWithoutTheListIsAskedOnceForWhatItRefuses() {
        DeviceSession qemu = sim.add("qemu:");
        sim.until(
                "its features are read",
                () -> qemu.history().latest("feature/7/0").isPresent());
        long first = sim.wait(sim.get(() -> qemu.ask(FeaturesViewTest::refused)));
        assertThat(first).isPositive();
        refresh(qemu, "feature/7/0");
        assertThat(sim.wait(sim.get(() -> qemu.ask(FeaturesViewTest::refused)))).isEqualTo(first);
        sim.wait(sim.get(() -> sim.workbench().close(qemu)));
        sim.until("the simulator again", () -> sim.workbench().device().get() == sim.session());
    }
}
