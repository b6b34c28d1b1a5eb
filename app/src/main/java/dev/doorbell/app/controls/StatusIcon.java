package dev.doorbell.app.controls;

import javafx.scene.control.Label;

/** How something stands: an icon whose shape and colour both say it, with words beside it if there are any. */
public final class StatusIcon extends Label {
    /** The states, each with its own shape. */
    public enum State {
        PASSED("mdi2c-check-circle", Tone.GOOD),
        FAILED("mdi2c-close-circle", Tone.BAD),
        WARNING("mdi2a-alert-outline", Tone.ATTENTION),
        RUNNING("mdi2p-progress-clock", Tone.ACCENT),
        PENDING("mdi2c-circle-outline", Tone.NEUTRAL),
        SKIPPED("mdi2m-minus-circle-outline", Tone.NEUTRAL),
        OK("mdi2c-check", Tone.GOOD);

        private final String icon;
        private final Tone tone;

        State(String icon, Tone tone) {
            this.icon = icon;
            this.tone = tone;
        }
    }

    /** An icon without words. */
    public StatusIcon(State state) {
        this(state, "");
    }

    /** An icon and words in its colour. */
    public StatusIcon(State state, String text) {
        super(text);
        getStyleClass().setAll("status-icon");
        show(state);
    }

    /** Changes the state; the words stay. */
    public void show(State state) {
        setGraphic(Icons.small(state.icon));
        state.tone.applyTo(this);
        setAccessibleText(ControlTexts.of("status." + state.name()) + " " + getText());
    }
}
