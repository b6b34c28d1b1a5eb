package dev.doorbell.app.shell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.doorbell.app.Strict;
import dev.doorbell.app.controls.SearchField;
import dev.doorbell.plugin.DeviceSession;
import dev.doorbell.plugin.Job;
import dev.doorbell.plugin.Perspective;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javafx.event.Event;
import javafx.scene.Node;
import javafx.scene.control.ButtonBase;
import javafx.scene.control.Label;
import javafx.scene.control.ListView;
import javafx.scene.control.TextField;
import javafx.scene.control.TreeItem;
import javafx.scene.control.TreeView;
import javafx.scene.input.Clipboard;
import javafx.scene.input.KeyCode;
import javafx.scene.input.KeyEvent;
import javafx.stage.Stage;
import javafx.stage.Window;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a user does with the window itself. */
@Timeout(300)
class WorkbenchTest {
    private static final Duration LIMIT = Duration.ofSeconds(90);

    @TempDir
    Path home;

    private DrivenWindow window;

    @BeforeEach
    void open() {
        window = DrivenWindow.start(Options.in(home), 1280, 800);
        window.pulses(2);
    }

    @AfterEach
    void close() {
        window.close();
        Strict.neverWaited(window);
    }

    private void reopen() {
        window.close();
        open();
    }

    private void key(KeyCode code, boolean control, boolean shift, boolean alt) {
        window.run(() -> {
            var scene = window.window().stage().getScene();
            var target = scene.getFocusOwner() == null ? scene.getRoot() : scene.getFocusOwner();
            Event.fireEvent(target, new KeyEvent(KeyEvent.KEY_PRESSED, "", "", code, shift, control, alt, false));
        });
        window.pulses(2);
    }

    private void press(String id) {
        window.run(() -> ((ButtonBase) window.lookup(id)).fire());
        window.pulses(2);
    }

    private boolean inWindow(String id) {
        return window.get(() -> window.lookup(id) != null);
    }

    private String text(String id) {
        return window.get(() -> ((Label) window.lookup(id)).getText());
    }

    private DeviceSession openSimulator() throws Exception {
        var session =
                window.get(() -> window.workbench().open("sim:size=64MiB")).get(LIMIT.toSeconds(), TimeUnit.SECONDS);
        assertThat(window.await(LIMIT, () -> session.state().getValue() == DeviceSession.State.READY))
                .isTrue();
        return session;
    }

    private void leaveWelcome() {
        window.run(() -> window.workbench().navigation().open("console"));
        window.pulses(3);
    }

    @Test
    void theFirstStartShowsWelcomeAndItsTabClosesIntoExplore() {
        assertThat(inWindow("welcome-sim")).isTrue();
        assertThat(inWindow("devices-tree")).isFalse();
        window.run(() -> window.workbench().actions().run("window.close"));
        assertThat(window.await(LIMIT, () -> window.lookup("devices-tree") != null))
                .isTrue();
        assertThat(inWindow("welcome-sim")).isFalse();
    }

    @Test
    void thePaletteFindsRegistersActionsAndViews() {
        key(KeyCode.P, true, true, false);
        assertThat(window.get(() -> window.lookup("palette").isVisible())).isTrue();
        assertThat(palette("csts")).contains("CSTS", "CSTS.RDY");
        assertThat(palette("reset persp")).contains("Reset perspective");
        assertThat(palette("console")).contains("Console");
        key(KeyCode.ENTER, false, false, false);
        assertThat(window.get(() -> window.lookup("palette").isVisible())).isFalse();
        assertThat(inWindow("console-table")).isTrue();
    }

    private List<String> palette(String query) {
        return window.get(() -> {
            ((TextField) window.lookup("palette-input")).setText(query);
            return ((ListView<?>) window.lookup("palette-list"))
                    .getItems().stream()
                            .filter(PaletteRow.Line.class::isInstance)
                            .map(row -> ((PaletteRow.Line) row).entry().name())
                            .toList();
        });
    }

    @Test
    void escapeLeavesThePalette() {
        key(KeyCode.P, true, true, false);
        key(KeyCode.ESCAPE, false, false, false);
        assertThat(window.get(() -> window.lookup("palette").isVisible())).isFalse();
    }

    @Test
    void theThemeIsSwitchedAndRemembered() {
        boolean dark = window.get(() -> window.workbench().dark().getValue());
        press("theme");
        assertThat(window.get(() -> window.workbench().dark().getValue())).isEqualTo(!dark);
        assertThat(window.get(() -> window.window().stage().getScene().getStylesheets()))
                .anyMatch(s -> s.endsWith(dark ? "light.css" : "dark.css"));
        reopen();
        assertThat(window.get(() -> window.workbench().dark().getValue())).isEqualTo(!dark);
    }

