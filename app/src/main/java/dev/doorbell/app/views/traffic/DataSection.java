package dev.doorbell.app.views.traffic;

import dev.doorbell.app.controls.Icons;
import dev.doorbell.driver.Workload;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import javafx.collections.FXCollections;
import javafx.scene.control.Button;
import javafx.scene.control.CheckBox;
import javafx.scene.control.ComboBox;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.HBox;

/** What is written, whether it is verified, and what is done about errors. */
final class DataSection extends FormSection {
    private static final int MOST_RETRIES = 1000;

    private final ComboBox<Workload.Fill> fill =
            new ComboBox<>(FXCollections.observableArrayList(Workload.Fill.values()));
    private final Entry dword;
    private final CheckBox fresh = new CheckBox();
    private final CheckBox verify = new CheckBox();
    private final CheckBox cmdlog = new CheckBox();
    private final CheckBox stopAtError = new CheckBox();
    private final List<HBox> random;

    DataSection(TrafficDesk desk) {
        super(desk);
        dword = entry("dword", d -> "0x%08x".formatted(d.dword()), (e, t) -> {
            long bits = Amounts.bits(t);
            if (bits >>> 32 != 0) {
                throw new IllegalArgumentException(texts.get("dword.long", t.strip()));
            }
            e.dword = (int) bits;
        });
        var seed = entry("seed", d -> "0x" + Long.toHexString(d.seed()), (e, t) -> e.seed = Amounts.bits(t));
        var dice = new Button(null, Icons.small("mdi2d-dice-5-outline"));
        dice.setId("workload-dice");
        dice.getStyleClass().add("icon-button");
        dice.setTooltip(new Tooltip(texts.get("seed.dice")));
        dice.setOnAction(e -> {
            desk.invalid().remove(seed.getId());
            change(d -> d.seed = ThreadLocalRandom.current().nextInt() & 0xffffffffL);
        });
        fill.setId("workload-fill");
        fill.setMinWidth(96);
        fill.getStyleClass().add("small");
        fill.setConverter(new Shown<>(f -> texts.get("fill." + f)));
        fill.valueProperty().addListener((o, was, is) -> change(d -> d.fill = is));
        box(verify, "verify").selectedProperty().addListener((o, was, is) -> change(d -> d.verify = is));
        box(cmdlog, "cmdlog").selectedProperty().addListener((o, was, is) -> change(d -> d.cmdlog = is));
        box(fresh, "fresh").selectedProperty().addListener((o, was, is) -> change(d -> d.fresh = is));
        box(stopAtError, "stopaterror").selectedProperty().addListener((o, was, is) -> change(d -> d.stopAtError = is));
        var compressible = entry(
                "compressible",
                d -> d.compressible() + " %",
                (e, t) -> e.compressible = (int) Amounts.count(t, 0, 100));
        var dedupable = entry("dedupable", d -> d.dedupable() + " %", (e, t) -> {
            e.dedupable = (int) Amounts.count(t, 0, 100);
            // Only data that is made anew can repeat on purpose.
            e.fresh |= e.dedupable > 0;
        });
        var retries = entry(
                "retries",
                d -> Integer.toString(d.retries()),
                (e, t) -> e.retries = (int) Amounts.count(t, 0, MOST_RETRIES));
        for (var narrow : new Entry[] {compressible, dedupable, retries}) {
            narrow.getStyleClass().add("narrow");
        }
        random = List.of(
                line("fresh", fresh),
                line("compressible", compressible, note(texts.get("compressible.note"))),
                line("dedupable", dedupable, note(texts.get("dedupable.note"))));
        getChildren()
                .addAll(
                        line("fill", grow(fill), dword),
                        line("seed", grow(seed), dice),
                        line("verify", verify),
                        line("log", cmdlog));
        more(
                "workload-more-data",
                d -> d.fresh() || d.compressible() > 0 || d.dedupable() > 0 || d.retries() > 0 || d.stopAtError(),
                random.get(0),
                random.get(1),
                random.get(2),
                line("retries", retries, note(texts.get("retries.note"))),
                line("stopaterror", stopAtError));
    }

    private CheckBox box(CheckBox box, String key) {
        box.setId("workload-" + key);
        box.setText(texts.get("box." + key));
        return box;
    }

    @Override
    void show(WorkloadDraft d) {
        fill.setValue(d.fill());
        shown(dword, d.fill() == Workload.Fill.DWORD);
        random.forEach(line -> line.setDisable(d.fill() != Workload.Fill.RANDOM));
        fresh.setSelected(d.fresh());
        verify.setSelected(d.verify());
        cmdlog.setSelected(d.cmdlog());
        stopAtError.setSelected(d.stopAtError());
    }
}
