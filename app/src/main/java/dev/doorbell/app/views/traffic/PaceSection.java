package dev.doorbell.app.views.traffic;

import dev.doorbell.app.controls.Figures;
import dev.doorbell.app.views.traffic.WorkloadDraft.Stop;
import javafx.collections.FXCollections;
import javafx.scene.control.CheckBox;
import javafx.scene.control.ComboBox;
import javafx.scene.control.Label;

/** How many workers, how deep, how fast, and until when. */
final class PaceSection extends FormSection {
    private static final int MOST_WORKERS = 256;
    private static final int MOST_DEPTH = 65535;
    private static final double A_DAY = 86_400;

    private final Label depthNote = note("");
    private final CheckBox limited = new CheckBox();
    private final Entry rate;
    private final ComboBox<Stop> stop = new ComboBox<>(FXCollections.observableArrayList(Stop.values()));
    private final Entry seconds;
    private final Entry count;
    private final Entry bytes;
    private final Entry passes;
    private final ComboBox<Integer> priority = new ComboBox<>(FXCollections.observableArrayList(0, 1, 2, 3));

    PaceSection(TrafficDesk desk) {
        super(desk);
        var workers = entry(
                "workers",
                d -> Integer.toString(d.workers()),
                (e, t) -> e.workers = (int) Amounts.count(t, 1, MOST_WORKERS));
        var depth = entry(
                "qdepth",
                d -> Integer.toString(d.qdepth()),
                (e, t) -> e.qdepth = (int) Amounts.count(t, 1, MOST_DEPTH));
        rate = entry(
                "rate",
                d -> d.iopsLimit() == 0 ? "" : Figures.count(d.iopsLimit()),
                (e, t) -> e.iopsLimit = Amounts.count(t, 1, 1_000_000_000));
        seconds =
                entry("seconds", d -> seconds(d.seconds()), (e, t) -> e.seconds = Amounts.seconds(t, 0.1, 30 * A_DAY));
        count = entry("count", d -> Figures.count(d.count()), (e, t) -> e.count = Amounts.count(t, 1, Long.MAX_VALUE));
        bytes = entry("bytes", d -> Figures.bytes(d.bytes()), (e, t) -> e.bytes = Amounts.bytes(t, 1, 1L << 60));
        passes = entry("passes", d -> Long.toString(d.passes()), (e, t) -> e.passes = Amounts.count(t, 1, 1_000_000));
        workers.getStyleClass().add("narrow");
        depth.getStyleClass().add("narrow");
        limited.setId("workload-limited");
        limited.setAccessibleText(texts.get("field.rate"));
        stop.setId("workload-stop");
        stop.setMinWidth(96);
        stop.getStyleClass().add("small");
        stop.setConverter(new Shown<>(s -> texts.get("stop." + s)));
        priority.setId("workload-priority");
        priority.getStyleClass().add("small");
        priority.setConverter(new Shown<>(p -> texts.get("priority." + p)));
        getChildren()
                .addAll(
                        line("workers", workers, note(texts.get("workers.note"))),
                        line("qdepth", depth, depthNote),
                        line("rate", limited, grow(rate), note(texts.get("rate.unit"))),
                        line("stop", grow(stop), seconds, count, bytes, passes));
        behind();
        limited.selectedProperty()
                .addListener((o, was, is) -> change(d -> {
                    d.iopsLimit = is ? Math.max(d.iopsLimit, 100_000) : 0;
                    if (!is) {
                        desk.invalid().remove(rate.getId());
                    }
                }));
        stop.valueProperty().addListener((o, was, is) -> change(d -> d.stop = is));
        priority.valueProperty().addListener((o, was, is) -> change(d -> d.priority = is));
    }

    private void behind() {
        var data = entry(
                "datarate",
                d -> d.bytesLimit() == 0 ? "" : Figures.bytes(d.bytesLimit()),
                (e, t) -> e.bytesLimit = t.isBlank() ? 0 : Amounts.bytes(t, 1, 1L << 50));
        data.setPromptText(texts.get("none"));
        var burst = time("burst", WorkloadDraft::burst, (e, s) -> e.burst = s);
        var idle = time("idle", WorkloadDraft::idle, (e, s) -> e.idle = s);
        var ramp = time("ramp", WorkloadDraft::ramp, (e, s) -> e.ramp = s);
        var from = entry(
                "rampfrom",
                d -> DistributionText.plain(d.rampFrom()) + " %",
                (e, t) -> e.rampFrom = Amounts.fraction(t, 0, 100));
        from.getStyleClass().add("narrow");
        more(
                "workload-more-pace",
                d -> d.bytesLimit() > 0 || d.burst() > 0 || d.idle() > 0 || d.ramp() > 0 || d.priority() > 0,
                line("datarate", grow(data), note(texts.get("datarate.unit"))),
                line("burst", grow(burst), note(texts.get("burst.then")), grow(idle)),
                line("ramp", grow(ramp), note(texts.get("ramp.from")), from),
                line("priority", grow(priority)));
    }

    private interface Setter {
        void set(WorkloadDraft.Edit e, double seconds);
    }

    private Entry time(String key, java.util.function.ToDoubleFunction<WorkloadDraft> getter, Setter setter) {
        var made = entry(
                key,
                d -> getter.applyAsDouble(d) == 0 ? "" : seconds(getter.applyAsDouble(d)),
                (e, t) -> setter.set(e, t.isBlank() ? 0 : Amounts.seconds(t, 0, A_DAY)));
        made.setPromptText(texts.get("none"));
        return made;
    }

    @Override
    void show(WorkloadDraft d) {
        depthNote.setText(texts.get("qdepth.note", (long) d.workers() * d.qdepth()));
        limited.setSelected(d.iopsLimit() > 0);
        rate.setDisable(d.iopsLimit() == 0);
        stop.setValue(d.stop());
        shown(seconds, d.stop() == Stop.TIME);
        shown(count, d.stop() == Stop.COUNT);
        shown(bytes, d.stop() == Stop.DATA);
        shown(passes, d.stop() == Stop.PASSES);
        priority.setValue(d.priority());
    }
}