    @Test
    void theLayoutIsRememberedAndCanBeReset() throws Exception {
        leaveWelcome();
        window.run(() -> window.workbench().navigation().open("problems"));
        window.run(() -> window.workbench().actions().run("window.close"));
        window.pulses(2);
        assertThat(inWindow("tab-problems")).isFalse();
        reopen();
        leaveWelcome();
        assertThat(Files.readString(home.resolve("layout-explore.txt"))).contains("view console");
        assertThat(inWindow("tab-console")).isTrue();
        assertThat(inWindow("tab-problems")).isFalse();
        window.run(() -> window.workbench().actions().run("window.reset"));
        window.pulses(2);
        assertThat(inWindow("tab-problems")).isTrue();
    }

    @Test
    void aDetachedViewComesBackInItsWindow() {
        leaveWelcome();
        window.run(() -> window.workbench().actions().run("window.detach"));
        window.pulses(3);
        assertThat(inWindow("console-table")).isFalse();
        assertThat(floating("#console-table")).isTrue();
        reopen();
        window.run(() -> window.workbench().navigation().open("devices"));
        window.pulses(3);
        assertThat(floating("#console-table")).isTrue();
    }

    private boolean floating(String selector) {
        return window.get(() -> Window.getWindows().stream()
                .filter(w -> w instanceof Stage && w != window.window().stage() && w.isShowing())
                .anyMatch(w -> w.getScene().lookup(selector) != null));
    }

    @Test
    void aDetachedViewThatAsksForOthersComesBackToo() {
        leaveWelcome();
        window.run(() -> window.workbench().navigation().open("command"));
        window.pulses(3);
        window.run(() -> window.workbench().actions().run("window.detach"));
        window.pulses(3);
        reopen();
        window.pulses(3);
        assertThat(floating("#view-command")).isTrue();
        assertThat(window.get(
                        () -> window.workbench().navigation().perspective().getValue()))
                .isNotNull();
    }

    @Test
    void anotherPerspectiveAndBackKeepsWhatWasTyped() {
        leaveWelcome();
        window.run(() -> ((SearchField) window.lookup("console-filter")).input().setText("needle"));
        window.run(() -> window.workbench().navigation().show(Perspective.TRAFFIC));
        window.pulses(2);
        assertThat(inWindow("console-filter")).isFalse();
        press("perspective-button-explore");
        assertThat(window.get(() -> ((SearchField) window.lookup("console-filter")).query()))
                .isEqualTo("needle");
    }

    @Test
    void theKeysGoToViewsAndBack() {
        leaveWelcome();
        window.run(() -> window.workbench().navigation().open("jobs"));
        window.pulses(2);
        key(KeyCode.LEFT, false, false, true);
        assertThat(inWindow("console-table")).isTrue();
        key(KeyCode.RIGHT, false, false, true);
        assertThat(inWindow("jobs-list")).isTrue();
        window.run(() -> window.workbench().navigation().open("console"));
        window.pulses(2);
        key(KeyCode.F, true, false, false);
        assertThat(window.get(() ->
                        inside(window.window().stage().getScene().getFocusOwner(), window.lookup("console-filter"))))
                .isTrue();
    }

    private static boolean inside(Node node, Node ancestor) {
        for (Node n = node; n != null; n = n.getParent()) {
            if (n == ancestor) {
                return true;
            }
        }
        return false;
    }

