package dev.doorbell.app.views.inspector;

import dev.doorbell.app.controls.Icons;
import dev.doorbell.plugin.Texts;
import dev.doorbell.spec.Decoded;
import java.util.List;
import java.util.Optional;
import javafx.css.PseudoClass;
import javafx.geometry.Pos;
import javafx.scene.control.Label;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;

/** One field of the inspected word: name, bits, value, meaning, and below the other values it could have. */
final class FieldLine extends VBox {
    private static final PseudoClass SELECTED = PseudoClass.getPseudoClass("selected");
    private static final PseudoClass CHANGED = PseudoClass.getPseudoClass("changed");
    private static final int OTHERS_IN_LINE = 4;

    FieldLine(Texts texts, Decoded field, Optional<Decoded> before, boolean selected, boolean wide) {
        getStyleClass().add("inspector-field");
        boolean changed = before.isPresent() && !before.get().raw().equals(field.raw());
        pseudoClassStateChanged(SELECTED, selected);
        pseudoClassStateChanged(CHANGED, changed);
        getChildren().add(first(texts, field, before.filter(b -> changed), wide));
        List<String> others = field.otherValues();
        if (selected && !others.isEmpty()) {
            getChildren().add(choice(value(field), field.meaning(), true));
            others.forEach(o -> getChildren().add(choice(head(o), rest(o), false)));
        } else if (wide && !others.isEmpty()) {
            getChildren()
                    .add(secondLine(String.join(" · ", others.subList(0, Math.min(OTHERS_IN_LINE, others.size())))));
        }
        if (selected && !field.spec().text().isBlank()) {
            getChildren().add(secondLine(field.spec().text()));
        }
    }

    private static HBox first(Texts texts, Decoded field, Optional<Decoded> before, boolean wide) {
        Label name = fixed(field.name(), wide ? 68 : 62, "strong");
        name.setTooltip(new Tooltip(field.title()));
        Label bits = fixed(bits(field), wide ? 48 : 44, "mono");
        bits.getStyleClass().add("muted");
        Label value = fixed(value(field), wide ? 52 : 44, "mono");
        HBox line = new HBox(name, bits, value);
        line.setAlignment(Pos.CENTER_LEFT);
        Label meaning = new Label(field.meaning().isBlank() && field.isBits() ? field.title() : field.meaning());
        meaning.setMinWidth(0);
        HBox.setHgrow(meaning, Priority.SOMETIMES);
        line.getChildren().add(meaning);
        if (before.isPresent()) {
            value.getStyleClass().add("changed");
            Label was = new Label(texts.get("was", before.get().value()), Icons.small("mdi2d-delta"));
            was.getStyleClass().addAll("muted", "was-label");
            was.setMinWidth(Region.USE_PREF_SIZE);
            line.getChildren().add(was);
        }
        return line;
    }

    private static Label fixed(String text, double width, String styleClass) {
        Label label = new Label(text);
        label.getStyleClass().add(styleClass);
        label.setMinWidth(width);
        label.setPrefWidth(width);
        label.setMaxWidth(width);
        return label;
    }

    private static HBox choice(String value, String meaning, boolean present) {
        Label number = fixed(value, 44, "mono");
        Label words = new Label(meaning);
        words.getStyleClass().add(present ? "small" : "muted");
        HBox line = new HBox(6, Icons.small(present ? "mdi2r-radiobox-marked" : "mdi2r-radiobox-blank"), number, words);
        line.getStyleClass().addAll("inspector-choice", present ? "present" : "other");
        line.setAlignment(Pos.CENTER_LEFT);
        return line;
    }

    private static Label secondLine(String text) {
        Label label = new Label(text);
        label.getStyleClass().addAll("muted", "inspector-second");
        label.setWrapText(true);
        return label;
    }

    private static String bits(Decoded field) {
        if (!field.isBits()) {
            return Integer.toString(field.byteOffset());
        }
        return field.bitLow() == field.bitHigh()
                ? Integer.toString(field.bitLow())
                : field.bitHigh() + ":" + field.bitLow();
    }

    private static String value(Decoded field) {
        return field.value();
    }

    private static String head(String other) {
        int blank = other.indexOf(' ');
        return blank < 0 ? other : other.substring(0, blank);
    }

    private static String rest(String other) {
        int blank = other.indexOf(' ');
        return blank < 0 ? "" : other.substring(blank + 1);
    }
}
