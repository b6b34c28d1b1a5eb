package dev.doorbell.app.shell;

import dev.doorbell.plugin.DeviceEvent;
import dev.doorbell.plugin.DeviceSession;
import dev.doorbell.plugin.Problem;
import dev.doorbell.plugin.Texts;
import dev.doorbell.plugin.View;
import dev.doorbell.plugin.ViewContext;
import dev.doorbell.plugin.ViewContribution;
import dev.doorbell.plugin.Workbench;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import javafx.beans.InvalidationListener;
import javafx.beans.Observable;
import javafx.beans.binding.Bindings;
import javafx.beans.property.BooleanProperty;
import javafx.beans.property.IntegerProperty;
import javafx.beans.property.ObjectProperty;
import javafx.beans.property.ReadOnlyBooleanWrapper;
import javafx.beans.property.SimpleBooleanProperty;
import javafx.beans.property.SimpleIntegerProperty;
import javafx.beans.property.SimpleObjectProperty;
import javafx.beans.property.SimpleStringProperty;
import javafx.beans.property.StringProperty;
import javafx.beans.value.ObservableValue;
import javafx.collections.ListChangeListener;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.Scene;
import javafx.scene.control.Label;
import javafx.scene.layout.StackPane;
import javafx.stage.Window;
import javafx.util.Subscription;

/**
 * One view in the window, made when it is first seen and then moved from host to host as perspectives and docks change.
 * Also the view's context.
 */
final class OpenView implements ViewContext {
    private final ViewContribution contribution;
    private final Workbench workbench;
    private final StringProperty title;
    private final StringProperty subtitle = new SimpleStringProperty("");
    private final IntegerProperty badge = new SimpleIntegerProperty();
    private final ObjectProperty<DeviceSession> pinned = new SimpleObjectProperty<>();
    private final ObservableValue<DeviceSession> device;
    private final ReadOnlyBooleanWrapper visible = new ReadOnlyBooleanWrapper();
    private final StackPane body = new StackPane();
    private final List<Runnable> beats = new ArrayList<>();
    private Subscription owned = Subscription.EMPTY;
    private Subscription pulse = Subscription.EMPTY;
    private Optional<View> view = Optional.empty();
    private final BooleanProperty made = new SimpleBooleanProperty();
    private boolean failed;

    OpenView(ViewContribution contribution, Workbench workbench) {
        this.contribution = contribution;
        this.workbench = workbench;
        title = new SimpleStringProperty(contribution.title());
        device = Bindings.createObjectBinding(
                () -> pinned.get() != null ? pinned.get() : workbench.device().get(), pinned, workbench.device());
        body.getStyleClass().add("view");
        // In a dock that is too small for it, a view is cut at its right and bottom, and takes nothing from the tabs.
        body.setMinSize(0, 0);
        body.setAlignment(Pos.TOP_LEFT);
        body.setUserData(this);
        body.setId("view-" + contribution.id());
        visible.bind(body.sceneProperty()
                .flatMap(Scene::windowProperty)
                .flatMap(Window::showingProperty)
                .orElse(false));
        visible.addListener((o, was, is) -> seen(is));
        // A pin on a device that was closed would leave the view with nothing.
        workbench.sessions().addListener((ListChangeListener<DeviceSession>) c -> {
            if (pinned.get() != null && !workbench.sessions().contains(pinned.get())) {
                pinned.set(null);
            }
        });
    }

    /** The view that a node is part of. */
    static Optional<OpenView> around(Node node) {
        for (Node n = node; n != null; n = n.getParent()) {
            if (n.getUserData() instanceof OpenView open) {
                return Optional.of(open);
            }
        }
        return Optional.empty();
    }

    ViewContribution contribution() {
        return contribution;
    }

    String id() {
        return contribution.id();
    }

    /** Whether the view exists, or nothing will come of it. */
    boolean isMade() {
        return made.get();
    }

    /** Calls {@code task} once, as soon as {@link #isMade}. */
    void whenMade(Runnable task) {
        if (made.get()) {
            task.run();
        } else {
            made.addListener(new InvalidationListener() {
                @Override
                public void invalidated(Observable o) {
                    made.removeListener(this);
                    task.run();
                }
            });
        }
    }

