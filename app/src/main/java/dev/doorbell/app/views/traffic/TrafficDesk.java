package dev.doorbell.app.views.traffic;

import dev.doorbell.app.controls.chart.TimeFrame;
import dev.doorbell.app.views.traffic.Check.Level;
import dev.doorbell.plugin.DeviceEvent;
import dev.doorbell.plugin.DeviceSession;
import dev.doorbell.plugin.Problem;
import dev.doorbell.plugin.Texts;
import dev.doorbell.plugin.Vitals;
import dev.doorbell.plugin.Workbench;
import java.util.List;
import java.util.Optional;
import javafx.beans.InvalidationListener;
import javafx.beans.property.ObjectProperty;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;
import javafx.beans.property.ReadOnlyStringProperty;
import javafx.beans.property.ReadOnlyStringWrapper;
import javafx.beans.property.SimpleObjectProperty;
import javafx.collections.FXCollections;
import javafx.collections.ObservableList;
import javafx.collections.ObservableMap;
import javafx.util.Subscription;

/**
 * What the traffic views work on together: the workload in the editor, what the device can take, the checks, and the
 * runs. Properties belong to the JavaFX thread.
 */
final class TrafficDesk {
    private static final String LAST = "last";

    private final Workbench workbench;
    private final Texts texts = Texts.of(TrafficDesk.class);
    private final Presets presets;
    private final Runs runs;
    private final TimeFrame frame = new TimeFrame();
    private final ObjectProperty<WorkloadDraft> draft = new SimpleObjectProperty<>(this, "draft");
    private final ObservableMap<String, String> invalid = FXCollections.observableHashMap();
    private final ReadOnlyObjectWrapper<Optional<DeviceFacts>> facts =
            new ReadOnlyObjectWrapper<>(this, "facts", Optional.empty());
    private final ObservableList<Check> checks = FXCollections.observableArrayList();
    private final ReadOnlyStringWrapper refusal = new ReadOnlyStringWrapper(this, "refusal", "");
    private final InvalidationListener shieldMoved = o -> judge();
    private Subscription followed = Subscription.EMPTY;

    TrafficDesk(Workbench workbench) {
        this.workbench = workbench;
        var settings = workbench.settings().section("workload");
        presets = new Presets(settings, texts);
        runs = new Runs(workbench, texts);
        draft.set(DraftText.read(settings.get(LAST, "")).orElse(presets.all().getFirst()));
        draft.addListener((o, was, is) -> {
            settings.put(LAST, DraftText.write(is));
            refusal.set("");
            judge();
        });
        invalid.addListener(shieldMoved);
        workbench.device().subscribe(this::follow);
    }

    static TrafficDesk of(Workbench workbench) {
        return workbench.shared(TrafficDesk.class, TrafficDesk::new);
    }

    Texts texts() {
        return texts;
    }

    Presets presets() {
        return presets;
    }

    Runs runs() {
        return runs;
    }

    /** The stretch of time that charts and heat map show. */
    TimeFrame frame() {
        return frame;
    }

    /** The course of the worker that was chosen among the results; of all of them if none was. */
    Course course() {
        return runs.focus().get().flatMap(w -> runs.courses().of(w.index())).orElse(runs.course());
    }

    ObjectProperty<WorkloadDraft> draft() {
        return draft;
    }

    /** Fields of the editor whose text cannot be read, each with the reason. */
    ObservableMap<String, String> invalid() {
        return invalid;
    }

    /** What the current device can take; empty while that is not known. */
    ReadOnlyObjectProperty<Optional<DeviceFacts>> facts() {
        return facts.getReadOnlyProperty();
    }

    /** Unmodified by others. */
    ObservableList<Check> checks() {
        return checks;
    }

    /** Why the last start was refused; empty when it was not, or the draft has changed since. */
    ReadOnlyStringProperty refusal() {
        return refusal.getReadOnlyProperty();
    }

    Optional<DeviceSession> session() {
        return Optional.ofNullable(workbench.device().get());
    }

    /** Takes a preset's load, at the place that the draft has. */
    void choose(WorkloadDraft preset) {
        invalid.clear();
        draft.set(fitting(preset).edit(e -> {
            e.nsid = draft.get().nsid();
            e.firstLba = draft.get().firstLba();
            e.lastLba = draft.get().lastLba();
        }));
    }

