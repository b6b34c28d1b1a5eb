package dev.doorbell.app.shell;

import dev.doorbell.plugin.Perspective;
import dev.doorbell.plugin.ViewContribution;
import dev.doorbell.plugin.Workbench;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import javafx.geometry.Rectangle2D;
import javafx.scene.Scene;
import javafx.scene.layout.BorderPane;
import javafx.scene.layout.StackPane;
import javafx.scene.layout.VBox;
import javafx.stage.Screen;
import javafx.stage.Stage;

/** The main window: puts its parts together, remembers its place, closes what it opened. */
public final class MainWindow implements AutoCloseable {
    private static final String WELCOME = "welcome";
    private static final double MIN_WIDTH = 960;
    private static final double MIN_HEIGHT = 600;

    private final Stage stage;
    private final Bench bench;
    private final UiWatch watch = new UiWatch();
    private final Scene scene;
    private boolean closed;
    private Optional<Thread> closing = Optional.empty();

    private MainWindow(Stage stage, Options options) {
        this.stage = stage;
        Fonts.load();
        ConsoleAppender.install();
        bench = new Bench(options);
        var palette = new Palette(bench);
        StandardActions.register(bench, stage, palette::show);
        var top = new VBox(new MenuStrip(bench, palette::show), new Toolbar(bench), new MessageStrip(bench));
        var frame = new BorderPane(bench.places().node(), top, null, new StatusStrip(bench), null);
        var root = new StackPane(frame, new RemarkLabel(bench), palette.node());
        root.getStyleClass().add("window");
        scene = new Scene(root);
        bench.theme().dress(scene);
        scene.setFill(bench.theme().dark().get() ? javafx.scene.paint.Color.BLACK : javafx.scene.paint.Color.WHITE);
        scene.focusOwnerProperty().addListener((o, was, is) -> {
            OpenView.around(is).ifPresent(bench.places()::activate);
            if (is == null && was != null) {
                bench.places().keepFocus();
            }
        });
        Shortcuts.install(scene, bench);
        stage.setTitle("Doorbell");
        stage.setScene(scene);
    }

    /** Builds the window in {@code stage}, shows it, and opens the devices asked for. JavaFX thread. */
    public static MainWindow open(Stage stage, Options options) {
        var window = new MainWindow(stage, options);
        window.place();
        stage.show();
        window.begin();
        options.devices().forEach(address -> window.bench.open(address).exceptionally(e -> null));
        return window;
    }

    /** The last perspective, or the page for beginners when nothing else was asked for. */
    private void begin() {
        var places = bench.places();
        places.start(stage, firstPerspective());
        boolean asked = !bench.options().devices().isEmpty()
                || bench.options().perspective().isPresent();
        if (!asked
                && bench.settings().getBoolean(WELCOME + ".show", true)
                && bench.views().kind(WELCOME).isPresent()) {
            places.showAlone(WELCOME);
        }
        bench.device().subscribe((was, is) -> {
            if (is != null) {
                places.leaveAlone();
            }
        });
    }

    private Perspective firstPerspective() {
        return bench.options().perspective().orElseGet(() -> {
            var last = bench.settings().get("window.perspective", "EXPLORE");
            try {
                return Perspective.valueOf(last.toUpperCase(Locale.ROOT));
            } catch (IllegalArgumentException e) {
                return Perspective.EXPLORE;
            }
        });
    }

    private void place() {
        var memory = bench.settings().section("window");
        stage.setMinWidth(MIN_WIDTH);
        stage.setMinHeight(MIN_HEIGHT);
        var screen = Screen.getPrimary().getVisualBounds();
        double width = memory.getDouble("width", Math.min(1600, screen.getWidth()));
        double height = memory.getDouble("height", Math.min(1000, screen.getHeight()));
        if (!Double.isNaN(stage.getWidth())) {
            // Whoever made the stage has decided.
            return;
        }
        stage.setWidth(width);
        stage.setHeight(height);
        var x = memory.get("x").map(Double::parseDouble);
        var y = memory.get("y").map(Double::parseDouble);
        if (x.isPresent() && y.isPresent() && onSomeScreen(x.get(), y.get(), width)) {
            stage.setX(x.get());
            stage.setY(y.get());
        }
        boolean snug = screen.getWidth() <= 1600 || screen.getHeight() <= 1000;
        stage.setMaximized(memory.getBoolean("maximized", snug));
    }

    private static boolean onSomeScreen(double x, double y, double width) {
        return !Screen.getScreensForRectangle(new Rectangle2D(x, y, width, 40)).isEmpty();
    }

    private void remember() {
        var memory = bench.settings().section("window");
        memory.put("maximized", stage.isMaximized());
        if (!stage.isMaximized()) {
            memory.put("x", stage.getX());
            memory.put("y", stage.getY());
            memory.put("width", stage.getWidth());
            memory.put("height", stage.getHeight());
        }
        Optional.ofNullable(bench.places().perspective().getValue())
                .ifPresent(p -> memory.put("perspective", p.name()));
    }

    /** What views see; for tests and the tour. */
    public Workbench workbench() {
        return bench;
    }

    /** All kinds of views. */
    List<ViewContribution> kinds() {
        return bench.views().kinds();
    }

    /** Whether no view is still on its way into a dock; JavaFX thread. */
    boolean isComplete() {
        return bench.views().arrivals().isDone();
    }

    public Stage stage() {
        return stage;
    }

    /** Tells when the JavaFX thread stands still. */
    public UiWatch watch() {
        return watch;
    }

    /** Saves everything, closes devices in the background, and returns before that has ended. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        remember();
        bench.places().save();
        watch.close();
        bench.close();
        ConsoleAppender.uninstall();
        closing = Optional.of(Thread.ofPlatform().name("closing devices").start(bench::closeDevices));
    }

    /** Waits until the devices are closed, at most {@code limit}; not on the JavaFX thread. */
    public boolean awaitClosed(Duration limit) throws InterruptedException {
        return closing.isEmpty() || closing.get().join(limit);
    }
}
