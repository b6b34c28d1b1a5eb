package dev.doorbell.app.views.command;

import dev.doorbell.plugin.Texts;
import dev.doorbell.spec.CommandSpec;
import dev.doorbell.spec.CommandSpec.DwordField;
import dev.doorbell.spec.FieldSpec;
import java.util.Map;
import java.util.TreeMap;
import javafx.css.PseudoClass;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.control.CheckBox;
import javafx.scene.control.ComboBox;
import javafx.scene.control.Label;
import javafx.scene.control.TextField;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.FlowPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.VBox;
import javafx.util.StringConverter;
import javafx.util.Subscription;

/** One field of the form: its name and bits, a control that suits it, and what its value means. */
final class FieldRow extends HBox {
    private static final PseudoClass LIT = PseudoClass.getPseudoClass("lit");
    private static final PseudoClass STRANGE = PseudoClass.getPseudoClass("strange");

    /** Hex of fields up to this width is written with all its digits. */
    private static final int PADDED_BITS = 16;

    private final CommandDesk desk;
    private final Texts texts;
    private final DwordField field;
    private final Label hint = new Label();
    private final TextField text = new TextField();
    private final ComboBox<Long> choice = new ComboBox<>();
    private final CheckBox check = new CheckBox();
    private final Map<CheckBox, FieldSpec> bits = new java.util.LinkedHashMap<>();
    private final Subscription lighting;
    private boolean updating;

    FieldRow(CommandDesk desk, Texts texts, DwordField field) {
        this.desk = desk;
        this.texts = texts;
        this.field = field;
        getStyleClass().add("field-row");
        setAlignment(Pos.CENTER_LEFT);
        setId("field-" + field.name());
        Label name = new Label(field.name());
        name.setMinWidth(USE_PREF_SIZE);
        Label range = new Label(bitsText());
        range.getStyleClass().addAll("mono", "muted", "field-bits");
        HBox caption = new HBox(6, name, range);
        caption.getStyleClass().add("field-caption");
        caption.setAlignment(Pos.CENTER_LEFT);
        Tooltip.install(
                caption,
                new Tooltip(field.title()
                        + (field.spec().text().isEmpty()
                                ? ""
                                : "\n" + field.spec().text())));
        hint.getStyleClass().addAll("muted", "small");
        hint.setMinWidth(0);
        HBox.setHgrow(hint, Priority.ALWAYS);
        getChildren().addAll(caption, control());
        if (!check.isVisible() || bits.isEmpty()) {
            getChildren().add(hint);
        }
        setOnMousePressed(e -> desk.focus().set(field.name()));
        lighting = desk.focus()
                .subscribe(lit -> pseudoClassStateChanged(LIT, field.name().equals(lit)));
        Tooltip whole = new Tooltip();
        whole.textProperty().bind(hint.textProperty());
        hint.setTooltip(whole);
        update();
    }

    /** Call when the row leaves the form for good. */
    void dispose() {
        lighting.unsubscribe();
    }

    DwordField field() {
        return field;
    }

    private String bitsText() {
        if (field.dword2().isPresent()) {
            return field.bits() == 64
                    ? "63:0"
                    : range(field.bitLow(), field.bitHigh()) + ", " + range(field.bitLow2(), field.bitHigh2());
        }
        return range(field.bitLow(), field.bitHigh());
    }

    private static String range(int low, int high) {
        return low == high ? Integer.toString(low) : high + ":" + low;
    }

    private Node control() {
        FieldSpec spec = field.spec();
        if (field.bits() == 1) {
            check.setText(field.title());
            check.setMnemonicParsing(false);
            check.selectedProperty().addListener((o, was, is) -> put(is ? 1 : 0));
            lightUp(check);
            return check;
        }
        if (!spec.values().isEmpty()) {
            return choice(spec);
        }
        text.getStyleClass().add("mono");
        text.setPrefColumnCount(Math.clamp((field.bits() + 3) / 4 + 3, 8, 18));
        text.setMinWidth(96);
        text.setAccessibleText(field.title());
        text.textProperty().addListener((o, was, is) -> typed(is));
        text.focusedProperty().addListener((o, was, is) -> {
            if (!is) {
                update();
            }
        });
        lightUp(text);
        if (spec.type() == FieldSpec.Type.FLAGS && !spec.fields().isEmpty()) {
            return flags(spec);
        }
        return text;
    }

