package dev.doorbell.app.shell;

import dev.doorbell.plugin.Job;
import dev.doorbell.plugin.Workbench;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
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
import javafx.scene.Node;
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

    private DrivenWindow(MainWindow window) {
        this.window = window;
    }

    /** Starts JavaFX if need be, and opens a workbench of this size. */
    public static DrivenWindow start(Options options, double width, double height) {
        if (STARTED.compareAndSet(false, true)) {
            try {
                Platform.startup(() -> {});
            } catch (IllegalStateException e) {
                // A test framework has started it already.
            }
            Platform.setImplicitExit(false);
        }
        var window = call(() -> {
            HeadlessScreen.enlarge();
            var stage = new Stage();
            stage.setX(0);
            stage.setY(0);
            stage.setWidth(width);
            stage.setHeight(height);
            return MainWindow.open(stage, options);
        });
        return new DrivenWindow(window);
    }

    public Workbench workbench() {
        return window.workbench();
    }

    public MainWindow window() {
        return window;
    }

    /** Runs a task on the JavaFX thread and waits for it. */
    public void run(Runnable task) {
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

    /** Waits until {@code condition}, asked on the JavaFX thread, holds; false when {@code limit} passed before. */
    public boolean await(Duration limit, BooleanSupplier condition) {
        long end = System.nanoTime() + limit.toNanos();
        while (System.nanoTime() < end) {
            if (get(condition::getAsBoolean)) {
                return true;
            }
            sleep(20);
        }
        return false;
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

    /** Waits for some frames. */
    public void pulses(int count) {
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
        var image = get(() -> SwingFXUtils.fromFXImage(window.stage().getScene().snapshot(null), null));
        try {
            Files.createDirectories(png.toAbsolutePath().getParent());
            ImageIO.write(image, "png", png.toFile());
        } catch (IOException e) {
            throw new UncheckedIOException("The picture cannot be written to " + png, e);
        }
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
