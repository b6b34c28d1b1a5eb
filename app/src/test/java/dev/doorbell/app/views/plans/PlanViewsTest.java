package dev.doorbell.app.views.plans;

import static org.assertj.core.api.Assertions.assertThat;

import dev.doorbell.app.views.DrivenSim;
import dev.doorbell.plugin.Perspective;
import dev.doorbell.testplans.run.RunResult;
import dev.doorbell.testplans.run.State;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javafx.scene.control.ButtonBase;
import javafx.scene.control.TreeItem;
import javafx.scene.control.TreeView;
import javafx.util.Subscription;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Running plans in the Test perspective on the simulated SSD. */
@Timeout(value = 180, unit = TimeUnit.SECONDS)
class PlanViewsTest {
    private static final String FAILING = """
            plan: failing
            title: Failing
            groups:
              - group: data
                title: Data
                cases:
                  - case: good
                    title: Compares equal
                    steps:
                      - {command: flush}
                  - case: bad
                    title: Expects what does not come
                    steps:
                      - command: identify
                        fields: {CNS: 1}
                        in: 4096
                        expect: Invalid Field in Command
            """;

    private static final String LONG = """
            plan: long
            title: Long
            groups:
              - group: waits
                title: Waits
                cases:
                  - case: first
                    title: Waits a minute
                    steps:
                      - repeat: 600
                        steps:
                          - {command: flush}
                          - wait: 100ms
                  - case: second
                    title: Never comes
                    steps:
                      - {command: flush}
            """;

    @TempDir
    static Path home;

    private static DrivenSim sim;
    private static TestDesk desk;

    @BeforeAll
    static void open() {
        sim = DrivenSim.open(home, Perspective.TEST);
        sim.show("plans");
        desk = sim.get(() -> sim.workbench().shared(TestDesk.class, TestDesk::new));
        sim.until("the bundled plans are there", () -> !desk.plans().isEmpty());
    }

    @AfterAll
    static void close() {
        sim.close();
    }

    @BeforeEach
    void fresh() {
        sim.run(() -> {
            sim.session().shield().set(false);
            sim.workbench().problems().clear();
        });
    }

    @AfterEach
    void stop() {
        sim.run(desk::stop);
        ended();
    }

    private static void ended() {
        sim.until("no plan runs", () -> desk.job().get() == null);
        sim.window().pulses(2);
    }

    /** Adds a plan file and selects it in the list. */
    private static void choose(String name, String text) throws IOException {
        Path file = Files.writeString(home.resolve(name), text);
        sim.run(() -> desk.add(List.of(file)));
        select(name);
    }

    private static void select(String title) {
        TreeView<?> tree = sim.find("#plans-tree", TreeView.class);
        sim.until(title + " is listed", () -> find(tree, title) >= 0);
        sim.run(() -> tree.getSelectionModel().select(find(tree, title)));
    }

    private static int find(TreeView<?> tree, String title) {
        for (int i = 0; i < tree.getExpandedItemCount(); i++) {
            TreeItem<?> item = tree.getTreeItem(i);
            if (item.getValue() != null
                    && item.getValue().getClass().getSimpleName().equals("OfPlan")
                    && item.getValue().toString().contains(title)) {
                return i;
            }
        }
        return -1;
    }

    private static RunResult result() {
        return sim.get(() -> desk.current().get().result().get());
    }

    @Test
    void theSmokePlanShowsEveryCaseAsItHappensAndEndsWithCounts() {
        List<RunResult> seen = new ArrayList<>();
        sim.run(() -> sim.workbench().navigation().open("plans", "run:smoke"));
        sim.until("the plan has started", () -> desk.job().get() != null);
        Subscription watching = sim.get(() -> desk.current().get().result().subscribe(r -> seen.add(r)));
        ended();
        sim.run(watching::unsubscribe);

        assertThat(seen)
                .as("what was shown on the way")
                .anyMatch(r -> r.count(State.PENDING) > 0 && r.count(State.PASSED) > 0);
        RunResult done = result();
        assertThat(done.count(State.PENDING) + done.count(State.RUNNING)).isZero();
        assertThat(done.count(State.FAILED) + done.count(State.ERROR))
                .as(() -> done.cases().stream()
                        .filter(c -> c.state().isBad())
                        .map(c -> c.id() + ": " + c.finding())
                        .toList()
                        .toString())
                .isZero();
        assertThat(sim.words(".run-head"))
                .contains("Smoke on sim0", done.count(State.PASSED) + " passed", "0 failed", "0 to go");
        assertThat(sim.words(".run-view")).contains("Registers");
        assertThat(sim.problems()).isEmpty();
    }

