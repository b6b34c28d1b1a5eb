package dev.doorbell.app.shell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.doorbell.app.shell.LayoutText.Frame;
import dev.doorbell.app.shell.LayoutText.Split;
import dev.doorbell.app.shell.LayoutText.Tabs;
import java.util.List;
import org.junit.jupiter.api.Test;

class LayoutTextTest {
    private final List<Frame> layout = List.of(
            new Frame(
                    true,
                    0,
                    0,
                    0,
                    0,
                    new Split(
                            "all",
                            true,
                            List.of(0.68),
                            List.of(
                                    new Split(
                                            "upper",
                                            false,
                                            List.of(0.175, 0.765),
                                            List.of(
                                                    new Tabs("left", "devices", List.of("devices")),
                                                    new Tabs("center", "", List.of()),
                                                    new Tabs("right", "inspector", List.of("inspector")))),
                                    new Tabs("bottom", "jobs", List.of("console", "jobs"))))),
            new Frame(
                    false,
                    200,
                    100,
                    640,
                    480,
                    new Split(
                            "croot:A",
                            false,
                            List.of(),
                            List.of(new Tabs("cleaf:B", "problems", List.of("problems"))))));

    @Test
    void whatIsWrittenIsReadBack() {
        assertThat(LayoutText.parse(LayoutText.print(layout))).isEqualTo(layout);
    }

    @Test
    void aDamagedFileIsRefusedWithTheLine() {
        assertThatThrownBy(() -> LayoutText.parse("main 0 0 0 0\n  split all VERTICAL 0.5\n   sofa left -\n"))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> LayoutText.parse("main 0 0 0 0\n split all VERTICAL 0.5\n  sofa left -\n"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("sofa left");
    }
}
