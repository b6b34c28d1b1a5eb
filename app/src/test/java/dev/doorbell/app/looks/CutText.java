package dev.doorbell.app.looks;

import dev.doorbell.app.controls.WholeTexts;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javafx.scene.Node;
import javafx.scene.Parent;
import javafx.scene.control.Labeled;
import javafx.scene.control.TextField;
import javafx.scene.text.Text;

/**
 * A text in a window that the user does not see whole: its control shows an ellipsis instead of its end, or something clips it. What
 * lies above or below the visible part of something that scrolls does not count; what lies at its left or right does.
 *
 * @param node the control that shows the text, or the text itself
 * @param text what should stand there
 * @param shown what stands there
 */
record CutText(Node node, String text, String shown) {
    /** All texts below {@code root} that are cut; on the JavaFX thread, after a layout. */
    static List<CutText> in(Parent root) {
        var found = new ArrayList<CutText>();
        var scene = root.getScene();
        walk(root, Sight.of(scene), found);
        return found;
    }

    private static void walk(Node node, Sight sight, List<CutText> found) {
        if (!node.isVisible() || node.getOpacity() == 0) {
            return;
        }
        var inside = sight.through(node);
        switch (node) {
            case TextField field -> field(field).ifPresent(found::add);
            case Text text -> {
                var bounds = text.localToScene(text.getLayoutBounds());
                // A label's own text was looked at already.
                if (!(text.getParent() instanceof Labeled labeled && labeled.isTextTruncated())
                        && !text.getText().isBlank()
                        && !text.getStyleClass().contains("ikonli-font-icon")
                        && sight.concerns(bounds)
                        && inside.cuts(bounds)) {
                    found.add(new CutText(text, text.getText(), "something beyond the edge"));
                }
            }
            case Parent parent -> {
                if (parent instanceof Labeled labeled
                        && sight.concerns(labeled.localToScene(labeled.getLayoutBounds()))) {
                    elided(labeled).ifPresent(found::add);
                }
                parent.getChildrenUnmodifiable().forEach(child -> walk(child, inside, found));
            }
            default -> {}
        }
    }

    private static Optional<CutText> elided(Labeled labeled) {
        var text = labeled.getText();
        if (text == null || text.isBlank()) {
            return Optional.empty();
        }
        return labeled.getChildrenUnmodifiable().stream()
                .filter(child -> child instanceof Text && child.isVisible())
                .map(child -> ((Text) child).getText())
                .filter(shown -> !shown.equals(text) && labeled.isTextTruncated())
                .findFirst()
                .map(shown -> new CutText(labeled, text, shown));
    }

    /** A field's text can be walked through with the arrow keys, but what the program wrote should be seen at once; so should the prompt. */
    private static Optional<CutText> field(TextField field) {
        boolean prompts = field.getText() == null || field.getText().isEmpty();
        var text = prompts ? field.getPromptText() : field.getText();
        if (text == null || text.isEmpty() || field.isFocused()) {
            return Optional.empty();
        }
        var measure = new Text(text);
        measure.setFont(field.getFont());
        double room = field.getWidth() - field.snappedLeftInset() - field.snappedRightInset();
        return measure.getLayoutBounds().getWidth() <= room + 1
                ? Optional.empty()
                : Optional.of(new CutText(field, text, "the first %.0f pixels".formatted(room)));
    }

    /** The id of the table column or label that it stands in; empty: none. */
    String column() {
        return around().map(Node::getId).orElse("");
    }

    private Optional<Labeled> around() {
        for (Node n = node; n != null; n = n.getParent()) {
            if (n instanceof Labeled labeled && n.getId() != null) {
                return Optional.of(labeled);
            }
        }
        return Optional.empty();
    }

    /** Whether resting on it shows the whole text. */
    boolean canBeRead() {
        return node instanceof Labeled labeled
                && WholeTexts.whole(labeled).filter(t -> t.contains(text)).isPresent();
    }

    /** Where it is: the ids and style classes on the way down to it. */
    String path() {
        var parts = new ArrayList<String>();
        for (Node n = node; n != null; n = n.getParent()) {
            if (n.getId() != null) {
                parts.addFirst("#" + n.getId());
            } else if (n == node) {
                parts.addFirst(String.join(".", n.getStyleClass()));
            }
        }
        return String.join(" ", parts);
    }

    @Override
    public String toString() {
        return "\"%s\" stands there as \"%s\" in %s"
                .formatted(text.replace('\n', ' '), shown.replace('\n', ' '), path());
    }
}
