package dev.doorbell.app.shell;

import static org.assertj.core.api.Assertions.assertThat;

import dev.doorbell.plugin.Perspective;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import javafx.scene.control.SplitPane;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.coley.bentofx.layout.container.DockContainerBranch;

/** A perspective's docks have their sizes from the first frame on: nothing jumps while it is first shown. */
@Timeout(120)
class DividersTest {
    @TempDir
    Path home;

    private final Map<String, List<String>> seen = new LinkedHashMap<>();

    @ParameterizedTest
    @EnumSource
    void areInPlaceInTheFirstFrame(Perspective perspective) {
        var other = perspective == Perspective.TEST ? Perspective.EXPLORE : Perspective.TEST;
        var options = new Options(home, List.of(), Optional.of(other), Optional.of(true));
        try (var window = DrivenWindow.start(options, 1600, 1000)) {
            window.pulses(3);
            Runnable look = () -> note(window, perspective);
            window.run(() -> {
                window.window().stage().getScene().addPostLayoutPulseListener(look);
                window.workbench().navigation().show(perspective);
            });
            window.pulses(30);
            window.run(() -> window.window().stage().getScene().removePostLayoutPulseListener(look));
            var scene = window.window().stage().getScene();
            var wanted = new LinkedHashMap<String, String>();
            var views = window.get(() -> window.window().kinds());
            DefaultLayouts.of(perspective, views, scene.getWidth(), scene.getHeight())
                    .forEach(frame -> collect(frame.root(), wanted));
            assertThat(seen.keySet()).containsExactlyInAnyOrderElementsOf(wanted.keySet());
            seen.forEach((id, positions) -> assertThat(positions)
                    .as("dividers of %s in each frame", id)
                    .hasSizeGreaterThan(3)
                    .containsOnly(wanted.get(id)));
        }
    }

    private static void collect(LayoutText.Part part, Map<String, String> into) {
        if (part instanceof LayoutText.Split split) {
            into.put(
                    split.id(),
                    text(split.dividers().stream().mapToDouble(d -> d).toArray()));
            split.parts().forEach(p -> collect(p, into));
        }
    }

    private void note(DrivenWindow window, Perspective perspective) {
        var place = window.lookup("perspective-" + perspective.name().toLowerCase(Locale.ROOT));
        for (var node : place.lookupAll(".split-pane")) {
            if (node instanceof DockContainerBranch branch) {
                seen.computeIfAbsent(branch.getIdentifier(), k -> new ArrayList<>())
                        .add(text(((SplitPane) branch).getDividerPositions()));
            }
        }
    }

    /** To a per cent, as dividers stand on whole pixels. */
    private static String text(double[] positions) {
        return Arrays.toString(
                Arrays.stream(positions).mapToLong(p -> Math.round(p * 100)).toArray());
    }
}
