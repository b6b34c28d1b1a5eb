package dev.doorbell.app.views.traffic;

import static org.assertj.core.api.Assertions.assertThat;

import dev.doorbell.app.Strict;
import dev.doorbell.app.controls.chart.TimeFrame;
import dev.doorbell.app.shell.DrivenWindow;
import dev.doorbell.app.shell.Options;
import dev.doorbell.app.views.traffic.WorkloadDraft.Edit;
import dev.doorbell.app.views.traffic.WorkloadDraft.Stop;
import dev.doorbell.plugin.DeviceSession;
import dev.doorbell.plugin.Perspective;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import javafx.css.PseudoClass;
import javafx.event.Event;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.Labeled;
import javafx.scene.control.MenuButton;
import javafx.scene.control.TableView;
import javafx.scene.control.TextField;
import javafx.scene.input.KeyCode;
import javafx.scene.input.KeyEvent;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Workloads on the simulated device, from the buttons to the figures. */
@Timeout(300)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TrafficViewsTest {
    private static final Duration LIMIT = Duration.ofSeconds(90);

    private DrivenWindow window;
    private TrafficDesk desk;
    private DeviceSession session;

    @BeforeAll
    void openWindow(@TempDir Path home) {
        window = DrivenWindow.start(Options.in(home), 1280, 800);
        window.run(() -> window.workbench().navigation().show(Perspective.TRAFFIC));
        desk = window.get(() -> TrafficDesk.of(window.workbench()));
    }

    @AfterAll
    void closeWindow() {
        window.close();
        Strict.neverWaited(window);
    }

    @BeforeEach
    void openDevice() throws Exception {
        session = window.get(() -> window.workbench().open("sim:size=64MiB")).get(LIMIT.toSeconds(), TimeUnit.SECONDS);
        await(() -> desk.facts().get().isPresent());
        window.run(() -> {
            desk.choose(desk.presets().all().getFirst());
            change(e -> {
                e.nsid = 1;
                e.firstLba = 0;
                e.lastLba = -1;
            });
        });
        await(() -> Checks.refusal(desk.checks()).isEmpty());
    }

    @AfterEach
    void closeDevice() throws Exception {
        if (session.state().getValue() != DeviceSession.State.CLOSED) {
            window.get(() -> window.workbench().close(session)).get(LIMIT.toSeconds(), TimeUnit.SECONDS);
        }
        await(() -> !desk.runs().isRunning());
        window.run(() -> desk.runs().clear());
    }

    private void await(java.util.function.BooleanSupplier condition) {
        assertThat(window.await(LIMIT, condition)).isTrue();
    }

    private void change(Consumer<Edit> change) {
        desk.draft().set(desk.draft().get().edit(change));
    }

    private <T extends Node> T node(String id, Class<T> type) {
        return type.cast(window.node(id));
    }

    private String text(String id) {
        var node = node(id, Labeled.class);
        return window.get(node::getText);
    }

    private void press(String id) {
        var button = node(id, Button.class);
        window.run(button::fire);
    }

    private void choosePreset(String name) {
        var presets = node("workload-preset", MenuButton.class);
        window.run(() -> presets.getItems().stream()
                .filter(i -> name.equals(i.getText()))
                .findFirst()
                .orElseThrow()
                .fire());
    }

    private void type(String id, String text) {
        var field = node(id, TextField.class);
        window.run(() -> field.setText(text));
    }

    private TrafficRun run() {
        return window.get(() -> desk.runs().current().get().orElseThrow());
    }

    private void untilOver(TrafficRun run) {
        await(run::isOver);
    }

    @Test
    void aPresetStartsAndItsSamplesAddUpToWhatTheWorkersDid() {
        choosePreset("Mixed 70/30");
        press("workload-start");
        await(() -> desk.runs().current().get().isPresent()
                && run0().sum().counters().completed() > 1000);
        press("live-stop");
        var run = run();
        untilOver(run);
        assertThat(run.state().get()).isEqualTo(TrafficRun.State.ENDED);
        assertThat(run.outcome()).isEqualTo("stopped");
        assertThat(run.workers()).hasSize(2);

        var counters = run.sum().counters();
        var intervals = desk.runs().course().intervals(0, Double.MAX_VALUE);
        assertThat(intervals.stream().mapToLong(Interval::completed).sum()).isEqualTo(counters.completed());
        assertThat(counters.completed()).isEqualTo(counters.reads() + counters.writes());
        assertThat(run.sum().sample().all().count()).isEqualTo(counters.completed());
        assertThat(run.sum().readPercent()).isBetween(60.0, 80.0);
        assertThat(counters.errors()).isZero();
        assertThat(text("live-state")).startsWith("Ended after");
    }

    private TrafficRun run0() {
        return desk.runs().current().get().orElseThrow();
    }

    @Test
    void anIoCountEndsTheRunAfterExactlyThatMany() {
        window.run(() -> change(e -> {
            e.workers = 3;
            e.stop = Stop.COUNT;
            e.count = 2000;
        }));
        press("workload-start");
        var run = run();
        untilOver(run);
        assertThat(run.sum().counters().completed()).isEqualTo(2000);
        assertThat(run.outcome()).isEqualTo("all I/Os are done");
        assertThat(window.get(() -> desk.runs().marks().getLast().text())).isEqualTo("all I/Os are done");
        assertThat(run.workers()).extracting(w -> w.stat().ended()).containsOnly(true);
        assertThat(run.workers()).extracting(WorkerTrack::qid).doesNotHaveDuplicates();
        await(() -> session.queues().getValue().stream().noneMatch(q -> q.worker()));
    }

    @Test
    void theChordOnTheButtonStartsFromAnywhereInTheWindow() {
        var elsewhere = node("perspective-button-traffic", Node.class);
        window.run(() -> Event.fireEvent(
                elsewhere, new KeyEvent(KeyEvent.KEY_PRESSED, "", "", KeyCode.ENTER, false, true, false, false)));
        await(() -> desk.runs().isRunning());
        press("live-stop");
        untilOver(run());
    }

    @Test
    void aTimeEndsTheRun() {
        window.run(() -> change(e -> {
            e.stop = Stop.TIME;
            e.seconds = 0.5;
        }));
        press("workload-start");
        var run = run();
        untilOver(run);
        assertThat(run.outcome()).isEqualTo("time is up");
        assertThat(run.sum().counters().elapsedNanos()).isGreaterThanOrEqualTo(500_000_000L);
    }

    @Test
    void aRateLimitHoldsForAllWorkersTogether() {
        window.run(() -> change(e -> {
            e.workers = 2;
            e.iopsLimit = 500;
            e.stop = Stop.TIME;
            e.seconds = 1;
        }));
        press("workload-start");
        var run = run();
        untilOver(run);
        // Each worker may send the I/O of the very first and of the very last moment.
        assertThat(run.sum().counters().completed()).isBetween(1L, 504L);
    }

    @Test
    void aFieldThatCannotBeReadIsMarkedAndTheStartRefusedWithTheReason() {
        type("workload-qdepth", "many");
        press("workload-start");
        assertThat(window.get(() -> desk.runs().current().get())).isEmpty();
        assertThat(window.get(() -> desk.refusal().get()))
                .contains("Queue depth")
                .contains("many");
        assertThat(window.node("workload-refusal")).isNotNull();
        var field = node("workload-qdepth", TextField.class);
        assertThat(window.get(field::getPseudoClassStates)).contains(PseudoClass.getPseudoClass("invalid"));

        type("workload-qdepth", "100000");
        press("workload-start");
        assertThat(window.get(() -> desk.refusal().get())).contains("100000");

        type("workload-qdepth", "8");
        assertThat(window.get(() -> desk.refusal().get())).isEmpty();
        assertThat(window.get(() -> desk.draft().get().qdepth())).isEqualTo(8);
        assertThat(window.get(field::getPseudoClassStates)).doesNotContain(PseudoClass.getPseudoClass("invalid"));
    }

    @Test
    void theShieldKeepsWritesFromStartingUntilItIsLifted() {
        choosePreset("4K random write");
        window.run(() -> session.shield().set(true));
        press("workload-start");
        assertThat(window.get(() -> desk.refusal().get())).contains("shield");
        press("workload-lift-shield");
        window.run(() -> change(e -> {
            e.stop = Stop.COUNT;
            e.count = 100;
        }));
        press("workload-start");
        var run = run();
        untilOver(run);
        assertThat(run.sum().counters().writes()).isEqualTo(100);
    }

    @Test
    void startingAgainEndsTheRunAndKeepsItsResult() {
        press("workload-start");
        var first = run();
        await(() -> first.sum().counters().completed() > 0);
        window.run(() -> change(e -> e.qdepth = 4));
        assertThat(text("workload-start")).isEqualTo("Restart with changes");
        press("workload-start");
        await(() -> run0() != first && run0().sum().counters().completed() > 0);
        assertThat(first.outcome()).isEqualTo("restarted");
        assertThat(window.get(() -> desk.runs().all())).hasSize(2);
        var table = node("results-table", TableView.class);
        assertThat(window.get(() -> table.getItems().size())).isEqualTo(3);
        assertThat(run().workers()).hasSize(1);
        assertThat(first.sum().counters().outstanding()).isZero();
    }

    @Test
    void closingTheDeviceEndsTheWorkersFirstAndSaysSo() throws Exception {
        press("workload-start");
        var run = run();
        await(() -> run.sum().counters().completed() > 0);
        window.get(() -> window.workbench().close(session)).get(LIMIT.toSeconds(), TimeUnit.SECONDS);
        untilOver(run);
        assertThat(run.state().get()).isEqualTo(TrafficRun.State.ENDED);
        assertThat(run.outcome()).contains("was closed");
        assertThat(run.sum().counters().finishedNanos()).isPositive();
        assertThat(run.workers()).noneMatch(w -> w.worker().isOpen());
        assertThat(window.get(() -> desk.checks().getFirst().text())).contains("No device is open");
    }

    @Test
    void aResetEndsTheRunWithItsReason() {
        press("workload-start");
        var run = run();
        await(() -> run.sum().counters().completed() > 0);
        window.run(() -> window.workbench().actions().run("device.reset"));
        untilOver(run);
        assertThat(run.outcome())
                .satisfiesAnyOf(
                        o -> assertThat(o).contains("reset"), o -> assertThat(o).contains("lost"));
        await(() -> run.workers().stream().noneMatch(w -> w.worker().isOpen()));
    }

    @Test
    void exportsHaveARowForEachWorkerAndInterval() {
        window.run(() -> change(e -> {
            e.workers = 2;
            e.stop = Stop.COUNT;
            e.count = 1000;
        }));
        press("workload-start");
        var run = run();
        untilOver(run);
        var csv = window.get(() -> ResultsExport.csv(desk.runs().all()));
        assertThat(csv.lines()).hasSize(4);
        assertThat(csv).contains(",w1,").contains(",w2,").contains(",all,");
        assertThat(window.get(() -> ResultsExport.json(desk.runs().all())))
                .contains("\"ios\" : 1000")
                .contains("\"qdepth\" : 64");
        var intervals = desk.runs().course().intervals(0, Double.MAX_VALUE);
        var rows = TrafficExport.rows(desk.runs().courses(), new TimeFrame.Span(0, Double.MAX_VALUE));
        assertThat(rows).filteredOn(r -> r.get(1).equals("all")).hasSameSizeAs(intervals);
        for (var worker : List.of("w1", "w2")) {
            assertThat(rows)
                    .filteredOn(r -> r.get(1).equals(worker))
                    .extracting(r -> Long.parseLong(r.get(3)))
                    .satisfies(counts ->
                            assertThat(counts.stream().mapToLong(c -> c).sum()).isEqualTo(500));
        }
    }

    @Test
    void aPresetOfOnesOwnIsKept() {
        window.run(() -> change(e -> e.qdepth = 3));
        press("workload-save");
        type("workload-preset-name", "shallow");
        window.run(() -> ((Button) window.window().stage().getScene().lookup("#banner-main")).fire());
        assertThat(window.get(() -> desk.presets().named("shallow")))
                .hasValueSatisfying(p -> assertThat(p.qdepth()).isEqualTo(3));
        assertThat(window.get(() ->
                        new Presets(window.workbench().settings().section("workload"), desk.texts()).named("shallow")))
                .isPresent();
        window.run(() -> desk.presets().remove("shallow"));
        assertThat(window.get(() -> desk.presets().named("shallow"))).isEmpty();
    }
}
