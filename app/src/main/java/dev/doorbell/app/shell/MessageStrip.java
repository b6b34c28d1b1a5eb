package dev.doorbell.app.shell;

import dev.doorbell.app.controls.Banner;
import dev.doorbell.app.controls.Tone;
import dev.doorbell.plugin.Problem;
import dev.doorbell.plugin.Texts;
import javafx.scene.input.Clipboard;
import javafx.scene.input.ClipboardContent;
import javafx.scene.layout.StackPane;

/** The latest failure, across the window until dismissed. */
final class MessageStrip extends StackPane {
    private static final Texts TEXTS = Texts.of(MessageStrip.class);

    private final Bench bench;

    MessageStrip(Bench bench) {
        this.bench = bench;
        setId("message");
        getStyleClass().add("message-strip");
        visibleProperty().bind(bench.problems().shown().isNotNull());
        managedProperty().bind(visibleProperty());
        bench.problems().shown().subscribe(this::show);
    }

    private void show(Problem problem) {
        getChildren().clear();
        if (problem == null) {
            return;
        }
        var banner = switch (problem.severity()) {
            case ERROR -> new Banner(Tone.BAD, "mdi2c-close-circle", problem.summary());
            case WARNING -> new Banner(Tone.ATTENTION, "mdi2a-alert-outline", problem.summary());
            case INFO -> new Banner(Tone.ACCENT, "mdi2i-information-outline", problem.summary());
        };
        problem.viewId()
                .flatMap(bench.views()::kind)
                .ifPresent(kind -> banner.action(
                        TEXTS.get("message.show", kind.title()),
                        () -> bench.places().open(kind.id())));
        banner.action(TEXTS.get("message.copy"), () -> copy(problem));
        banner.dismiss(
                TEXTS.get("message.dismiss"), () -> bench.problems().shown().set(null));
        getChildren().add(banner);
    }

    /** Everything somebody needs who was not there. */
    private void copy(Problem problem) {
        var content = new ClipboardContent();
        content.putString(problem.at() + " " + problem.severity() + " " + problem.source() + "\n" + problem.summary()
                + "\n" + problem.details());
        Clipboard.getSystemClipboard().setContent(content);
        bench.say(TEXTS.get("message.copied"));
    }
}