    /** Whether the draft is no longer what its preset says. */
    boolean isEdited() {
        return presets.named(draft.get().preset())
                .map(p -> !draft.get().sameLoad(p) && !draft.get().sameLoad(fitting(p)))
                .orElse(true);
    }

    /** A preset with sizes that the namespace of the draft can do. */
    private WorkloadDraft fitting(WorkloadDraft preset) {
        return facts.get()
                .flatMap(f -> f.space(draft.get().nsid()))
                .map(s -> preset.fitting(s.lbaBytes()))
                .orElse(preset);
    }

    /** Starts what is in the editor, ending what runs; or says in {@link #refusal} why not. */
    boolean start() {
        judge();
        var reason = Checks.refusal(checks);
        refusal.set(reason.orElse(""));
        if (reason.isPresent()) {
            return false;
        }
        long lbaCount = facts.get()
                .flatMap(f -> f.space(draft.get().nsid()))
                .map(DeviceFacts.Space::lbaCount)
                .orElseThrow();
        runs.start(session().orElseThrow(), draft.get(), lbaCount);
        return true;
    }

    private void follow(DeviceSession session) {
        followed.unsubscribe();
        followed = Subscription.EMPTY;
        facts.set(Optional.empty());
        runs.temperature(Double.NaN);
        if (session != null) {
            session.shield().addListener(shieldMoved);
            followed = Subscription.combine(
                    session.onEvent(e -> heed(session, e)),
                    session.vitals().subscribe((Vitals v) -> heed(v)),
                    session.state().subscribe(s -> {
                        if (s == DeviceSession.State.READY) {
                            read(session);
                        } else {
                            judge();
                        }
                    }),
                    () -> session.shield().removeListener(shieldMoved));
        }
        judge();
    }

    private void heed(Vitals vitals) {
        var known = vitals.temperatureCelsius();
        runs.temperature(known.isPresent() ? known.getAsInt() : Double.NaN);
    }

    private void heed(DeviceSession session, DeviceEvent event) {
        switch (event) {
            case DeviceEvent.Opened opened -> read(session);
            case DeviceEvent.Reset reset -> read(session);
            case DeviceEvent.NamespacesChanged changed -> read(session);
            case DeviceEvent.QueuesChanged changed -> count(session);
            default -> {}
        }
    }

    private void read(DeviceSession session) {
        if (session.state().getValue() == DeviceSession.State.READY) {
            session.ask(DeviceFacts::read)
                    .thenAccept(read -> {
                        if (workbench.device().get() == session) {
                            facts.set(Optional.of(read));
                            settleNamespace(read);
                            judge();
                        }
                    })
                    .exceptionally(e -> report(session, e));
        }
    }

    private void count(DeviceSession session) {
        if (facts.get().isPresent() && session.state().getValue() == DeviceSession.State.READY) {
            session.ask(DeviceFacts::taken)
                    .thenAccept(taken -> {
                        if (workbench.device().get() == session) {
                            facts.set(facts.get().map(f -> f.counted(taken)));
                            judge();
                        }
                    })
                    .exceptionally(e -> report(session, e));
        }
    }

    /** A question that a closing device no longer answers is no problem. */
    private Void report(DeviceSession session, Throwable failure) {
        if (session.state().getValue() == DeviceSession.State.READY) {
            workbench.problems().add(Problem.error(session.name(), failure));
        }
        return null;
    }

    /** A draft that names a namespace of another device goes to the first one of this. */
    private void settleNamespace(DeviceFacts read) {
        if (read.space(draft.get().nsid()).isEmpty() && !read.namespaces().isEmpty()) {
            draft.set(draft.get().edit(e -> {
                e.nsid = read.namespaces().getFirst().nsid();
                e.firstLba = 0;
                e.lastLba = -1;
            }));
        }
    }

    private void judge() {
        var session = session();
        if (session.isEmpty()) {
            checks.setAll(List.of(new Check(Level.STOP, texts.get("check.noDevice"))));
        } else if (session.get().state().getValue() != DeviceSession.State.READY) {
            checks.setAll(List.of(new Check(
                    Level.STOP, texts.get("check.notReady", session.get().name()))));
        } else if (facts.get().isEmpty()) {
            checks.setAll(List.of(new Check(
                    Level.STOP, texts.get("check.reading", session.get().name()))));
        } else {
            checks.setAll(Checks.of(
                    texts,
                    draft.get(),
                    facts.get().get(),
                    invalid.values(),
                    session.get().shielded(),
                    Runtime.getRuntime().availableProcessors()));
        }
    }
}