    private Node choice(FieldSpec spec) {
        choice.setEditable(true);
        choice.setVisibleRowCount(16);
        choice.getStyleClass().add("field-choice");
        choice.getItems().setAll(new TreeMap<>(spec.values()).keySet());
        choice.setConverter(new StringConverter<>() {
            @Override
            public String toString(Long value) {
                return value == null ? "" : number(value) + named(value);
            }

            @Override
            public Long fromString(String typed) {
                return Numbers.parse(typed.strip().split("\\s+")[0])
                        .orElse(desk.draft().get() == null ? 0L : value());
            }
        });
        choice.valueProperty().addListener((o, was, is) -> {
            if (is != null) {
                put(is);
            }
        });
        choice.getEditor().focusedProperty().addListener((o, was, is) -> {
            if (is) {
                desk.focus().set(field.name());
            } else {
                choice.setValue(
                        choice.getConverter().fromString(choice.getEditor().getText()));
            }
        });
        choice.setMaxWidth(360);
        HBox.setHgrow(choice, Priority.SOMETIMES);
        return choice;
    }

    private String named(long value) {
        String name = field.spec().values().get(value);
        return name == null ? "" : " " + name;
    }

    private Node flags(FieldSpec spec) {
        FlowPane boxes = new FlowPane(12, 2);
        for (FieldSpec bit : spec.fields()) {
            if (bit.reserved() || bit.bits() != 1) {
                continue;
            }
            CheckBox box = new CheckBox(bit.title().isEmpty() ? bit.name() : bit.title());
            box.setMnemonicParsing(false);
            box.selectedProperty().addListener((o, was, is) -> {
                long mask = 1L << bit.bitLow();
                put(is ? value() | mask : value() & ~mask);
            });
            lightUp(box);
            bits.put(box, bit);
            boxes.getChildren().add(box);
        }
        return new VBox(4, text, boxes);
    }

    private void lightUp(Node control) {
        control.focusedProperty().addListener((o, was, is) -> {
            if (is) {
                desk.focus().set(field.name());
            }
        });
    }

    private long value() {
        return field.get(desk.draft().get().sqe());
    }

    private void typed(String typed) {
        if (updating) {
            return;
        }
        var number = Numbers.parse(typed);
        boolean fits =
                number.isPresent() && (field.bits() >= 64 || number.get() >= 0 && number.get() < 1L << field.bits());
        pseudoClassStateChanged(STRANGE, !fits);
        if (fits) {
            put(number.get());
        } else {
            hint.setText(
                    number.isEmpty()
                            ? texts.get("form.notANumber")
                            : texts.get(
                                    "form.tooWide", field.bits(), "0x" + Long.toHexString((1L << field.bits()) - 1)));
        }
    }

    private void put(long value) {
        if (!updating && value != value()) {
            desk.draft().set(desk.draft().get().with(field, value));
        }
    }

    /** Shows the value that the draft has now. */
    void update() {
        updating = true;
        long value = value();
        check.setSelected(value != 0);
        if (!text.isFocused()) {
            text.setText(number(value));
        }
        if (choice.getValue() == null || choice.getValue() != value) {
            choice.setValue(value);
        }
        bits.forEach((box, bit) -> box.setSelected((value >>> bit.bitLow() & 1) != 0));
        updating = false;
        judge(value);
    }

    private void judge(long value) {
        boolean unnamed = !field.spec().values().isEmpty()
                && field.spec().type() == FieldSpec.Type.ENUM
                && !field.spec().values().containsKey(value)
                && !vendor(value);
        boolean unused = field.name().equals("NSID")
                && value != 0
                && desk.spec().map(s -> s.nsid() == CommandSpec.NsidUse.NONE).orElse(false);
        pseudoClassStateChanged(STRANGE, unnamed || unused);
        hint.setText(unused ? texts.get("form.nsidUnused") : unnamed ? texts.get("form.unnamed") : meaning(value));
    }

    private boolean vendor(long value) {
        return field.bits() == 8 && value >= 0xc0;
    }

    private String meaning(long value) {
        if (field.bits() == 1 || field.spec().values().containsKey(value)) {
            return "";
        }
        String meaning = field.decode(value).meaning();
        if (field.name().equals("NLB")) {
            meaning = texts.get(
                    "form.blocks",
                    value + 1,
                    dev.doorbell.app.controls.Figures.bytes(
                            (value + 1.0) * desk.lbaBytes().get()));
        }
        return meaning.isEmpty() ? field.title() : meaning;
    }

    private String number(long value) {
        boolean decimal = switch (field.spec().type()) {
            case UINT, COUNT0, SIZE, TIME, KELVIN -> true;
            default -> false;
        };
        if (decimal && value >= 0) {
            return Long.toString(value);
        }
        int digits = field.bits() <= PADDED_BITS ? Math.ceilDiv(field.bits(), 4) : 1;
        return "0x%%0%dx".formatted(digits).formatted(value);
    }
}
