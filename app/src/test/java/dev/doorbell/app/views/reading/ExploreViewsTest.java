package dev.doorbell.app.views.reading;

import static org.assertj.core.api.Assertions.assertThat;

import dev.doorbell.app.Strict;
import dev.doorbell.app.controls.FieldTree;
import dev.doorbell.app.controls.HexRange;
import dev.doorbell.app.controls.HexView;
import dev.doorbell.app.controls.ToggleChip;
import dev.doorbell.app.shell.DrivenWindow;
import dev.doorbell.app.shell.Options;
import dev.doorbell.driver.Controller;
import dev.doorbell.plugin.DeviceSession;
import dev.doorbell.plugin.Perspective;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import javafx.application.Platform;
import javafx.event.EventType;
import javafx.scene.Node;
import javafx.scene.Scene;
import javafx.scene.control.Button;
import javafx.scene.control.ComboBox;
import javafx.scene.control.Labeled;
import javafx.scene.control.TextField;
import javafx.scene.input.KeyCode;
import javafx.scene.input.KeyEvent;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The views of the Explore perspective in a real window on the simulated SSD. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class ExploreViewsTest {
    private static final Duration LIMIT = Duration.ofSeconds(40);

    @TempDir
    static Path home;

    private static DrivenWindow window;
    private static DeviceSession session;

    @BeforeAll
    static void open() throws Exception {
        Options options = new Options(home, List.of(), Optional.of(Perspective.EXPLORE), Optional.of(true));
        window = DrivenWindow.start(options, 1600, 1000);
        CompletableFuture<DeviceSession> opening =
                window.get(() -> window.workbench().open("sim:"));
        session = opening.get(60, TimeUnit.SECONDS);
        await("the device is ready", () -> session.state().getValue() == DeviceSession.State.READY);
    }

    @AfterAll
    static void close() {
        window.close();
        Strict.neverWaited(window);
    }

    @BeforeEach
    void ready() throws Exception {
        window.run(() -> session.shield().set(false));
        ask(c -> {
            if (c.state() != Controller.State.READY) {
                c.initialise();
            }
            return true;
        });
        await("the controller is ready", () -> session.state().getValue() == DeviceSession.State.READY);
    }

    @Test
    void chosenFieldLightsItsBytesAndIsExplained() {
        show("identify", "VID", "identify/1/0");
        await(
                "the field's bytes light up",
                () -> hex().highlightProperty().get().equals(new HexRange(0, 2)));
        assertThat(window.workbench().selection().get().path()).endsWith("VID");

        window.run(() -> hex().select(new HexRange(4, 1)));
        await("the field under the bytes is chosen", () -> chosenPath().equals("SN"));
        assertThat(texts()).anyMatch(t -> t.equals("Serial Number"));
    }

    @Test
    void chooserOffersEachNamespaceAndReadsIt() {
        show("identify", "", "identify/1/0");
        ComboBox<?> chooser = find("#identify-chooser", ComboBox.class);
        await("namespaces are listed", () -> chooser.getItems().toString().contains("Namespace 2"));
        window.run(() -> chooser.getSelectionModel().select(2));
        await(
                "the namespace is read",
                () -> session.history().latest("identify/0/2").isPresent());
        window.run(() -> chooser.getSelectionModel().select(0));
    }

    @Test
    void registerIsWrittenOnlyAfterItsChangeWasShownAndConfirmed() throws Exception {
        show("registers", "CC", "registers");
        press("#register-write");
        await("the panel is there", () -> lookup("#write-value").isPresent());
        window.run(() -> find("#write-value", TextField.class).setText("0x00460000"));
        assertThat(texts()).anyMatch(t -> t.startsWith("EN: 1 → 0"));
        assertThat(ExploreViewsTest.<Integer>ask(c -> c.device().registers().read32(0x14) & 1))
                .isEqualTo(1);

        press("#write-go");
        await("the controller is disabled", () -> session.state().getValue() == DeviceSession.State.DISABLED);
        await("the row is marked", () -> tree().changesProperty().get() > 0);
        await("the Inspector says what it was", () -> lookup("#inspector-was").isPresent());
    }

    @Test
    void registersAndConfigSpaceAreReadWhileTheAdminQueueIsDead() throws Exception {
        show("identify", "", "identify/1/0");
        ask(c -> {
            c.device().registers().write32(0x14, 0);
            return true;
        });
        window.run(() -> find(".reading-pane", ReadingPane.class).refresh());
        await("Identify says that it failed", () -> texts().stream().anyMatch(t -> t.contains("could not be read")));
        await(
                "Identify says what to do",
                () -> texts().stream().anyMatch(t -> t.contains("could not be read"))
                        && texts().stream().anyMatch(t -> t.contains("Registers and PCI config")));

        int readings = session.history().all("registers").size();
        show("registers", "CSTS", "registers");
        window.run(() -> find(".reading-pane", ReadingPane.class).refresh());
        await("registers are read", () -> session.history().all("registers").size() > readings);
        assertThat(texts()).noneMatch(t -> t.contains("could not be read"));
        show("pciconfig", "", "pci");
    }

    @Test
    void nothingIsWrittenBehindTheShield() {
        show("registers", "CC", "registers");
        window.run(() -> session.shield().set(true));
        press("#register-write");
        await("the panel is there", () -> lookup("#write-go").isPresent());
        assertThat(find("#write-go", Button.class).isDisabled()).isTrue();

        window.run(() -> session.shield().set(false));
        assertThat(find("#write-go", Button.class).isDisabled()).isFalse();
    }

    @Test
    void typedConfigBytesAreShownBeforeTheyAreWritten() throws Exception {
        show("pciconfig", "", "pci");
        int before = ask(c -> c.device().pci().orElseThrow().read8(0x3c));
        int wanted = before == 0x0b ? 0x0a : 0x0b;
        window.run(() -> {
            find("#pci-edit", ToggleChip.class).setSelected(true);
            hex().select(new HexRange(0x3c, 1));
            type("0");
            type(Integer.toHexString(wanted & 0xf));
        });
        await(
                "the change is shown",
                () -> texts().stream().anyMatch(t -> t.contains(String.format("0x3c: %02x → %02x", before, wanted))));
        assertThat(ExploreViewsTest.<Integer>ask(
                        c -> c.device().pci().orElseThrow().read8(0x3c)))
                .isEqualTo(before);

        press("#banner-main");
        await("the byte is marked as changed", () -> hex().changedBytes().get(0x3c));
        assertThat(ExploreViewsTest.<Integer>ask(
                        c -> c.device().pci().orElseThrow().read8(0x3c)))
                .isEqualTo(wanted);
    }

    @Test
    void logPagesAndFeaturesShowWhatTheDeviceSays() {
        show("logpages", "", "log/2/4294967295");
        await("the page is decoded", () -> tree().getExpandedItemCount() > 0);
        show("features", "", "feature/7/0");
        await("features are listed", () -> texts().contains("Number of Queues"));
    }

    private static void show(String view, String path, String key) {
        window.run(() -> {
            if (path.isEmpty()) {
                window.workbench().navigation().open(view);
            } else {
                window.workbench().navigation().open(view, path);
            }
        });
        await(view + " is read", () -> session.history().latest(key).isPresent());
        if (!path.isEmpty()) {
            await(path + " is chosen", () -> chosenPath().equals(path));
        }
    }

    private static void press(String id) {
        window.run(() -> find(id, Button.class).fire());
    }

    private static void type(String text) {
        hex().fireEvent(key(KeyEvent.KEY_TYPED, text, KeyCode.UNDEFINED));
    }

    private static KeyEvent key(EventType<KeyEvent> type, String text, KeyCode code) {
        return new KeyEvent(type, text, text, code, false, false, false, false);
    }

    private static <T> T ask(DeviceSession.DeviceTask<T> task) throws Exception {
        return window.get(() -> session.ask(task)).get(30, TimeUnit.SECONDS);
    }

    private static void await(String what, BooleanSupplier condition) {
        assertThat(window.await(LIMIT, condition)).as(what).isTrue();
    }

    private static Scene scene() {
        return window.window().stage().getScene();
    }

    private static Optional<Node> lookup(String selector) {
        return Optional.ofNullable(scene().lookup(selector));
    }

    private static <T extends Node> T find(String selector, Class<T> type) {
        return type.cast(lookup(selector).orElseThrow(() -> new AssertionError("there is no " + selector)));
    }

    private static FieldTree tree() {
        return find(".field-tree", FieldTree.class);
    }

    private static HexView hex() {
        return find(".hex-view", HexView.class);
    }

    private static String chosenPath() {
        return tree().chosen().map(r -> r.field().path()).orElse("");
    }

    /** Every text that stands in the window. */
    private static List<String> texts() {
        return onFx(() -> scene().getRoot().lookupAll("*").stream()
                .filter(n -> n instanceof Labeled)
                .map(n -> ((Labeled) n).getText())
                .filter(t -> t != null)
                .toList());
    }

    private static <T> T onFx(Callable<T> task) {
        try {
            return Platform.isFxApplicationThread() ? task.call() : window.get(task);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
