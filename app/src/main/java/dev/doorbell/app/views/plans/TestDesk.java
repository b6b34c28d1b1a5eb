package dev.doorbell.app.views.plans;

import dev.doorbell.plugin.DeviceEvent;
import dev.doorbell.plugin.DeviceSession;
import dev.doorbell.plugin.Job;
import dev.doorbell.plugin.Memento;
import dev.doorbell.plugin.Problem;
import dev.doorbell.plugin.Texts;
import dev.doorbell.plugin.Workbench;
import dev.doorbell.testplans.plan.Plan;
import dev.doorbell.testplans.plan.PlanException;
import dev.doorbell.testplans.plan.PlanReader;
import dev.doorbell.testplans.plan.Plans;
import dev.doorbell.testplans.report.HtmlReport;
import dev.doorbell.testplans.report.JUnitXml;
import dev.doorbell.testplans.run.CaseResult;
import dev.doorbell.testplans.run.PlanRun;
import dev.doorbell.testplans.run.RunOptions;
import dev.doorbell.testplans.run.RunResult;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javafx.beans.property.ObjectProperty;
import javafx.beans.property.SimpleObjectProperty;
import javafx.beans.property.SimpleStringProperty;
import javafx.beans.property.StringProperty;
import javafx.collections.FXCollections;
import javafx.collections.ObservableList;
import javafx.util.Subscription;

/** What the test views share: the plans, the runs, the run and the case in sight. JavaFX thread only. */
final class TestDesk {
    private static final String FILES = "files";

    private final Workbench workbench;
    private final Texts texts = Texts.of(TestDesk.class);
    private final Memento settings;
    private final ObservableList<PlanEntry> plans = FXCollections.observableArrayList();
    private final ObservableList<TestRun> runs = FXCollections.observableArrayList();
    private final ObjectProperty<TestRun> current = new SimpleObjectProperty<>();
    private final StringProperty caseId = new SimpleStringProperty("");
    private final ObjectProperty<Job<RunResult>> job = new SimpleObjectProperty<>();

    TestDesk(Workbench workbench) {
        this.workbench = workbench;
        settings = workbench.settings().section("plans");
        List<Path> files = settings.get(FILES).stream()
                .flatMap(s -> Stream.of(s.split("\n")))
                .filter(s -> !s.isBlank())
                .map(Path::of)
                .toList();
        workbench
                .jobs()
                .submit(texts.get("job.read"), monitor -> {
                    List<PlanEntry> read = new ArrayList<>(
                            Plans.bundled().stream().map(PlanEntry::bundled).toList());
                    files.forEach(f -> read.add(read(f)));
                    return read;
                })
                .result()
                .thenAccept(plans::setAll);
    }

    private static PlanEntry read(Path file) {
        try {
            return PlanEntry.of(file, PlanReader.read(file));
        } catch (PlanException e) {
            return PlanEntry.unreadable(file, e.getMessage());
        } catch (RuntimeException e) {
            return PlanEntry.unreadable(file, file + " cannot be read: " + e.getMessage());
        }
    }

    Workbench workbench() {
        return workbench;
    }

    ObservableList<PlanEntry> plans() {
        return plans;
    }

    /** Newest first. */
    ObservableList<TestRun> runs() {
        return runs;
    }

    /** The run in sight; {@code null} before the first. */
    ObjectProperty<TestRun> current() {
        return current;
    }

    /** Full id of the case in sight; empty: none. */
    StringProperty caseId() {
        return caseId;
    }

    /** The job of the run that goes on; {@code null}: none. */
    ObjectProperty<Job<RunResult>> job() {
        return job;
    }

    /** The case in sight as it stands. */
    Optional<CaseResult> selected() {
        return Optional.ofNullable(current.get()).map(r -> r.result().get()).flatMap(r -> r.findCase(caseId.get()));
    }

    /** The latest run of a plan. */
    Optional<TestRun> latest(Plan plan) {
        return runs.stream().filter(r -> r.plan().id().equals(plan.id())).findFirst();
    }

