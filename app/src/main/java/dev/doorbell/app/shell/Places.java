package dev.doorbell.app.shell;

import dev.doorbell.app.shell.LayoutText.Frame;
import dev.doorbell.plugin.Area;
import dev.doorbell.plugin.Navigation;
import dev.doorbell.plugin.Perspective;
import dev.doorbell.plugin.Placement;
import dev.doorbell.plugin.Problem;
import dev.doorbell.plugin.View;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import javafx.application.Platform;
import javafx.beans.property.BooleanProperty;
import javafx.beans.property.ObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;
import javafx.beans.property.SimpleBooleanProperty;
import javafx.beans.property.SimpleObjectProperty;
import javafx.beans.value.ObservableValue;
import javafx.scene.layout.StackPane;
import javafx.stage.Stage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.coley.bentofx.dockable.Dockable;

/** Perspectives, the active view, and the way back. Layouts are kept in one file a perspective, to be read and shared. */
final class Places implements Navigation {
    private static final Logger LOG = LoggerFactory.getLogger(Places.class);
    private static final int MOST = 50;

    private final Bench bench;
    private final Views views;
    private final Theme theme;
    private final Map<Perspective, PerspectiveDocks> built = new EnumMap<>(Perspective.class);
    private final ReadOnlyObjectWrapper<Perspective> current = new ReadOnlyObjectWrapper<>();
    private final ObjectProperty<OpenView> active = new SimpleObjectProperty<>();
    private final BooleanProperty back = new SimpleBooleanProperty();
    private final BooleanProperty forward = new SimpleBooleanProperty();
    private final List<Place> trail = new ArrayList<>();
    private final StackPane node = new StackPane();
    private int at = -1;
    private boolean travelling;
    private Optional<PerspectiveDocks> alone = Optional.empty();
    private Optional<Stage> stage = Optional.empty();

    /** Where the user has been. */
    private record Place(Perspective perspective, String viewId, Object argument) {}

    Places(Bench bench, Views views, Theme theme) {
        this.bench = bench;
        this.views = views;
        this.theme = theme;
    }

    /** The middle of the window: the current perspective. */
    StackPane node() {
        return node;
    }

    /** Puts the first perspective into the window, which has its size by now. */
    void start(Stage owner, Perspective first) {
        stage = Optional.of(owner);
        show(first);
    }

    /** Fills the middle of the window with one view, until the user opens, shows or closes something. */
    void showAlone(String viewId) {
        var docks = new PerspectiveDocks(current.get(), views, theme, dockable -> {});
        var tabs = new LayoutText.Tabs(DefaultLayouts.id(Area.CENTER), viewId, List.of(viewId));
        docks.build(List.of(new Frame(true, 0, 0, 0, 0, tabs)), owner());
        docks.onEmpty(this::leaveAlone);
        docks(current.get()).showFloats(false);
        node.getChildren().setAll(docks.node());
        alone = Optional.of(docks);
        views.get(viewId).ifPresent(this::activate);
    }

    /** Back from {@link #showAlone} to the perspective. */
    void leaveAlone() {
        if (alone.isPresent()) {
            alone = Optional.empty();
            var docks = docks(current.get());
            node.getChildren().setAll(docks.node());
            docks.showFloats(true);
            docks.front().flatMap(views::get).ifPresent(this::activate);
        }
    }

    private PerspectiveDocks docks(Perspective perspective) {
        return built.computeIfAbsent(perspective, key -> {
            var docks = new PerspectiveDocks(key, views, theme, this::selected);
            docks.build(stored(key).orElseGet(() -> fresh(key)), owner());
            return docks;
        });
    }

    private Stage owner() {
        return stage.orElseThrow(() -> new IllegalStateException("The window is not there yet"));
    }

    private List<Frame> fresh(Perspective perspective) {
        var scene = owner().getScene();
        return DefaultLayouts.of(perspective, views.kinds(), scene.getWidth(), scene.getHeight());
    }

    private Path file(Perspective perspective) {
        return bench.options().home().resolve("layout-" + perspective.name().toLowerCase(Locale.ROOT) + ".txt");
    }

    private Optional<List<Frame>> stored(Perspective perspective) {
        var file = file(perspective);
        try {
            return Files.exists(file)
                    ? Optional.of(LayoutText.parse(Files.readString(file))).filter(l -> !l.isEmpty())
                    : Optional.empty();
        } catch (IOException | IllegalArgumentException e) {
            LOG.warn("The layout in {} cannot be read, so the perspective starts afresh: {}", file, e.getMessage());
            return Optional.empty();
        }
    }

    /** Writes the layouts of all perspectives that were used. */
    void save() {
        built.forEach((perspective, docks) -> {
            try {
                Files.writeString(file(perspective), LayoutText.print(docks.layout()));
            } catch (IOException e) {
                LOG.warn("The layout cannot be written: {}", e.getMessage());
            }
        });
    }

    /** Back to how the current perspective was first. */
    void reset() {
        docks(current.get()).build(fresh(current.get()), owner());
        docks(current.get()).showFloats(true);
    }

    @Override
    public ObservableValue<Perspective> perspective() {
        return current.getReadOnlyProperty();
    }

