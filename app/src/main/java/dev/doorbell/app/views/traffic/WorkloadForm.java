package dev.doorbell.app.views.traffic;

import dev.doorbell.app.controls.Figures;
import dev.doorbell.app.controls.Icons;
import dev.doorbell.app.controls.Segmented;
import dev.doorbell.app.views.traffic.WorkloadDraft.Stop;
import dev.doorbell.driver.Workload;
import dev.doorbell.plugin.Texts;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.function.Function;
import javafx.collections.FXCollections;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.CheckBox;
import javafx.scene.control.ComboBox;
import javafx.scene.control.Label;
import javafx.scene.control.Slider;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.VBox;

/** The fields of a workload, each bound to the desk's draft. */
final class WorkloadForm extends VBox {
    private static final int MOST_WORKERS = 256;
    private static final int MOST_DEPTH = 65535;

    /** How the LBAs follow each other. */
    private enum Access {
        SEQUENTIAL,
        RANDOM,
        MIXED
    }

    private final TrafficDesk desk;
    private final Texts texts;
    private final List<Entry> entries = new ArrayList<>();
    private final ComboBox<DeviceFacts.Space> target = new ComboBox<>();
    private final Segmented<Access> access;
    private final Entry random;
    private HBox randomLine = new HBox();
    private final Slider read = new Slider(0, 100, 100);
    private final SizeRows sizes;
    private final Label depthNote = note("");
    private final CheckBox limited = new CheckBox();
    private final Entry rate;
    private final ComboBox<Stop> stop = new ComboBox<>(FXCollections.observableArrayList(Stop.values()));
    private final Entry seconds;
    private final Entry count;
    private final ComboBox<Workload.Fill> fill =
            new ComboBox<>(FXCollections.observableArrayList(Workload.Fill.values()));
    private final Entry dword;
    private final CheckBox cmdlog = new CheckBox();
    private boolean updating;

    WorkloadForm(TrafficDesk desk) {
        this.desk = desk;
        texts = desk.texts();
        access = new Segmented<>(List.of(Access.values()), a -> texts.get("access." + a)).quiet();
        random = entry(
                "random", d -> d.randomPercent() + " %", (e, t) -> e.randomPercent = (int) Amounts.count(t, 0, 100));
        rate = entry(
                "rate",
                d -> d.iopsLimit() == 0 ? "" : Figures.count(d.iopsLimit()),
                (e, t) -> e.iopsLimit = Amounts.count(t, 1, 1_000_000_000));
        seconds = entry(
                "seconds", d -> plain(d.seconds()) + " s", (e, t) -> e.seconds = Amounts.seconds(t, 0.1, 30 * 86400));
        count = entry("count", d -> Figures.count(d.count()), (e, t) -> e.count = Amounts.count(t, 1, Long.MAX_VALUE));
        dword = entry("dword", d -> "0x%08x".formatted(d.dword()), (e, t) -> {
            long bits = Amounts.bits(t);
            if (bits >>> 32 != 0) {
                throw new IllegalArgumentException(texts.get("dword.long", t.strip()));
            }
            e.dword = (int) bits;
        });
        sizes = new SizeRows(desk);
        getStyleClass().add("workload-form");
        layOut();
        wire();
    }

    private static String plain(double value) {
        return value == Math.rint(value) ? Long.toString((long) value) : String.format(Locale.ROOT, "%s", value);
    }

    private Entry entry(String key, Function<WorkloadDraft, String> writer, Entry.Reader reader) {
        var entry = new Entry(desk, "workload-" + key, texts.get("field." + key), writer, reader);
        entry.setMinWidth(0);
        entries.add(entry);
        return entry;
    }

