package dev.doorbell.app.views.jobs;

import dev.doorbell.app.controls.Icons;
import dev.doorbell.plugin.DeviceSession;
import dev.doorbell.plugin.Job;
import dev.doorbell.plugin.Texts;
import java.time.Duration;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.ListCell;
import javafx.scene.control.ProgressBar;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.StackPane;
import javafx.util.Subscription;

/** One job: state, name, what it is at, progress, times, cancel. */
final class JobCell extends ListCell<Job<?>> {
    private static final Texts TEXTS = Texts.of(JobCell.class);
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("HH:mm:ss").withZone(ZoneId.systemDefault());

    private final StackPane icon = new StackPane();
    private final Label name = label("strong");
    private final Label device = label("muted", "small");
    private final Label message = label("muted", "small");
    private final ProgressBar bar = new ProgressBar();
    private final Label percent = label("mono");
    private final Label time = label("mono", "muted");
    private final Label started = label("mono", "muted");
    private final Button cancel = new Button(TEXTS.get("cancel"), Icons.small("mdi2c-close"));
    private final HBox row;
    private Subscription live = Subscription.EMPTY;

    JobCell() {
        message.setMinWidth(0);
        icon.setMinWidth(20);
        bar.setPrefWidth(160);
        bar.setMinWidth(80);
        percent.setPrefWidth(44);
        percent.getStyleClass().add("right");
        time.setPrefWidth(150);
        cancel.getStyleClass().addAll("outlined", "small", "job-cancel");
        cancel.setMinWidth(USE_PREF_SIZE);
        cancel.setOnAction(e -> Optional.ofNullable(getItem()).ifPresent(Job::cancel));
        var gap = new Region();
        HBox.setHgrow(gap, Priority.ALWAYS);
        row = new HBox(icon, name, device, message, gap, bar, percent, time, started, cancel);
        row.getStyleClass().add("row");
        row.prefWidthProperty().bind(widthProperty().subtract(24));
        row.setMaxWidth(USE_PREF_SIZE);
    }

    private static Label label(String... styleClasses) {
        var label = new Label();
        label.getStyleClass().addAll(styleClasses);
        label.setMinWidth(USE_PREF_SIZE);
        return label;
    }

    @Override
    protected void updateItem(Job<?> job, boolean empty) {
        super.updateItem(job, empty);
        live.unsubscribe();
        live = Subscription.EMPTY;
        setGraphic(empty || job == null ? null : row);
        if (empty || job == null) {
            return;
        }
        name.setText(job.name());
        device.setText(job.device().map(DeviceSession::name).orElse(""));
        started.setText(TIME.format(job.started()));
        live = Subscription.combine(
                job.state().subscribe(s -> show(job)),
                job.progress().subscribe(p -> tick()),
                job.message().subscribe(message::setText));
    }

    private void show(Job<?> job) {
        var state = job.state().getValue();
        var literal = switch (state) {
            case WAITING -> "mdi2c-clock-outline";
            case RUNNING -> "mdi2p-progress-clock";
            case DONE -> "mdi2c-check-circle";
            case FAILED -> "mdi2c-close-circle";
            case CANCELLED -> "mdi2c-cancel";
        };
        var tone = switch (state) {
            case RUNNING -> "accent-text";
            case DONE -> "good";
            case FAILED -> "bad";
            case WAITING, CANCELLED -> "muted";
        };
        var graphic = Icons.of(literal);
        graphic.getStyleClass().add(tone);
        icon.getChildren().setAll(graphic);
        cancel.setVisible(!state.ended());
        tick();
    }

    /** Shows how far it is and how long it has been. */
    void tick() {
        var job = getItem();
        if (job == null) {
            return;
        }
        boolean ended = job.state().getValue().ended();
        double progress = job.progress().getValue();
        bar.setVisible(!ended);
        bar.setProgress(progress);
        percent.setText(ended || progress < 0 ? "" : Math.round(progress * 100) + " %");
        var elapsed = clock(job.elapsed());
        time.setText(
                ended
                        ? TEXTS.get("state." + job.state().getValue().name().toLowerCase(Locale.ROOT), elapsed)
                        : job.left()
                                .map(l -> TEXTS.get("left", elapsed, clock(l)))
                                .orElse(elapsed));
    }

    private static String clock(Duration time) {
        if (time.toMillis() < 1000) {
            return time.toMillis() + " ms";
        }
        if (time.toSeconds() < 60) {
            return String.format(Locale.ROOT, "%.1f s", time.toMillis() / 1000.0);
        }
        return time.toHours() > 0
                ? String.format(Locale.ROOT, "%d:%02d:%02d", time.toHours(), time.toMinutesPart(), time.toSecondsPart())
                : String.format(Locale.ROOT, "%02d:%02d", time.toMinutes(), time.toSecondsPart());
    }
}