    @Override
    public void show(Perspective perspective) {
        leaveAlone();
        if (perspective == current.get()) {
            return;
        }
        if (current.get() != null) {
            docks(current.get()).showFloats(false);
        }
        var docks = docks(perspective);
        // First, as views that come into sight ask for others beside them.
        current.set(perspective);
        node.getChildren().setAll(docks.node());
        docks.showFloats(true);
        docks.front().flatMap(views::get).ifPresent(this::activate);
    }

    /** The view that keys such as F5 go to; {@code null} inside: none. */
    ObservableValue<OpenView> active() {
        return active;
    }

    /** The focus has moved into a view. */
    void activate(OpenView view) {
        active.set(view);
    }

    /**
     * What had the focus is gone, such as a question's button: the view it stood in keeps the focus. JavaFX would give it to
     * the first thing in the window, and keys such as F5 would go there.
     */
    void keepFocus() {
        var view = active.get();
        Platform.runLater(() -> {
            if (view != null && view.takeFocus()) {
                activate(view);
            }
        });
    }

    private void selected(Dockable dockable) {
        if (stage.isEmpty() || travelling) {
            return;
        }
        views.get(dockable.getIdentifier()).ifPresent(open -> {
            activate(open);
            remember(new Place(current.get(), open.id(), ""));
        });
    }

    @Override
    public void open(String viewId) {
        open(viewId, "");
    }

    @Override
    public void open(String viewId, Object argument) {
        var kind = views.kind(viewId);
        if (kind.isEmpty()) {
            bench.problems().add(Problem.warning("", "There is no view “" + viewId + "”"));
            return;
        }
        leaveAlone();
        leaveTrace();
        var here = current.get();
        if (!docks(here).has(viewId) && Views.placement(kind.get(), here).isEmpty()) {
            kind.get().placements().stream()
                    .findFirst()
                    .map(Placement::perspective)
                    .ifPresent(this::show);
        }
        travelling = true;
        try {
            bring(viewId, argument);
        } finally {
            travelling = false;
        }
        remember(new Place(current.get(), viewId, argument));
    }

    @Override
    public void reveal(String viewId) {
        var docks = docks(current.get());
        if (!docks.has(viewId)) {
            return;
        }
        // A view may ask for this while the user is on the way to it.
        boolean before = travelling;
        travelling = true;
        try {
            docks.open(viewId);
        } finally {
            travelling = before;
        }
    }

    private void bring(String viewId, Object argument) {
        docks(current.get()).open(viewId);
        views.get(viewId).ifPresent(open -> {
            views.arrivals().hasten(open);
            activate(open);
            if (!argument.equals("")) {
                open.view().ifPresent(v -> v.open(argument));
            }
        });
    }

    /** Notes where in the active view the user is, so that the way back leads there. */
    private void leaveTrace() {
        if (at >= 0
                && active.get() != null
                && trail.get(at).viewId.equals(active.get().id())) {
            var place = trail.get(at);
            active.get()
                    .view()
                    .map(View::place)
                    .filter(p -> !p.equals(""))
                    .ifPresent(p -> trail.set(at, new Place(place.perspective, place.viewId, p)));
        }
    }

    private void remember(Place place) {
        if (at >= 0 && trail.get(at).equals(place)) {
            return;
        }
        trail.subList(at + 1, trail.size()).clear();
        trail.add(place);
        if (trail.size() > MOST) {
            trail.removeFirst();
        }
        at = trail.size() - 1;
        settle();
    }

    @Override
    public void back() {
        travel(-1);
    }

    @Override
    public void forward() {
        travel(1);
    }

    private void travel(int step) {
        int to = at + step;
        if (to < 0 || to >= trail.size()) {
            return;
        }
        leaveTrace();
        at = to;
        var place = trail.get(at);
        travelling = true;
        try {
            show(place.perspective);
            bring(place.viewId, place.argument);
        } finally {
            travelling = false;
        }
        settle();
    }

    private void settle() {
        back.set(at > 0);
        forward.set(at < trail.size() - 1);
    }

    @Override
    public ObservableValue<Boolean> canGoBack() {
        return back;
    }

    @Override
    public ObservableValue<Boolean> canGoForward() {
        return forward;
    }

    /** Ctrl+1 … 9: the n-th tab, the editor area's first. */
    void openNth(int n) {
        var tabs = docks(current.get()).tabs();
        if (n < tabs.size()) {
            open(tabs.get(n).getIdentifier());
        }
    }

    void closeActive() {
        if (active.get() != null) {
            alone.orElseGet(() -> docks(current.get())).close(active.get().id());
        }
    }

    void detachActive() {
        if (active.get() != null) {
            leaveAlone();
            docks(current.get()).detach(active.get().id());
        }
    }

    /** Ctrl+F in the active view. */
    void find() {
        Optional.ofNullable(active.get()).flatMap(OpenView::view).ifPresent(View::find);
    }

    /** The active view if it can be read again, else the one in front in the middle. */
    Optional<View> refreshable() {
        var front = current.get() == null
                ? Optional.<OpenView>empty()
                : docks(current.get()).front().flatMap(views::get);
        return Optional.ofNullable(active.get())
                .flatMap(OpenView::view)
                .filter(View::refreshable)
                .or(() -> front.flatMap(OpenView::view).filter(View::refreshable));
    }
}