    private void layOut() {
        var first = entry(
                "first", d -> Figures.count(d.firstLba()), (e, t) -> e.firstLba = Amounts.count(t, 0, Long.MAX_VALUE));
        var last = entry(
                "last",
                this::lastLba,
                (e, t) -> e.lastLba = t.isBlank() ? -1 : Amounts.count(t, 0, Long.MAX_VALUE - 1));
        last.setPromptText(texts.get("last.prompt"));
        var percent =
                entry("read", d -> d.readPercent() + " %", (e, t) -> e.readPercent = (int) Amounts.count(t, 0, 100));
        var workers = entry(
                "workers",
                d -> Integer.toString(d.workers()),
                (e, t) -> e.workers = (int) Amounts.count(t, 1, MOST_WORKERS));
        var depth = entry(
                "qdepth",
                d -> Integer.toString(d.qdepth()),
                (e, t) -> e.qdepth = (int) Amounts.count(t, 1, MOST_DEPTH));
        var seed = entry("seed", d -> "0x" + Long.toHexString(d.seed()), (e, t) -> e.seed = Amounts.bits(t));
        random.getStyleClass().add("narrow");
        percent.getStyleClass().add("narrow");
        workers.getStyleClass().add("narrow");
        depth.getStyleClass().add("narrow");
        target.setId("workload-target");
        target.setMaxWidth(Double.MAX_VALUE);
        target.getStyleClass().add("small");
        read.setMinWidth(40);
        limited.setId("workload-limited");
        limited.setAccessibleText(texts.get("field.rate"));
        stop.setId("workload-stop");
        stop.setMinWidth(96);
        stop.getStyleClass().add("small");
        fill.setId("workload-fill");
        fill.setMinWidth(96);
        fill.getStyleClass().add("small");
        cmdlog.setId("workload-cmdlog");
        cmdlog.setText(texts.get("cmdlog"));
        randomLine = line("random", random);
        var dice = new Button(null, Icons.small("mdi2d-dice-5-outline"));
        dice.setId("workload-dice");
        dice.getStyleClass().add("icon-button");
        dice.setTooltip(new Tooltip(texts.get("seed.dice")));
        dice.setOnAction(e -> {
            desk.invalid().remove(seed.getId());
            change(d -> d.seed = ThreadLocalRandom.current().nextInt() & 0xffffffffL);
        });
        getChildren()
                .setAll(
                        section(
                                line("target", grow(target)),
                                line("first", grow(first)),
                                line("last", grow(last)),
                                line("access", access),
                                randomLine,
                                line("read", grow(read), percent)),
                        section(sizes),
                        section(
                                line("workers", workers, note(texts.get("workers.note"))),
                                line("qdepth", depth, depthNote),
                                line("rate", limited, grow(rate), note(texts.get("rate.unit"))),
                                line("stop", grow(stop), seconds, count)),
                        section(line("fill", grow(fill), dword), line("seed", grow(seed), dice), line("log", cmdlog)));
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

    private static Node grow(javafx.scene.layout.Region node) {
        HBox.setHgrow(node, Priority.ALWAYS);
        node.setMinWidth(0);
        return node;
    }

    private static VBox section(Node... lines) {
        var section = new VBox(6, lines);
        section.getStyleClass().add("section");
        return section;
    }

    private static Label note(String text) {
        var note = new Label(text);
        note.getStyleClass().addAll("muted", "small");
        note.setMinWidth(USE_PREF_SIZE);
        return note;
    }

    private HBox line(String key, Node... nodes) {
        var caption = new Label(texts.get("field." + key));
        caption.getStyleClass().addAll("muted", "caption");
        var line = new HBox(8, caption);
        line.getStyleClass().add("form-line");
        line.getChildren().addAll(nodes);
        line.setAlignment(Pos.CENTER_LEFT);
        return line;
    }

    private void wire() {
        target.setConverter(new Shown<>(this::describe));
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
        read.valueProperty()
                .addListener((o, was, is) -> change(d -> d.readPercent = (int) Math.round(is.doubleValue())));
        read.setBlockIncrement(10);
        limited.selectedProperty()
                .addListener((o, was, is) -> change(d -> {
                    d.iopsLimit = is ? Math.max(d.iopsLimit, 100_000) : 0;
                    if (!is) {
                        desk.invalid().remove(rate.getId());
                    }
                }));
        stop.setConverter(new Shown<>(s -> texts.get("stop." + s)));
        stop.valueProperty().addListener((o, was, is) -> change(d -> d.stop = is));
        fill.setConverter(new Shown<>(f -> texts.get("fill." + f)));
        fill.valueProperty().addListener((o, was, is) -> change(d -> d.fill = is));
        cmdlog.selectedProperty().addListener((o, was, is) -> change(d -> d.cmdlog = is));
    }

    private String describe(DeviceFacts.Space space) {
        var name = desk.session().map(s -> s.name()).orElse("");
        return texts.get("target.space", name, space.nsid(), Figures.bytes(space.lbaBytes()));
    }

    private void change(Consumer<WorkloadDraft.Edit> change) {
        if (!updating) {
            desk.draft().set(desk.draft().get().edit(change));
        }
    }

    /** Shows the draft. */
    void update() {
        updating = true;
        var d = desk.draft().get();
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
        boolean mixed = access.valueProperty().get() == Access.MIXED || random.isFocused();
        shown(random, mixed);
        randomLine.setVisible(mixed);
        randomLine.setManaged(mixed);
        read.setValue(d.readPercent());
        sizes.update();
        depthNote.setText(texts.get("qdepth.note", (long) d.workers() * d.qdepth()));
        limited.setSelected(d.iopsLimit() > 0);
        rate.setDisable(d.iopsLimit() == 0);
        stop.setValue(d.stop());
        shown(seconds, d.stop() == Stop.TIME);
        shown(count, d.stop() == Stop.COUNT);
        fill.setValue(d.fill());
        shown(dword, d.fill() == Workload.Fill.DWORD);
        cmdlog.setSelected(d.cmdlog());
        entries.forEach(Entry::update);
        updating = false;
    }

    private void shown(Entry entry, boolean on) {
        entry.setVisible(on);
        entry.setManaged(on);
        if (!on) {
            desk.invalid().remove(entry.getId());
        }
    }
}