    /** Takes the view's content out of wherever it is and puts it into {@code host}, making it if this is the first time. */
    void moveTo(StackPane host) {
        view();
        if (body.getParent() instanceof StackPane before && before != host) {
            before.getChildren().remove(body);
        }
        if (body.getParent() != host) {
            host.getChildren().setAll(body);
        }
    }

    /** Puts the focus somewhere into the view unless it is there; false when the view cannot be seen. */
    boolean takeFocus() {
        if (!visible.get()) {
            return false;
        }
        if (around(body.getScene().getFocusOwner()).filter(v -> v == this).isEmpty()) {
            body.requestFocus();
        }
        return true;
    }

    /** The view, made now if need be; empty if making it failed, which is then what its tab shows. */
    Optional<View> view() {
        if (view.isEmpty() && !failed) {
            try {
                var made = contribution.create(this);
                made.restore(memento());
                body.getChildren().setAll(made.node());
                view = Optional.of(made);
                this.made.set(true);
            } catch (RuntimeException | LinkageError e) {
                failed = true;
                var text = "The view " + contribution.title() + " could not be opened: " + e;
                workbench.problems().add(Problem.error(id(), text, e));
                var label = new Label(text);
                label.setWrapText(true);
                label.getStyleClass().addAll("empty", "bad");
                body.getChildren().setAll(label);
                made.set(true);
            }
        }
        return view;
    }

    private dev.doorbell.plugin.Memento memento() {
        return workbench.settings().section("view").section(id());
    }

    private void seen(boolean now) {
        beat();
        view.ifPresent(v -> {
            if (now) {
                v.shown();
            } else {
                v.hidden();
            }
        });
    }

    /** Listens to the common pulse exactly while visible and while somebody wants it. */
    private void beat() {
        pulse.unsubscribe();
        pulse = visible.get() && !beats.isEmpty()
                ? workbench.pulse().subscribe(() -> List.copyOf(beats).forEach(Runnable::run))
                : Subscription.EMPTY;
    }

    void save() {
        view.ifPresent(v -> v.save(memento()));
    }

    void dispose() {
        pulse.unsubscribe();
        beats.clear();
        owned.unsubscribe();
        owned = Subscription.EMPTY;
        view.ifPresent(View::dispose);
        view = Optional.empty();
    }

    @Override
    public Workbench workbench() {
        return workbench;
    }

    @Override
    public ObservableValue<DeviceSession> device() {
        return device;
    }

    @Override
    public ObjectProperty<DeviceSession> pinned() {
        return pinned;
    }

    @Override
    public ObservableValue<Boolean> visible() {
        return visible.getReadOnlyProperty();
    }

    @Override
    public StringProperty title() {
        return title;
    }

    @Override
    public StringProperty subtitle() {
        return subtitle;
    }

    @Override
    public IntegerProperty badge() {
        return badge;
    }

    @Override
    public Subscription onPulse(Runnable task) {
        Runnable own = task::run;
        beats.add(own);
        beat();
        return () -> {
            beats.remove(own);
            beat();
        };
    }

    @Override
    public <T> Subscription watch(ObservableValue<T> value, Consumer<? super T> listener) {
        listener.accept(value.getValue());
        // Not ObservableValue.subscribe(Consumer), which would call once more with a value that may have moved on.
        var subscription = value.subscribe((was, is) -> listener.accept(is));
        own(subscription);
        return subscription;
    }

    @Override
    public Subscription onDeviceEvent(Consumer<DeviceEvent> listener) {
        var current = new Subscription[] {Subscription.EMPTY};
        var changes = watch(device, session -> {
            current[0].unsubscribe();
            current[0] = session == null ? Subscription.EMPTY : session.onEvent(listener);
        });
        Subscription inner = () -> current[0].unsubscribe();
        own(inner);
        return changes.and(inner);
    }

    @Override
    public void own(Subscription subscription) {
        owned = owned.and(subscription);
    }

    @Override
    public Texts texts(Class<?> owner) {
        return Texts.of(owner);
    }
}
