package dev.doorbell.app.views;

import static org.assertj.core.api.Assertions.assertThat;

import dev.doorbell.app.Strict;
import dev.doorbell.app.shell.DrivenWindow;
import dev.doorbell.app.shell.Options;
import dev.doorbell.plugin.DeviceSession;
import dev.doorbell.plugin.Perspective;
import dev.doorbell.plugin.Problem;
import dev.doorbell.plugin.Workbench;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import javafx.scene.Node;
import javafx.scene.Parent;
import javafx.scene.control.ButtonBase;
import javafx.scene.control.Labeled;

/** A window on a simulated SSD, with what tests of views do in it: look for nodes, read what stands there, wait, press. */
public final class DrivenSim implements AutoCloseable {
    /** Only an upper guard for a busy machine. */
    public static final Duration LIMIT = Duration.ofSeconds(60);

    private final DrivenWindow window;
    private final DeviceSession session;

    private DrivenSim(DrivenWindow window) {
        this.window = window;
        session = add("sim:");
    }

    /** Opens a window of 1600 by 1000 pixels in a perspective, and the simulated SSD in it. */
    public static DrivenSim open(Path home, Perspective perspective) {
        return open(home, perspective, true, 1600, 1000, 1);
    }

    /** Opens a window of a size of its own, with so many pixels for each of its units. */
    public static DrivenSim open(
            Path home, Perspective perspective, boolean dark, double width, double height, double scale) {
        var options = new Options(home, List.of(), Optional.of(perspective), Optional.of(dark));
        return new DrivenSim(DrivenWindow.start(options, width, height, scale));
    }

    /** Opens one more device and makes it the current one. */
    public DeviceSession add(String address) {
        var added = wait(window.get(() -> window.workbench().open(address)));
        until(address + " is ready", () -> added.state().getValue() == DeviceSession.State.READY);
        return added;
    }

    public DrivenWindow window() {
        return window;
    }

    public Workbench workbench() {
        return window.workbench();
    }

    /** The first device. */
    public DeviceSession session() {
        return session;
    }

    public void run(Runnable task) {
        window.run(task);
    }

    public <T> T get(Callable<T> task) {
        return window.get(task);
    }

    /** Waits until something can be seen; fails with what it was. */
    public void until(String what, BooleanSupplier condition) {
        assertThat(window.await(LIMIT, condition))
                .as("%s; problems: %s", what, problems())
                .isTrue();
    }

    /** Waits for what was asked of the workbench. */
    public <T> T wait(CompletableFuture<T> answer) {
        try {
            return answer.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    /** Does something with the first device's controller and waits for it. */
    public <T> T ask(DeviceSession.DeviceTask<T> task) {
        return wait(window.get(() -> session.ask(task)));
    }

    public void show(String view) {
        window.run(() -> workbench().navigation().open(view));
        window.pulses(2);
    }

    /** The node that a selector finds in the window; JavaFX thread or any other. */
    public Optional<Node> lookup(String selector) {
        return Optional.ofNullable(window.window().stage().getScene().lookup(selector));
    }

    public <T extends Node> T find(String selector, Class<T> type) {
        until(selector + " is in the window", () -> lookup(selector).isPresent());
        return type.cast(get(() -> lookup(selector).orElseThrow()));
    }

    public void press(String selector) {
        var button = find(selector, ButtonBase.class);
        window.run(button::fire);
        window.pulses(2);
    }

    /** All words that stand in the part of the window that a selector finds; JavaFX thread. */
    public List<String> wordsIn(String selector) {
        var words = new ArrayList<String>();
        lookup(selector).ifPresent(node -> collect(node, words));
        return words;
    }

    public List<String> words(String selector) {
        return get(() -> wordsIn(selector));
    }

    private static void collect(Node node, List<String> words) {
        if (node instanceof Labeled labeled && labeled.getText() != null) {
            words.add(labeled.getText());
        }
        if (node instanceof Parent parent) {
            parent.getChildrenUnmodifiable().forEach(child -> collect(child, words));
        }
    }

    /** What the Problems view would list. */
    public List<String> problems() {
        return get(() -> workbench().problems().all().stream()
                .map(Problem::summary)
                .map(Objects::toString)
                .toList());
    }

    @Override
    public void close() {
        window.close();
        Strict.neverWaited(window);
    }
}
