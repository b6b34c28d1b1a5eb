package dev.doorbell.app.shell;

import dev.doorbell.plugin.Job;
import dev.doorbell.plugin.Workbench;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import javafx.animation.AnimationTimer;
import javafx.application.Platform;
import javafx.embed.swing.SwingFXUtils;
import javafx.geometry.Rectangle2D;
import javafx.scene.Node;
import javafx.scene.SnapshotParameters;
import javafx.scene.image.Image;
import javafx.scene.transform.Transform;
import javafx.stage.Stage;
import javax.imageio.ImageIO;

/**
 * The workbench driven by a program instead of a user: for the guided tour and for tests. Works with
 * {@code -Dglass.platform=Headless} as well as on a display. Its methods are for any thread but JavaFX's.
 */
public final class DrivenWindow implements AutoCloseable {
    private static final AtomicBoolean STARTED = new AtomicBoolean();
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final MainWindow window;
    private final double scale;
    private final List<UiWatch.Freeze> freezes = new CopyOnWriteArrayList<>();

    private DrivenWindow(MainWindow window, double scale) {
        this.window = window;
        this.scale = scale;
        window.watch().onFreeze(freezes::add);
    }

    /** What kept the window from answering since it opened. */
    public List<UiWatch.Freeze> freezes() {
        return List.copyOf(freezes);
    }

    /** Starts JavaFX if need be, and opens a workbench of this size. */
    public static DrivenWindow start(Options options, double width, double height) {
        return start(options, width, height, 1);
    }

    /**
     * Starts JavaFX if need be, and opens a workbench of this size.
     *
     * @param width in the units of the window's contents, as is {@code height}
     * @param scale pixels of a unit: 2 lays everything out, and takes pictures, as on a screen at 200 %
     */
    public static DrivenWindow start(Options options, double width, double height, double scale) {
        startPlatform();
        var window = call(() -> {
            HeadlessScreen.enlarge();
            var stage = new Stage();
            stage.setX(0);
            stage.setY(0);
            stage.setWidth(width);
            stage.setHeight(height);
            stage.setRenderScaleX(scale);
            stage.setRenderScaleY(scale);
            return MainWindow.open(stage, options);
        });
        return new DrivenWindow(window, scale);
    }

    /** Starts JavaFX if need be, to go on when the last window closes. */
    static void startPlatform() {
        if (STARTED.compareAndSet(false, true)) {
            try {
                Platform.startup(() -> {});
            } catch (IllegalStateException e) {
                // A test framework has started it already.
            }
            Platform.setImplicitExit(false);
        }
    }

    public Workbench workbench() {
        return window.workbench();
    }

    public MainWindow window() {
        return window;
    }

    /**
     * Runs a task on the JavaFX thread, when all views that were asked for before stand in the window and have been laid out, and
     * waits for it.
     */
    public void run(Runnable task) {
        await(PATIENCE, () -> true);
        call(() -> {
            task.run();
            return true;
        });
    }

    /** Computes something on the JavaFX thread and waits for it. */
    public <T> T get(Callable<T> task) {
        return call(task);
    }

    private static <T> T call(Callable<T> task) {
        var future = new FutureTask<>(task);
        Platform.runLater(future);
        try {
            return future.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException r ? r : new IllegalStateException(e.getCause());
        } catch (TimeoutException e) {
            throw new IllegalStateException("The JavaFX thread did not answer within " + PATIENCE, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /**
     * Waits until {@code condition}, asked on the JavaFX thread when all views stand in the window and have been laid out, holds;
     * false when {@code limit} passed before.
     */
    public boolean await(Duration limit, BooleanSupplier condition) {
        long end = System.nanoTime() + limit.toNanos();
        while (System.nanoTime() < end) {
            if (get(window::isComplete)) {
                layOut();
                if (get(() -> window.isComplete() && condition.getAsBoolean())) {
                    return true;
                }
            }
            sleep(20);
        }
        return false;
    }

    /** Waits for a frame's layout, which gives new controls their parts: before it, a lookup does not find these. */
    private void layOut() {
        var done = new CountDownLatch(1);
        get(() -> {
            if (!window.stage().isShowing()) {
                done.countDown();
                return false;
            }
            var scene = window.stage().getScene();
            scene.addPostLayoutPulseListener(new Runnable() {
                @Override
                public void run() {
                    scene.removePostLayoutPulseListener(this);
                    done.countDown();
                }
            });
            Platform.requestNextPulse();
            return true;
        });
        try {
            if (!done.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                throw new IllegalStateException("No frame was laid out within " + PATIENCE);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Waits until no job runs, no session opens, and the scene has been laid out and drawn since. */
    public boolean awaitIdle(Duration limit) {
        boolean done =
                await(limit, () -> window.workbench().jobs().all().stream().noneMatch(DrivenWindow::alive));
        pulses(3);
        return done;
    }

    private static boolean alive(Job<?> job) {
        return !job.state().getValue().ended();
    }

    /** Waits until all views stand in the window that were asked for, and then for some frames. */
    public void pulses(int count) {
        await(PATIENCE, window::isComplete);
        var latch = new CountDownLatch(count);
        run(() -> new AnimationTimer() {
            @Override
            public void handle(long now) {
                latch.countDown();
                if (latch.getCount() == 0) {
                    stop();
                }
            }
        }.start());
        try {
            if (!latch.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                throw new IllegalStateException("No frames were drawn within " + PATIENCE);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static void sleep(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** The node with this id in the main window, or {@code null}; on the JavaFX thread. */
    Node lookup(String id) {
        return window.stage().getScene().lookup("#" + id);
    }

    /** The node with this id in the main window. */
    public Node node(String id) {
        var found = get(() -> lookup(id));
        if (found == null) {
            throw new IllegalStateException("There is no #" + id + " in the window");
        }
        return found;
    }

    /** Gives the window another size. */
    public void resize(double width, double height) {
        run(() -> {
            window.stage().setWidth(width);
            window.stage().setHeight(height);
        });
        pulses(3);
    }

    /** Writes the window's content as a picture, folders included. */
    public void snapshot(Path png) {
        pulses(2);
        var image = get(() -> SwingFXUtils.fromFXImage(picture(), null));
        try {
            Files.createDirectories(png.toAbsolutePath().getParent());
            ImageIO.write(image, "png", png.toFile());
        } catch (IOException e) {
            throw new UncheckedIOException("The picture cannot be written to " + png, e);
        }
    }

    private Image picture() {
        var scene = window.stage().getScene();
        var parameters = new SnapshotParameters();
        parameters.setTransform(Transform.scale(scale, scale));
        parameters.setFill(scene.getFill());
        // Shadows reach out of the window.
        parameters.setViewport(new Rectangle2D(0, 0, scene.getWidth() * scale, scene.getHeight() * scale));
        return scale == 1 ? scene.snapshot(null) : scene.getRoot().snapshot(parameters, null);
    }

    /** Closes the window and its devices, and waits for that. */
    @Override
    public void close() {
        run(() -> {
            window.stage().close();
            window.close();
        });
        try {
            window.awaitClosed(PATIENCE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
