package dev.doorbell.app.controls.chart;

import java.util.Optional;
import java.util.function.DoubleUnaryOperator;
import javafx.scene.Node;
import javafx.scene.input.MouseButton;
import javafx.scene.input.MouseEvent;
import javafx.scene.input.ScrollEvent;

/**
 * What the mouse does to a {@link TimeFrame}: the cursor follows it, dragging chooses a stretch to zoom into, dragging with Shift or the
 * middle button moves the picture, the wheel zooms, and a double click lets the picture move again.
 */
final class TimeMouse {
    private static final double LEAST_PIXELS = 4;
    private static final double A_NOTCH = 40;
    private static final double ZOOM_A_NOTCH = 1.25;

    private final TimeFrame frame;
    private final DoubleUnaryOperator timeAt;
    private double pressedX;
    private double pressedAt = Double.NaN;
    private boolean panning;

    private TimeMouse(TimeFrame frame, DoubleUnaryOperator timeAt) {
        this.frame = frame;
        this.timeAt = timeAt;
    }

    /** @param timeAt the time at a place of the surface */
    static void install(Node surface, TimeFrame frame, DoubleUnaryOperator timeAt) {
        var mouse = new TimeMouse(frame, timeAt);
        surface.addEventHandler(MouseEvent.MOUSE_MOVED, mouse::point);
        surface.addEventHandler(MouseEvent.MOUSE_PRESSED, mouse::press);
        surface.addEventHandler(MouseEvent.MOUSE_DRAGGED, mouse::drag);
        surface.addEventHandler(MouseEvent.MOUSE_RELEASED, mouse::release);
        surface.addEventHandler(MouseEvent.MOUSE_CLICKED, mouse::click);
        surface.addEventHandler(
                MouseEvent.MOUSE_EXITED, e -> frame.cursorProperty().set(Double.NaN));
        surface.addEventHandler(ScrollEvent.SCROLL, mouse::turn);
    }

    private void point(MouseEvent e) {
        frame.cursorProperty().set(timeAt.applyAsDouble(e.getX()));
    }

    private void press(MouseEvent e) {
        pressedX = e.getX();
        pressedAt = timeAt.applyAsDouble(e.getX());
        panning = e.getButton() == MouseButton.MIDDLE || e.getButton() == MouseButton.PRIMARY && e.isShiftDown();
        if (e.getButton() != MouseButton.PRIMARY && !panning) {
            pressedAt = Double.NaN;
        }
    }

    private void drag(MouseEvent e) {
        point(e);
        if (Double.isNaN(pressedAt)) {
            return;
        }
        double at = timeAt.applyAsDouble(e.getX());
        if (panning) {
            frame.pan(pressedAt - at);
        } else if (Math.abs(e.getX() - pressedX) >= LEAST_PIXELS) {
            frame.selectionProperty()
                    .set(Optional.of(new TimeFrame.Span(Math.min(pressedAt, at), Math.max(pressedAt, at))));
        } else {
            frame.selectionProperty().set(Optional.empty());
        }
    }

    private void release(MouseEvent e) {
        pressedAt = Double.NaN;
        var chosen = frame.selectionProperty().get();
        frame.selectionProperty().set(Optional.empty());
        chosen.ifPresent(s -> frame.show(s.from(), s.to()));
    }

    private void click(MouseEvent e) {
        if (e.getButton() == MouseButton.PRIMARY && e.getClickCount() == 2) {
            frame.live();
        }
    }

    private void turn(ScrollEvent e) {
        if (e.getDeltaX() != 0) {
            frame.pan(-e.getDeltaX() / A_NOTCH * frame.shown().seconds() / 10);
        } else if (e.getDeltaY() != 0) {
            frame.zoom(Math.pow(ZOOM_A_NOTCH, -e.getDeltaY() / A_NOTCH), timeAt.applyAsDouble(e.getX()));
        }
        e.consume();
    }
}