    @Test
    void aFailureShowsItsFindingWhatWasExpectedWhatCameAndTheCommands() throws Exception {
        choose("failing.yaml", FAILING);
        sim.press("#plans-run");
        sim.until(
                "the run is in sight",
                () -> desk.current().get() != null
                        && desk.current().get().plan().id().equals("failing"));
        ended();
        assertThat(result().count(State.PASSED)).isEqualTo(1);
        assertThat(result().count(State.FAILED)).isEqualTo(1);

        sim.until("the failed case is shown", () -> sim.wordsIn(".case-view").contains("Expects what does not come"));
        String finding = result().findCase("data/bad").orElseThrow().finding();
        assertThat(finding).isNotBlank();
        assertThat(sim.words(".case-view"))
                .contains(finding, "Expected", "Got", "Identify")
                .anyMatch(t -> t.contains("Invalid Field in Command"))
                .anyMatch(t -> t.contains("Success"));
        assertThat(sim.words(".run-head")).contains("1 passed", "1 failed");
    }

    @Test
    void stopEndsTheRunAndWhatWasNotRunDoesNotPass() throws Exception {
        startLong();
        sim.press("#run-stop");
        assertThat(sim.window().await(Duration.ofSeconds(20), () -> desk.job().get() == null))
                .as("a plan of a minute ends soon after Stop")
                .isTrue();
        assertThat(result().count(State.PASSED)).isZero();
        assertThat(result().state().isDone()).isTrue();
        assertThat(sim.problems()).isEmpty();
    }

    private static void startLong() throws IOException {
        choose("long.yaml", LONG);
        sim.press("#plans-run");
        sim.until(
                "its first case runs",
                () -> desk.current().get() != null
                        && desk.current().get().plan().id().equals("long")
                        && desk.current().get().result().get().count(State.RUNNING) > 0);
        sim.window().pulses(2);
    }

    @Test
    void whileOneRunsAnotherIsRefused() throws Exception {
        startLong();
        int runs = sim.get(() -> desk.runs().size());
        assertThat(sim.get(() -> ((ButtonBase) sim.lookup("#plans-run").orElseThrow()).isDisabled()))
                .isTrue();
        sim.run(() -> sim.workbench().navigation().open("plans", "run:smoke"));
        sim.until("the refusal", () -> !sim.workbench().problems().all().isEmpty());
        assertThat(sim.problems()).singleElement().asString().startsWith("A plan is running already.");
        assertThat(sim.<Integer>get(() -> desk.runs().size())).isEqualTo(runs);
    }

    @Test
    void theShieldRefusesPlans() throws Exception {
        sim.run(() -> sim.session().shield().set(true));
        choose("failing.yaml", FAILING);
        int runs = sim.get(() -> desk.runs().size());
        sim.press("#plans-run");
        sim.until("the refusal", () -> !sim.workbench().problems().all().isEmpty());
        assertThat(sim.problems()).singleElement().asString().contains("sim0 is behind its shield");
        assertThat(sim.<Integer>get(() -> desk.runs().size())).isEqualTo(runs);
    }

    @Test
    void aPlanThatCannotBeReadSaysWhere() throws Exception {
        Path file = Files.writeString(home.resolve("broken.yaml"), "plan: broken\ntitle: Broken\nstepps: []\n");
        sim.run(() -> desk.add(List.of(file)));
        sim.until("the complaint", () -> !sim.workbench().problems().all().isEmpty());
        assertThat(sim.problems())
                .singleElement()
                .asString()
                .contains("broken.yaml")
                .contains("stepps");
    }

    @Test
    void theReportIsWrittenAsHtmlAndXml() throws Exception {
        choose("failing.yaml", FAILING);
        sim.press("#plans-run");
        sim.until(
                "the run is in sight",
                () -> desk.current().get() != null
                        && desk.current().get().plan().id().equals("failing"));
        ended();
        Path folder = Files.createDirectories(home.resolve("report"));
        sim.run(() -> sim.workbench().navigation().open("run", folder));
        sim.until("both files", () -> Files.exists(folder.resolve("failing.xml")));
        assertThat(sim.window().awaitIdle(DrivenSim.LIMIT)).isTrue();
        assertThat(folder.resolve("failing.html")).content().contains("Expects what does not come");
        assertThat(folder.resolve("failing.xml")).content().contains("<testsuite", "failures=\"1\"");
    }
}