    /** Adds plan files, or reads them again. */
    void add(List<Path> files) {
        workbench
                .jobs()
                .submit(
                        texts.get("job.read"),
                        monitor -> files.stream().map(TestDesk::read).toList())
                .result()
                .thenAccept(read -> {
                    for (PlanEntry entry : read) {
                        plans.removeIf(p -> p.file().equals(entry.file()));
                        plans.add(entry);
                        if (entry.plan().isEmpty()) {
                            workbench.problems().show(Problem.warning("plans", entry.problem()));
                        }
                    }
                    remember();
                });
    }

    void remove(PlanEntry entry) {
        plans.remove(entry);
        remember();
    }

    private void remember() {
        settings.put(
                FILES,
                plans.stream()
                        .flatMap(p -> p.file().stream())
                        .map(Path::toString)
                        .collect(Collectors.joining("\n")));
    }

    /** The bundled plan with this id, as soon as the plans are read. */
    void startBundled(String id) {
        Optional<Plan> plan = plans.stream()
                .flatMap(p -> p.plan().stream())
                .filter(p -> p.id().equals(id))
                .findFirst();
        if (plan.isPresent()) {
            start(plan.get(), Set.of());
            return;
        }
        workbench
                .jobs()
                .submit(texts.get("job.read"), monitor -> Plans.bundled(id))
                .result()
                .thenAccept(read -> read.ifPresent(p -> start(p, Set.of())));
    }

    /**
     * Runs a plan on the current device, or says why that cannot be.
     *
     * @param include full ids of cases or ids of groups; empty: all
     */
    Optional<TestRun> start(Plan plan, Set<String> include) {
        DeviceSession session = workbench.device().get();
        String refusal = refusal(session);
        if (!refusal.isEmpty()) {
            workbench.problems().show(Problem.warning("plans", refusal));
            return Optional.empty();
        }
        TestRun run = new TestRun(plan, session.name());
        PlanRun planRun =
                new PlanRun(plan, session.controller(), RunOptions.defaults().include(include), run);
        run.follow(planRun);
        runs.addFirst(run);
        caseId.set("");
        current.set(run);
        Subscription pulse = workbench.pulse().subscribe(run::catchUp);
        Job<RunResult> started = workbench
                .jobs()
                .submit(texts.get("job.run", plan.title(), session.name()), monitor -> {
                    monitor.onCancel(planRun::cancel);
                    run.progress().addListener((o, was, is) -> monitor.progress(is == null ? 0 : is.fraction()));
                    return planRun.run();
                });
        Subscription closing = session.onEvent(event -> {
            if (event instanceof DeviceEvent.Closing || event instanceof DeviceEvent.Lost) {
                planRun.cancel();
            }
        });
        job.set(started);
        started.result().whenComplete((done, failure) -> {
            pulse.unsubscribe();
            closing.unsubscribe();
            run.catchUp();
            job.set(null);
            session.fire(new DeviceEvent.Reset());
            select(run);
        });
        return Optional.of(run);
    }

    /** The first failure is what one wants to see. */
    private void select(TestRun run) {
        if (run == current.get() && caseId.get().isEmpty() && run.result().get() != null) {
            run.result().get().cases().stream()
                    .filter(c -> c.state().isBad())
                    .findFirst()
                    .ifPresent(c -> caseId.set(c.id()));
        }
    }

    private String refusal(DeviceSession session) {
        if (session == null) {
            return texts.get("refuse.none");
        }
        if (session.state().getValue() != DeviceSession.State.READY) {
            return texts.get("refuse.notReady", session.name());
        }
        if (job.get() != null) {
            return texts.get("refuse.running");
        }
        return session.shielded() ? texts.get("refuse.shield", session.name()) : "";
    }

    void stop() {
        if (job.get() != null) {
            job.get().cancel();
            current.get().run().cancel();
        }
    }

    /** Writes the report of a run: one HTML file and one of JUnit XML in a folder. */
    CompletableFuture<Path> export(TestRun run, Path folder) {
        RunResult result = run.result().get();
        return workbench
                .jobs()
                .submit(texts.get("job.report", result.planTitle()), monitor -> {
                    Path html = folder.resolve(result.planId() + ".html");
                    HtmlReport.write(result, html);
                    JUnitXml.write(result, folder.resolve(result.planId() + ".xml"));
                    return html;
                })
                .result();
    }
}
