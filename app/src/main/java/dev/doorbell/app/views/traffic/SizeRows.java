package dev.doorbell.app.views.traffic;

import dev.doorbell.app.controls.Figures;
import dev.doorbell.app.controls.Icons;
import dev.doorbell.plugin.Texts;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import javafx.css.PseudoClass;
import javafx.geometry.Pos;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.ProgressBar;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;

/** The I/O sizes of a draft, each with its weight and a bar, and their sum. */
final class SizeRows extends VBox {
    private static final int MOST_BYTES = 1 << 30;
    private static final int MOST_WEIGHT = 10_000;
    private static final int MOST_ROWS = 64;
    private static final int PLAIN = 8;
    private static final PseudoClass WIDE = PseudoClass.getPseudoClass("wide");

    private final TrafficDesk desk;
    private final Texts texts;
    private final VBox rows = new VBox();
    private final List<Entry> entries = new ArrayList<>();
    private final List<ProgressBar> bars = new ArrayList<>();
    private final Label mean = new Label();
    private final Label sum = new Label();
    private final Button add;

    SizeRows(TrafficDesk desk) {
        this.desk = desk;
        texts = desk.texts();
        getStyleClass().add("size-rows");
        var title = new Label(texts.get("sizes"));
        title.getStyleClass().add("section-title");
        mean.getStyleClass().addAll("muted", "small");
        sum.getStyleClass().addAll("muted", "small");
        add = new Button(texts.get("sizes.add"), Icons.small("mdi2p-plus"));
        add.setId("workload-add-size");
        add.getStyleClass().addAll("link-button", "small");
        add.setOnAction(e -> addSize());
        getChildren().addAll(line(title, gap(), mean), rows, line(add, gap(), sum));
    }

    private static HBox line(javafx.scene.Node... nodes) {
        var line = new HBox(8, nodes);
        line.setAlignment(Pos.CENTER_LEFT);
        return line;
    }

    private static Region gap() {
        var gap = new Region();
        HBox.setHgrow(gap, Priority.ALWAYS);
        return gap;
    }

    void update() {
        var sizes = desk.draft().get().sizes();
        if (bars.size() != sizes.size()) {
            rebuild(sizes.size());
        }
        entries.forEach(Entry::update);
        int weights = desk.draft().get().weights();
        for (int i = 0; i < bars.size(); i++) {
            // What is longer than a plain size takes the bar's place.
            boolean wide = sizes.get(i).text().length() > PLAIN;
            entries.get(2 * i).pseudoClassStateChanged(WIDE, wide);
            bars.get(i).setProgress(weights == 0 ? 0 : (double) sizes.get(i).weight() / weights);
        }
        mean.setText(texts.get("sizes.mean", Figures.bytes(desk.draft().get().meanBytes())));
        sum.setText(texts.get(weights == 100 ? "sizes.sum" : "sizes.weights", weights));
        sum.getStyleClass().removeAll("good", "muted");
        sum.getStyleClass().add(weights == 100 ? "good" : "muted");
        add.setDisable(sizes.size() >= MOST_ROWS);
    }

    private void rebuild(int count) {
        desk.invalid().keySet().removeIf(k -> k.startsWith("workload-size-") || k.startsWith("workload-weight-"));
        entries.clear();
        bars.clear();
        rows.getChildren().clear();
        for (int i = 0; i < count; i++) {
            rows.getChildren().add(row(i));
        }
    }

    private HBox row(int i) {
        var size = new Entry(
                desk,
                "workload-size-" + i,
                texts.get("sizes.size"),
                d -> i < d.sizes().size() ? d.sizes().get(i).text() : "",
                (e, text) -> {
                    var typed = Share.read(text, e.sizes.get(i).weight());
                    e.sizes = replaced(e.sizes, i, s -> typed);
                });
        size.setHint(texts.get("sizes.hint"));
        size.getStyleClass().add("size-field");
        var weight = new Entry(
                desk,
                "workload-weight-" + i,
                texts.get("sizes.weight"),
                d -> i < d.sizes().size() ? Integer.toString(d.sizes().get(i).weight()) : "",
                (e, text) -> {
                    int share = (int) Amounts.count(text, 0, MOST_WEIGHT);
                    e.sizes = replaced(e.sizes, i, s -> s.weight(share));
                });
        weight.getStyleClass().add("weight-field");
        entries.add(size);
        entries.add(weight);
        var bar = new ProgressBar(0);
        bar.setMaxWidth(Double.MAX_VALUE);
        HBox.setHgrow(bar, Priority.ALWAYS);
        bars.add(bar);
        var remove = new Button(null, Icons.small("mdi2c-close"));
        remove.getStyleClass().add("icon-button");
        remove.setTooltip(new Tooltip(texts.get("sizes.remove")));
        remove.setAccessibleText(texts.get("sizes.remove"));
        remove.setDisable(desk.draft().get().sizes().size() == 1);
        remove.setOnAction(e -> removeSize(i));
        return line(size, weight, bar, remove);
    }

    private static List<Share> replaced(List<Share> sizes, int at, UnaryOperator<Share> change) {
        var copy = new ArrayList<>(sizes);
        copy.set(at, change.apply(copy.get(at)));
        return copy;
    }

    private void addSize() {
        desk.draft().set(desk.draft().get().edit(e -> {
            var copy = new ArrayList<>(e.sizes);
            int bytes = copy.getLast().bytes() * 2;
            copy.add(new Share(bytes > 0 && bytes <= MOST_BYTES ? bytes : 4096, 10));
            e.sizes = copy;
        }));
    }

    private void removeSize(int at) {
        desk.draft().set(desk.draft().get().edit(e -> {
            var copy = new ArrayList<>(e.sizes);
            copy.remove(at);
            e.sizes = copy;
        }));
    }
}
