package dev.doorbell.app.views.traffic;

import dev.doorbell.app.controls.Icons;
import dev.doorbell.plugin.Texts;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.control.Label;
import javafx.scene.control.ToggleButton;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;

/**
 * Some fields of a workload that belong together. What is seldom needed stands behind "More", which opens by itself when the draft has
 * something there, so that nothing is hidden that counts.
 */
abstract class FormSection extends VBox {
    final TrafficDesk desk;
    final Texts texts;
    private final List<Entry> entries = new ArrayList<>();
    private final List<Node> more = new ArrayList<>();
    private final ToggleButton opener = new ToggleButton();
    private Predicate<WorkloadDraft> used = d -> false;
    private boolean updating;

    FormSection(TrafficDesk desk) {
        super(6);
        this.desk = desk;
        texts = desk.texts();
        getStyleClass().add("section");
    }

    /** Takes over what the draft has, but for the entries, which do so by themselves. */
    abstract void show(WorkloadDraft d);

    /** Shows the draft. */
    final void update() {
        updating = true;
        show(desk.draft().get());
        entries.forEach(Entry::update);
        unfold();
        updating = false;
    }

    final void change(Consumer<WorkloadDraft.Edit> change) {
        if (!updating) {
            desk.draft().set(desk.draft().get().edit(change));
        }
    }

    final Entry entry(String key, Function<WorkloadDraft, String> writer, Entry.Reader reader) {
        var entry = new Entry(desk, "workload-" + key, texts.get("field." + key), writer, reader);
        entry.setMinWidth(0);
        entries.add(entry);
        return entry;
    }

    final HBox line(String key, Node... nodes) {
        var caption = new Label(texts.get("field." + key));
        caption.getStyleClass().addAll("muted", "caption");
        var line = new HBox(8, caption);
        line.getStyleClass().add("form-line");
        line.getChildren().addAll(nodes);
        line.setAlignment(Pos.CENTER_LEFT);
        return line;
    }

    /** Puts lines behind "More"; {@code filled} says whether a draft has anything there. */
    final void more(String id, Predicate<WorkloadDraft> filled, Node... lines) {
        used = filled;
        more.addAll(List.of(lines));
        opener.setId(id);
        opener.getStyleClass().setAll("button", "link-button", "small", "more-button");
        opener.setGraphic(Icons.small("mdi2c-chevron-right"));
        opener.setOnAction(e -> unfold());
        getChildren().add(opener);
        getChildren().addAll(more);
        unfold();
    }

    private void unfold() {
        boolean needed = used.test(desk.draft().get());
        boolean open = needed || opener.isSelected();
        for (Node line : more) {
            line.setVisible(open);
            line.setManaged(open);
        }
        opener.setText(texts.get(open ? "less" : "more"));
        opener.setGraphic(Icons.small(open ? "mdi2c-chevron-down" : "mdi2c-chevron-right"));
        opener.setVisible(!more.isEmpty() && !needed);
        opener.setManaged(opener.isVisible());
    }

    static Node grow(Region node) {
        HBox.setHgrow(node, Priority.ALWAYS);
        node.setMinWidth(0);
        return node;
    }

    static Label note(String text) {
        var note = new Label(text);
        note.getStyleClass().addAll("muted", "small");
        note.setMinWidth(USE_PREF_SIZE);
        return note;
    }

    static void show(Node node, boolean on) {
        node.setVisible(on);
        node.setManaged(on);
    }

    /** Shows an entry or not; what was typed into one that is hidden no longer counts. */
    final void shown(Entry entry, boolean on) {
        show(entry, on);
        if (!on) {
            desk.invalid().remove(entry.getId());
        }
    }

    /** Seconds as they are typed: {@code 2.5 s}. */
    static String seconds(double value) {
        return DistributionText.plain(value) + " s";
    }
}
