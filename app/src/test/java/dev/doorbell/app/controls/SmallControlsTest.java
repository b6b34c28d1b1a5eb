package dev.doorbell.app.controls;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javafx.scene.control.Label;
import javafx.scene.input.KeyCode;
import javafx.scene.layout.VBox;
import javafx.stage.Stage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.testfx.api.FxRobot;
import org.testfx.framework.junit5.ApplicationExtension;
import org.testfx.framework.junit5.Start;

@ExtendWith(ApplicationExtension.class)
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class SmallControlsTest {
    private final List<String> events = new ArrayList<>();
    private Segmented<String> windows;
    private SearchField search;
    private BitRuler ruler;
    private Banner question;

    @Start
    void start(Stage stage) {
        windows = new Segmented<>(List.of("10 s", "60 s", "10 min"), s -> s);
        search = SearchField.filter("Filter fields");
        ruler = new BitRuler();
        ruler.show(
                32,
                BigInteger.valueOf(0x460001),
                BigInteger.valueOf(0x460000),
                List.of(new BitRuler.Field("CSS", 4, 6, false), new BitRuler.Field("EN", 0, 0, false)),
                "CSS");
        ruler.setOnChoose(field -> events.add(field.name()));
        question = Banner.question("Write?", "EN goes from 1 to 0")
                .main("Write", () -> events.add("write"))
                .dismiss("Cancel", () -> events.add("cancel"));
        ControlStage.show(stage, new VBox(8, windows, search, ruler, question), 500, 400);
    }

    @Test
    void exactlyOneSegmentIsAlwaysChosen(FxRobot robot) {
        robot.clickOn("60 s").clickOn("60 s");
        assertThat(windows.getValue()).isEqualTo("60 s");
        robot.type(KeyCode.RIGHT).type(KeyCode.RIGHT);
        assertThat(windows.getValue()).isEqualTo("10 min");
    }

    @Test
    void escapeClearsWhatIsTyped(FxRobot robot) {
        robot.clickOn(search.input()).write("oacs ");
        assertThat(search.query()).isEqualTo("oacs");
        robot.type(KeyCode.ESCAPE);
        assertThat(search.query()).isEmpty();
    }

    @Test
    void rulerShowsBitsAndChoosesTheirField(FxRobot robot) {
        assertThat(robot.lookup("#bit-22").queryAs(Label.class).getText()).isEqualTo("1");
        assertThat(robot.lookup("#bit-21").queryAs(Label.class).getText()).isEqualTo("0");
        assertThat(states("#bit-0", robot)).contains("changed", "set").doesNotContain("selected");
        assertThat(states("#bit-5", robot)).contains("selected").doesNotContain("changed");

        robot.clickOn("#bit-5").clickOn("#bit-0").clickOn("#bit-31");
        assertThat(events).containsExactly("CSS", "EN");
    }

    @Test
    void questionIsAnsweredByButtonOrEscape(FxRobot robot) {
        robot.clickOn("Write");
        robot.type(KeyCode.ESCAPE);
        assertThat(events).containsExactly("write", "cancel");
    }

    private static List<String> states(String id, FxRobot robot) {
        return robot.lookup(id).query().getPseudoClassStates().stream()
                .map(Object::toString)
                .toList();
    }
}
