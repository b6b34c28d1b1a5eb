package dev.doorbell.app.controls;

import java.util.Optional;
import javafx.scene.Node;
import javafx.scene.Scene;
import javafx.scene.control.Labeled;
import javafx.scene.control.Tooltip;
import javafx.scene.input.MouseEvent;
import javafx.util.Duration;

/**
 * Lets the mouse rest on a text that has no room, and shows all of it. Works for every label, button and cell of a window
 * that has no tooltip of its own.
 */
public final class WholeTexts {
    private static final String INSTALLED = "doorbell.whole-texts";
    private static final Duration SOON = Duration.millis(400);
    private static final double WIDEST = 640;

    private final Tooltip tip = new Tooltip();
    private Labeled on;

    private WholeTexts() {
        tip.setShowDelay(SOON);
        tip.setWrapText(true);
        tip.setMaxWidth(WIDEST);
        tip.setOnShowing(e -> whole(on).ifPresent(tip::setText));
    }

    /** Equips a window; once is enough. */
    public static void install(Scene scene) {
        if (scene.getProperties().putIfAbsent(INSTALLED, true) == null) {
            WholeTexts texts = new WholeTexts();
            scene.addEventFilter(MouseEvent.MOUSE_MOVED, e -> texts.over(e.getTarget()));
        }
    }

    /** What resting on a control shows of its text: all of it, if it is cut and its own tooltip does not hide that. */
    public static Optional<String> whole(Labeled labeled) {
        if (labeled == null || !labeled.isTextTruncated() || labeled.getText() == null) {
            return Optional.empty();
        }
        Tooltip own = labeled.getTooltip();
        return Optional.of(own == null ? labeled.getText() : own.getText());
    }

    private void over(Object target) {
        Labeled labeled = around(target);
        if (labeled != on) {
            if (on != null) {
                Tooltip.uninstall(on, tip);
            }
            on = labeled;
            if (on != null) {
                tip.setText(on.getText());
                Tooltip.install(on, tip);
            }
        }
    }

    /** The cut text that a node belongs to. */
    private static Labeled around(Object target) {
        for (Node node = target instanceof Node n ? n : null; node != null; node = node.getParent()) {
            if (node instanceof Labeled labeled && labeled.isTextTruncated() && labeled.getTooltip() == null) {
                return labeled;
            }
        }
        return null;
    }
}
