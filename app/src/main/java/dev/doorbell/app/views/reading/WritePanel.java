package dev.doorbell.app.views.reading;

import dev.doorbell.app.controls.Banner;
import dev.doorbell.app.controls.Tone;
import dev.doorbell.plugin.DeviceSession;
import dev.doorbell.plugin.Texts;
import dev.doorbell.spec.Decoded;
import dev.doorbell.spec.FieldSpec;
import java.math.BigInteger;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import javafx.geometry.Pos;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.TextField;
import javafx.scene.input.KeyCode;
import javafx.scene.layout.HBox;
import javafx.scene.layout.VBox;

/**
 * Asks for a new value of a word and shows, before anything is written, which fields it changes and what the new values
 * mean. While the device's shield is on it writes nothing and offers to lift it. Enter writes, Escape leaves.
 */
public final class WritePanel extends VBox {
    private final Texts texts = Texts.of(WritePanel.class);
    private final DeviceSession session;
    private final Decoded word;
    private final Consumer<BigInteger> write;
    private final Runnable close;
    private final TextField input = new TextField();
    private final VBox changes = new VBox();
    private final VBox shield = new VBox();
    private final Button go = new Button();

    /**
     * A panel for one word.
     *
     * @param where what is written, in words: {@code CC, 0x14}
     * @param write does it with the new value of the whole word, when the user has confirmed
     * @param close takes the panel away
     */
    public WritePanel(DeviceSession session, String where, Decoded word, Consumer<BigInteger> write, Runnable close) {
        this.session = session;
        this.word = word;
        this.write = write;
        this.close = close;
        getStyleClass().addAll("write-panel", "banner", "tone-attention");
        Label title = new Label(texts.get("write.title", where));
        title.getStyleClass().add("banner-title");
        title.setWrapText(true);
        input.setText(hex(BitChange.harmless(word)));
        input.getStyleClass().addAll("mono", "small");
        input.setId("write-value");
        input.setPrefColumnCount(word.byteLength() > 4 ? 20 : 12);
        go.setId("write-go");
        go.getStyleClass().addAll("accent", "small");
        go.setOnAction(e -> writeNow());
        Button cancel = new Button(texts.get("cancel"));
        cancel.getStyleClass().addAll("outlined", "small");
        cancel.setOnAction(e -> close.run());
        HBox line = new HBox(8, input, go, cancel);
        line.setAlignment(Pos.CENTER_LEFT);
        changes.getStyleClass().add("write-changes");
        getChildren().addAll(title, line, changes, shield);
        input.textProperty().addListener(o -> update());
        session.shield().subscribe(o -> update());
        setOnKeyPressed(e -> {
            if (e.getCode() == KeyCode.ESCAPE) {
                close.run();
                e.consume();
            } else if (e.getCode() == KeyCode.ENTER && !go.isDisabled()) {
                writeNow();
                e.consume();
            }
        });
        update();
    }

    /** Puts the caret into the value. */
    public void startTyping() {
        input.requestFocus();
        input.selectAll();
    }

    /** The value as typed, if it is a number that fits. */
    Optional<BigInteger> value() {
        try {
            String text = input.getText().strip().replace("_", "").replace("\u2009", "");
            BigInteger value = text.startsWith("0x") || text.startsWith("0X")
                    ? new BigInteger(text.substring(2), 16)
                    : new BigInteger(text);
            boolean fits = value.signum() >= 0 && value.bitLength() <= width();
            return fits ? Optional.of(value) : Optional.empty();
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    private int width() {
        return word.isBits() ? word.bitHigh() - word.bitLow() + 1 : word.byteLength() * 8;
    }

    private void update() {
        changes.getChildren().clear();
        shield.getChildren().clear();
        Optional<BigInteger> value = value();
        boolean shielded = session.shielded();
        go.setDisable(value.isEmpty() || shielded);
        go.setText(value.map(v -> texts.get("write.go", hex(v))).orElse(texts.get("write.word")));
        if (value.isEmpty()) {
            note(texts.get("write.illegal", width()));
        } else {
            describe(value.get());
        }
        if (shielded) {
            shield.getChildren()
                    .setAll(new Banner(Tone.ACCENT, "mdi2s-shield-outline", texts.get("shield.on", session.name()))
                            .action(
                                    texts.get("shield.lift"),
                                    () -> session.shield().set(false)));
        }
    }

    private void describe(BigInteger value) {
        List<BitChange> differing = BitChange.between(word, value);
        if (differing.isEmpty()) {
            note(texts.get("write.same"));
        }
        for (BitChange change : differing) {
            String line = texts.get(
                    "write.change",
                    change.field().name(),
                    shortHex(change.from()),
                    shortHex(change.to()),
                    change.meaning());
            Label label = new Label(line.strip());
            label.getStyleClass().add("write-change");
            label.setWrapText(true);
            changes.getChildren().add(label);
            if (change.field().spec().access() == FieldSpec.Access.RO) {
                note(texts.get("write.readOnly", change.field().name()));
            }
        }
    }

    private void note(String text) {
        Label label = new Label(text);
        label.getStyleClass().add("muted");
        label.setWrapText(true);
        changes.getChildren().add(label);
    }

    private void writeNow() {
        value().ifPresent(v -> {
            close.run();
            write.accept(v);
        });
    }

    private String hex(BigInteger value) {
        String digits = value.toString(16);
        return "0x" + "0".repeat(Math.max(0, (width() + 3) / 4 - digits.length())) + digits;
    }

    private static String shortHex(BigInteger value) {
        return value.bitLength() <= 4 ? value.toString() : "0x" + value.toString(16);
    }
}
