package dev.doorbell.app.views.traffic;

import dev.doorbell.app.controls.Figures;
import dev.doorbell.app.controls.Segmented;
import dev.doorbell.driver.LbaDistribution;
import java.util.List;
import java.util.OptionalLong;
import javafx.collections.FXCollections;
import javafx.scene.control.ComboBox;
import javafx.scene.layout.HBox;

/** Where the I/Os go, and in which order. */
final class WhereSection extends FormSection {
    /** How the LBAs follow each other. */
    private enum Access {
        SEQUENTIAL,
        RANDOM,
        MIXED
    }

    /** Kinds of distributions, each with the values that it begins with. */
    private enum Spread {
        EVEN("even"),
        ZIPF("zipf 1.2"),
        PARETO("pareto 0.2"),
        NORMAL("normal 50 10"),
        SECTIONS("sections 5x1200 15x240 80x30");

        private final String start;

        Spread(String start) {
            this.start = start;
        }

        private static Spread of(LbaDistribution distribution) {
            return switch (distribution) {
                case LbaDistribution.Uniform u -> EVEN;
                case LbaDistribution.Zipf z -> ZIPF;
                case LbaDistribution.Pareto p -> PARETO;
                case LbaDistribution.Normal n -> NORMAL;
                case LbaDistribution.Sections s -> SECTIONS;
            };
        }
    }

    private final ComboBox<DeviceFacts.Space> target = new ComboBox<>();
    private final Segmented<Access> access;
    private final Entry random;
    private final HBox randomLine;
    private final ComboBox<Spread> spread = new ComboBox<>(FXCollections.observableArrayList(Spread.values()));
    private final Entry values;
    private final HBox valuesLine;
    private final DistributionPicture picture = new DistributionPicture();

    WhereSection(TrafficDesk desk) {
        super(desk);
        access = new Segmented<>(List.of(Access.values()), a -> texts.get("access." + a)).quiet();
        random = entry(
                "random", d -> d.randomPercent() + " %", (e, t) -> e.randomPercent = (int) Amounts.count(t, 0, 100));
        random.getStyleClass().add("narrow");
        randomLine = line("random", random, note(texts.get("random.note")));
        var first = entry(
                "first", d -> Figures.count(d.firstLba()), (e, t) -> e.firstLba = Amounts.count(t, 0, Long.MAX_VALUE));
        var last = entry(
                "last",
                this::lastLba,
                (e, t) -> e.lastLba = t.isBlank() ? -1 : Amounts.count(t, 0, Long.MAX_VALUE - 1));
        last.setPromptText(texts.get("last.prompt"));
        values = entry(
                "spread",
                d -> DistributionText.values(d.distribution()),
                (e, t) -> e.distribution =
                        DistributionText.read(texts.get("spread.word." + Spread.of(e.distribution)) + " " + t));
        valuesLine = line("spread", grow(values));
        var step = entry(
                "step",
                d -> d.stepLbas().isPresent() ? Long.toString(d.stepLbas().getAsLong()) : "",
                (e, t) -> e.stepLbas = t.isBlank() ? OptionalLong.empty() : OptionalLong.of(Amounts.signed(t)));
        step.setPromptText(texts.get("step.prompt"));
        step.setHint(texts.get("step.hint"));
        target.setId("workload-target");
        target.setMaxWidth(Double.MAX_VALUE);
        target.getStyleClass().add("small");
        target.setConverter(new Shown<>(this::describe));
        spread.setId("workload-distribution");
        spread.setMinWidth(96);
        spread.getStyleClass().add("small");
        spread.setConverter(new Shown<>(s -> texts.get("spread." + s)));
        getChildren()
                .addAll(
                        line("target", grow(target)),
                        line("first", grow(first)),
                        line("last", grow(last)),
                        line("access", access),
                        randomLine);
        more(
                "workload-more-where",
                d -> d.stepLbas().isPresent() || Spread.of(d.distribution()) != Spread.EVEN,
                line("distribution", grow(spread)),
                valuesLine,
                picture,
                line("step", grow(step), note(texts.get("step.unit"))));
        wire();
    }

    private void wire() {
        target.valueProperty().addListener((o, was, is) -> {
            if (is != null && is.nsid() != desk.draft().get().nsid()) {
                change(d -> {
                    d.nsid = is.nsid();
                    d.firstLba = 0;
                    d.lastLba = -1;
                });
            }
        });
        access.valueProperty()
                .addListener((o, was, is) -> change(d -> {
                    if (is != null) {
                        d.randomPercent = switch (is) {
                            case SEQUENTIAL -> 0;
                            case RANDOM -> 100;
                            case MIXED -> d.randomPercent == 0 || d.randomPercent == 100 ? 50 : d.randomPercent;
                        };
                    }
                }));
        spread.valueProperty()
                .addListener((o, was, is) -> change(d -> {
                    desk.invalid().remove(values.getId());
                    d.distribution = DistributionText.read(is.start);
                }));
    }

    private String lastLba(WorkloadDraft d) {
        if (d.lastLba() >= 0) {
            return Figures.count(d.lastLba());
        }
        return desk.facts()
                .get()
                .flatMap(f -> f.space(d.nsid()))
                .map(s -> Figures.count(s.lbaCount() - 1))
                .orElse("");
    }

    private String describe(DeviceFacts.Space space) {
        var name = desk.session().map(s -> s.name()).orElse("");
        return texts.get("target.space", name, space.nsid(), Figures.bytes(space.lbaBytes()));
    }

    @Override
    void show(WorkloadDraft d) {
        var spaces = desk.facts().get().map(DeviceFacts::namespaces).orElse(List.of());
        if (!target.getItems().equals(spaces)) {
            target.getItems().setAll(spaces);
        }
        target.setValue(
                spaces.stream().filter(s -> s.nsid() == d.nsid()).findFirst().orElse(null));
        access.valueProperty()
                .set(
                        d.randomPercent() == 0
                                ? Access.SEQUENTIAL
                                : d.randomPercent() == 100 ? Access.RANDOM : Access.MIXED);
        boolean mixed = access.getValue() == Access.MIXED || random.isFocused();
        shown(random, mixed);
        show(randomLine, mixed);
        spread.setValue(Spread.of(d.distribution()));
        shown(values, spread.getValue() != Spread.EVEN);
        // Behind "More", which hides all of its lines, this one must not come back by itself.
        show(valuesLine, spread.getValue() != Spread.EVEN);
        show(picture, spread.getValue() != Spread.EVEN);
        values.setHint(texts.get("spread.hint." + spread.getValue()));
        picture.show(d.distribution());
    }
}
