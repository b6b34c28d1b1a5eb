package dev.doorbell.app.views.traffic;

import dev.doorbell.app.controls.Icons;
import java.nio.file.Path;
import java.util.Optional;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.Tooltip;
import javafx.stage.FileChooser;

/** A trace that is sent instead of drawn I/Os. */
final class ReplaySection extends FormSection {
    private final Label file = new Label();
    private final Button remove = new Button(null, Icons.small("mdi2c-close"));

    ReplaySection(TrafficDesk desk) {
        super(desk);
        var choose = new Button(texts.get("trace.choose"), Icons.small("mdi2f-folder-open-outline"));
        choose.setId("workload-trace-choose");
        choose.getStyleClass().addAll("outlined", "small");
        choose.setMinWidth(USE_PREF_SIZE);
        choose.setOnAction(e -> choose());
        file.setId("workload-trace");
        file.setMinWidth(0);
        remove.getStyleClass().add("icon-button");
        remove.setTooltip(new Tooltip(texts.get("trace.remove")));
        remove.setAccessibleText(texts.get("trace.remove"));
        remove.setOnAction(e -> change(d -> d.trace = ""));
        var speed = entry(
                "speed", d -> DistributionText.plain(d.speed()), (e, t) -> e.speed = Amounts.fraction(t, 0, 1000));
        speed.getStyleClass().add("narrow");
        more(
                "workload-more-replay",
                WorkloadDraft::replays,
                line("trace", grow(file), remove, choose),
                line("speed", speed, note(texts.get("speed.note"))));
    }

    private void choose() {
        var chooser = new FileChooser();
        chooser.setTitle(texts.get("trace.title"));
        Optional.ofNullable(chooser.showOpenDialog(getScene().getWindow()))
                .ifPresent(chosen -> change(d -> d.trace = chosen.getPath()));
    }

    @Override
    void show(WorkloadDraft d) {
        boolean chosen = !d.trace().isBlank();
        file.setText(chosen ? Path.of(d.trace()).getFileName().toString() : "");
        file.setTooltip(chosen ? new Tooltip(d.trace()) : null);
        remove.setDisable(!d.replays());
    }
}
