package dev.doorbell.app.controls;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javafx.event.EventType;
import javafx.geometry.Point2D;
import javafx.scene.input.Clipboard;
import javafx.scene.input.KeyCode;
import javafx.scene.input.MouseButton;
import javafx.scene.input.MouseEvent;
import javafx.stage.Stage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.testfx.api.FxRobot;
import org.testfx.framework.junit5.ApplicationExtension;
import org.testfx.framework.junit5.Start;
import org.testfx.util.WaitForAsyncUtils;

@ExtendWith(ApplicationExtension.class)
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class HexViewTest {
    private HexView view;
    private byte[] data;

    @Start
    void start(Stage stage) {
        data = new byte[0x400];
        for (int i = 0; i < 0x100; i++) {
            data[i] = (byte) (i + 1);
        }
        data[0x3ff] = 0x7f;
        view = new HexView();
        view.setData(data);
        ControlStage.show(stage, view, 700, 400);
    }

    @Test
    void clickSelectsTheByteUnderThePointerAndDraggingExtends(FxRobot robot) {
        robot.clickOn(at(0x12));
        assertThat(view.selectionProperty().get()).isEqualTo(new HexRange(0x12, 1));

        robot.interact(() -> view.fireEvent(mouse(MouseEvent.MOUSE_DRAGGED, at(0x21))));
        assertThat(view.selectionProperty().get()).isEqualTo(new HexRange(0x12, 0x10));
    }

    @Test
    void arrowsMoveAndShiftArrowsExtend(FxRobot robot) {
        robot.clickOn(at(0x10)).type(KeyCode.DOWN).type(KeyCode.RIGHT);
        assertThat(view.selectionProperty().get()).isEqualTo(new HexRange(0x21, 1));

        robot.press(KeyCode.SHIFT).type(KeyCode.DOWN).release(KeyCode.SHIFT);
        assertThat(view.selectionProperty().get()).isEqualTo(HexRange.between(0x21, 0x31));
    }

    @Test
    void foldOpensOnClickAndWhenSomethingInsideIsRevealed(FxRobot robot) {
        int folded = view.rowCount();
        assertThat(folded).isEqualTo(16 + 1 + 1);
        robot.interact(() -> view.reveal(0x200));
        WaitForAsyncUtils.waitForFxEvents();
        assertThat(view.rowCount()).isEqualTo(0x40);
    }

    @Test
    void copyTakesTheSelectedBytes(FxRobot robot) {
        robot.interact(() -> view.select(new HexRange(2, 3)));
        robot.interact(view::requestFocus);
        robot.press(KeyCode.CONTROL).type(KeyCode.C).release(KeyCode.CONTROL);
        List<String> clip = new ArrayList<>();
        robot.interact(() -> clip.add(Clipboard.getSystemClipboard().getString()));
        assertThat(clip).containsExactly("03 04 05");
    }

    @Test
    void changedBytesAreThoseThatDifferFromTheBaseline(FxRobot robot) {
        byte[] earlier = data.clone();
        earlier[0x44] ^= 1;
        earlier[0x200] = 9;
        robot.interact(() -> view.setBaseline(earlier));
        assertThat(view.changedBytes().stream()).containsExactly(0x44, 0x200);
    }

    @Test
    void typedDigitsChangeBytesOnlyWhereThatIsAllowed(FxRobot robot) {
        robot.clickOn(at(0x10)).write("a5");
        assertThat(view.getData()).isEqualTo(data);

        List<String> edits = new ArrayList<>();
        robot.interact(() -> {
            view.editableProperty().set(true);
            view.onEditProperty().set((offset, now) -> edits.add(offset + "=" + (now & 0xff)));
        });
        robot.clickOn(at(0x10)).write("a5");
        assertThat(view.getData()[0x10] & 0xff).isEqualTo(0xa5);
        assertThat(edits).containsExactly("16=161", "16=165");
        assertThat(view.selectionProperty().get()).isEqualTo(new HexRange(0x11, 1));
    }

    /** The headless platform's robot does not drag. */
    private MouseEvent mouse(EventType<MouseEvent> type, Point2D screen) {
        Point2D local = view.screenToLocal(screen);
        return new MouseEvent(
                type,
                local.getX(),
                local.getY(),
                screen.getX(),
                screen.getY(),
                MouseButton.PRIMARY,
                1,
                false,
                false,
                false,
                false,
                true,
                false,
                false,
                false,
                false,
                false,
                null);
    }

    /** The point of a byte's first digit on the screen, for a byte above any fold. */
    private Point2D at(int offset) {
        HexColumns columns = new HexColumns(16, 3, true);
        double x = view.snappedLeftInset() + (columns.byteColumn(offset % 16) + 1) * charWidth();
        return view.localToScreen(x, (offset / 16 + 0.5) * HexView.ROW_HEIGHT);
    }

    private double charWidth() {
        double inside = view.widthFor(16) - view.widthFor(8);
        return inside / (new HexColumns(16, 3, true).characters() - new HexColumns(8, 3, true).characters());
    }
}
