package dev.doorbell.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.doorbell.app.shell.DrivenWindow;
import dev.doorbell.app.shell.Options;
import dev.doorbell.plugin.DeviceSession;
import dev.doorbell.plugin.Perspective;
import dev.doorbell.plugin.Problem;
import dev.doorbell.plugin.ViewContribution;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import javafx.geometry.Bounds;
import javafx.scene.Node;
import javafx.scene.Parent;
import javafx.scene.control.Labeled;
import javafx.scene.text.Text;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Walks through every view in every perspective that it stands in, on the simulated SSD, as somebody who clicks on everything once.
 *
 * <p>Each window is new and each view in it is shown for the first time, so only waiting counts as a freeze here; what the JavaFX
 * thread computes is held to its limit by {@link FluencyTest}.
 */
@Timeout(value = 400, unit = TimeUnit.SECONDS)
class WalkTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final List<Perspective> PERSPECTIVES = List.of(Perspective.values());

    @TempDir
    Path home;

    private final List<Throwable> uncaught = new CopyOnWriteArrayList<>();
    private final List<String> faults = new ArrayList<>();
    private DrivenWindow window;

    @ParameterizedTest
    @CsvSource({"true, 1280, 800", "false, 1280, 800", "true, 1600, 1000", "false, 1600, 1000"})
    void everyViewStandsInEveryPerspective(boolean dark, double width, double height) {
        var before = Thread.getDefaultUncaughtExceptionHandler();
        Thread.setDefaultUncaughtExceptionHandler((thread, e) -> uncaught.add(e));
        try {
            var options = new Options(home, List.of("sim:"), Optional.of(Perspective.EXPLORE), Optional.of(dark));
            window = DrivenWindow.start(options, width, height);
            window.run(() -> Thread.currentThread().setUncaughtExceptionHandler((thread, e) -> uncaught.add(e)));
            assertThat(window.await(LIMIT, this::ready)).as("sim: is ready").isTrue();
            for (var perspective : PERSPECTIVES) {
                for (var kind : ServiceLoader.load(ViewContribution.class)) {
                    if (kind.placements().stream().anyMatch(p -> p.perspective() == perspective)) {
                        visit(perspective, kind);
                    }
                }
            }
            assertThat(window.awaitIdle(LIMIT)).as("all jobs end").isTrue();
            assertThat(faults).isEmpty();
            assertThat(window.get(() -> window.workbench().problems().all().stream()
                            .map(Problem::summary)
                            .toList()))
                    .as("problems")
                    .isEmpty();
            assertThat(uncaught).as("uncaught exceptions").isEmpty();
            Strict.neverWaited(window);
        } finally {
            if (window != null) {
                window.run(() -> Thread.currentThread().setUncaughtExceptionHandler(null));
                window.close();
            }
            Thread.setDefaultUncaughtExceptionHandler(before);
        }
    }

    private boolean ready() {
        var session = window.workbench().device().get();
        return session != null && session.state().getValue() == DeviceSession.State.READY;
    }

    private void visit(Perspective perspective, ViewContribution kind) {
        var place = perspective + "/" + kind.id();
        window.run(() -> {
            window.workbench().navigation().show(perspective);
            window.workbench().navigation().open(kind.id());
        });
        window.pulses(3);
        faults.addAll(window.get(() -> {
            var found = new ArrayList<String>();
            var tab = window.window().stage().getScene().lookup("#tab-" + kind.id());
            var body = Optional.ofNullable(window.window().stage().getScene().lookup("#view-" + kind.id()));
            if (tab == null) {
                found.add(place + " has no tab");
            }
            if (body.isEmpty()) {
                found.add(place + " is not in the window");
            } else {
                var size = body.get().getLayoutBounds();
                if (size.getWidth() < 100 || size.getHeight() < 40) {
                    found.add(place + " is only " + size.getWidth() + " by " + size.getHeight());
                }
                body.get().lookupAll(".view-toolbar").forEach(bar -> elided(bar, place, found));
            }
            window.window()
                    .stage()
                    .getScene()
                    .getRoot()
                    .lookupAll(".main-toolbar")
                    .forEach(bar -> elided(bar, "window", found));
            return found;
        }));
    }

    /** Adds every label and button that does not show its whole text, or lies outside its bar. */
    private static void elided(Node node, String place, List<String> found) {
        if (!node.isVisible()) {
            return;
        }
        if (node instanceof Labeled labeled
                && labeled.getText() != null
                && !labeled.getText().isEmpty()) {
            labeled.lookupAll(".text").stream()
                    .filter(Text.class::isInstance)
                    .map(Text.class::cast)
                    .filter(shown ->
                            shown.getParent() == labeled && !shown.getText().equals(labeled.getText()))
                    .forEach(shown -> found.add(
                            place + ": \"" + labeled.getText() + "\" stands there as \"" + shown.getText() + "\""));
            Bounds bounds = labeled.localToScene(labeled.getLayoutBounds());
            if (bounds.getMaxX() > labeled.getScene().getWidth() + 1) {
                found.add(place + ": \"" + labeled.getText() + "\" lies outside the window");
            }
        }
        if (node instanceof Parent parent) {
            parent.getChildrenUnmodifiable().forEach(child -> elided(child, place, found));
        }
    }
}