    @Test
    void aJobShowsItsProgressAndCanBeCancelled() throws Exception {
        var half = new CountDownLatch(1);
        var stop = new CountDownLatch(1);
        Job<Boolean> job = window.get(() -> window.workbench().jobs().submit("Count sheep", monitor -> {
            monitor.onCancel(stop::countDown);
            monitor.progress(0.5);
            half.countDown();
            stop.await();
            monitor.check();
            return true;
        }));
        assertThat(half.await(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(window.await(LIMIT, () -> job.progress().getValue() == 0.5)).isTrue();
        assertThat(window.get(() -> window.lookup("status-job").lookupAll(".label").stream()
                        .map(n -> ((Label) n).getText())
                        .toList()))
                .anyMatch(t -> t.contains("Count sheep"))
                .anyMatch(t -> t.startsWith("50 %"));
        window.run(job::cancel);
        assertThat(window.await(LIMIT, () -> job.state().getValue() == Job.State.CANCELLED))
                .isTrue();
        assertThatThrownBy(() -> job.result().get(1, TimeUnit.SECONDS)).isInstanceOf(CancellationException.class);
        assertThat(window.get(() -> window.workbench().problems().all())).isEmpty();
    }

    @Test
    void aFailedJobIsShownAcrossTheWindowWithItsDetails() {
        window.run(() -> window.workbench().jobs().submit("Boil water", monitor -> {
            throw new IllegalStateException("no kettle");
        }));
        assertThat(window.await(LIMIT, () -> window.lookup("message").isVisible()))
                .isTrue();
        assertThat(messages()).anyMatch(t -> t.contains("Boil water failed: no kettle"));
        window.run(() -> window.lookup("message").lookupAll(".button").stream()
                .map(ButtonBase.class::cast)
                .filter(b -> b.getText().startsWith("Copy"))
                .forEach(ButtonBase::fire));
        assertThat(window.get(() -> Clipboard.getSystemClipboard().getString()))
                .contains("no kettle")
                .contains("at dev.doorbell");
    }

    private List<String> messages() {
        return window.get(() -> window.lookup("message").lookupAll(".label").stream()
                .map(n -> Objects.requireNonNullElse(((Label) n).getText(), ""))
                .toList());
    }

    @Test
    void aBadAddressSaysWhatIsWrong() {
        window.run(() -> window.workbench().open("nonsense").exceptionally(e -> null));
        assertThat(window.await(LIMIT, () -> window.lookup("message").isVisible()))
                .isTrue();
        assertThat(messages()).anyMatch(t -> t.contains("nonsense"));
        assertThat(window.get(() -> window.workbench().sessions())).isEmpty();
    }

    @Test
    void aDeviceOpensIntoTheTreeAndCloses() throws Exception {
        var session = openSimulator();
        assertThat(window.get(() -> window.workbench().device().get())).isSameAs(session);
        assertThat(text("status-state")).isEqualTo("sim0 ready");
        assertThat(window.await(LIMIT, () -> lines().anyMatch(l -> l.contains("ns 1"))))
                .isTrue();
        assertThat(window.await(LIMIT, () -> lines().anyMatch(l -> l.contains("admin"))))
                .isTrue();
        assertThat(window.await(LIMIT, () -> textNow("status-temperature").endsWith("°C")))
                .isTrue();
        window.get(() -> window.workbench().close(session)).get(LIMIT.toSeconds(), TimeUnit.SECONDS);
        assertThat(window.get(() -> window.workbench().sessions())).isEmpty();
        assertThat(text("status-state")).isEqualTo("no device open");
    }

    private String textNow(String id) {
        return ((Label) window.lookup(id)).getText();
    }

    private java.util.stream.Stream<String> lines() {
        if (!(window.lookup("devices-tree") instanceof TreeView<?> tree)) {
            return java.util.stream.Stream.of();
        }
        return tree.getRoot().getChildren().stream()
                .flatMap(i -> i.getChildren().stream())
                .map(TreeItem::getValue)
                .map(Object::toString)
                .map(s -> s.replaceAll("nsid=(\\d+)", "ns $1").replaceAll("qid=0\\b", "admin"));
    }

    @Test
    void aFailureThatNobodyHandlesBecomesAProblemOfTheDevice() throws Exception {
        var session = openSimulator();
        window.run(() -> session.ask(controller -> {
            throw new IllegalStateException("the dog ate it");
        }));
        assertThat(window.await(
                        LIMIT,
                        () -> window.workbench().problems().all().stream()
                                .anyMatch(p ->
                                        p.source().equals("sim0") && p.summary().contains("the dog ate it"))))
                .isTrue();
    }

    @Test
    void resettingKeepsTheDeviceReady() throws Exception {
        var session = openSimulator();
        window.run(() -> window.workbench().actions().run("device.reset"));
        assertThat(window.awaitIdle(LIMIT)).isTrue();
        assertThat(window.get(() -> window.workbench().jobs().all()))
                .allMatch(j -> j.state().getValue() == Job.State.DONE);
        assertThat(window.await(LIMIT, () -> session.state().getValue() == DeviceSession.State.READY))
                .isTrue();
    }

    @Test
    void theShieldHoldsAResetBack() throws Exception {
        var session = openSimulator();
        assertThat(window.get(session::shielded)).isFalse();
        press("shield");
        assertThat(window.get(session::shielded)).isTrue();
        window.run(() -> window.workbench().actions().run("device.reset"));
        window.pulses(2);
        assertThat(window.get(() -> window.workbench().jobs().all()))
                .noneMatch(j -> j.name().startsWith("Reset"));
        assertThat(text("remark")).contains("shielded");
    }

    @Test
    void noDeviceWorkRunsOnTheWindowsThread() throws Exception {
        var freezes = new CopyOnWriteArrayList<UiWatch.Freeze>();
        window.window().watch().onFreeze(freezes::add);
        var session = openSimulator();
        window.get(() -> window.workbench().close(session)).get(LIMIT.toSeconds(), TimeUnit.SECONDS);
        assertThat(freezes)
                .flatExtracting(UiWatch.Freeze::stack)
                .extracting(StackTraceElement::getClassName)
                .noneMatch(name -> name.startsWith("dev.doorbell.driver."));
    }
}
