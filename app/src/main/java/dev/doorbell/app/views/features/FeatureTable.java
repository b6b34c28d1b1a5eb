package dev.doorbell.app.views.features;

import dev.doorbell.app.controls.EmptyState;
import dev.doorbell.app.controls.TableTools;
import dev.doorbell.app.views.reading.NamespaceId;
import dev.doorbell.driver.Controller.FeatureValue;
import dev.doorbell.driver.Controller.Select;
import dev.doorbell.plugin.Texts;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import javafx.beans.property.ReadOnlyStringWrapper;
import javafx.css.PseudoClass;
import javafx.scene.control.TableColumn;
import javafx.scene.control.TableRow;
import javafx.scene.control.TableView;

/** The features as a table: identifier, name, scope, the three values, what can be done with them. */
final class FeatureTable extends TableView<FeatureValues> {
    private static final PseudoClass CHANGED = PseudoClass.getPseudoClass("changed");
    private static final PseudoClass ABSENT = PseudoClass.getPseudoClass("absent");
    private final Texts texts;
    private Map<String, Integer> before = Map.of();
    private Map<String, Integer> now = new HashMap<>();

    FeatureTable(Texts texts) {
        this.texts = texts;
        setId("feature-table");
        getStyleClass().add("lined");
        setColumnResizePolicy(CONSTRAINED_RESIZE_POLICY_FLEX_LAST_COLUMN);
        add("fid", 52, true, f -> String.format("0x%02x", f.spec().fid()));
        add("feature", 200, false, f -> f.spec().title());
        add("scope", 108, false, f -> f.perNamespace() ? scope(f.nsid()) : "");
        add("current", 92, true, f -> value(f.current()));
        add("default", 92, true, f -> value(f.value(Select.DEFAULT)));
        add("saved", 92, true, f -> value(f.value(Select.SAVED)));
        add("can", 112, false, this::can);
        TableTools.equip(this);
        setPlaceholder(new EmptyState("mdi2t-tune", texts.get("none")));
        setRowFactory(t -> new TableRow<>() {
            @Override
            protected void updateItem(FeatureValues item, boolean empty) {
                super.updateItem(item, empty);
                boolean there = !empty && item != null;
                pseudoClassStateChanged(CHANGED, there && isChanged(item));
                pseudoClassStateChanged(ABSENT, there && item.isAbsent());
            }
        });
    }

    /** Takes note of a new reading; rows whose current value differs from the one before are marked. */
    void read(List<FeatureValues> values) {
        before = Map.copyOf(now);
        values.forEach(v -> v.current().ifPresent(c -> now.put(v.key(), c.cdw0())));
    }

    /** Forgets readings, as for another device. */
    void forget() {
        before = Map.of();
        now = new HashMap<>();
    }

    /** Shows these; the selected one stays selected if it is among them. */
    void show(List<FeatureValues> values) {
        int chosen = Optional.ofNullable(getSelectionModel().getSelectedItem())
                .map(v -> v.spec().fid())
                .orElse(-1);
        getItems().setAll(values);
        choose(chosen);
        if (getSelectionModel().isEmpty() && !getItems().isEmpty()) {
            getSelectionModel().selectFirst();
        }
    }

    /** Selects a feature; false when it is not shown. */
    boolean choose(int fid) {
        for (FeatureValues each : getItems()) {
            if (each.spec().fid() == fid) {
                getSelectionModel().select(each);
                scrollTo(each);
                return true;
            }
        }
        return false;
    }

    /** The value before the last refresh, where it differed. */
    Optional<Integer> changedFrom(FeatureValues values) {
        return isChanged(values) ? Optional.of(before.get(values.key())) : Optional.empty();
    }

    private boolean isChanged(FeatureValues values) {
        Integer was = before.get(values.key());
        return was != null && values.current().map(c -> c.cdw0() != was).orElse(false);
    }

    private String scope(int nsid) {
        return nsid == -1
                ? texts.get("scope.all")
                : nsid == 0 ? texts.get("scope.controller") : new NamespaceId(nsid).text();
    }

    private String can(FeatureValues values) {
        if (values.isAbsent()) {
            return texts.get("absent");
        }
        Optional<Integer> was = changedFrom(values);
        if (was.isPresent()) {
            return texts.get("was", hex(was.get()));
        }
        return values.isChangeable() ? texts.get(values.isSaveable() ? "saveable" : "changeable") : texts.get("fixed");
    }

    private static String value(Optional<FeatureValue> value) {
        return value.map(v -> hex(v.cdw0())).orElse("–");
    }

    private static String hex(int value) {
        return String.format("0x%08x", value);
    }

    private void add(String key, double width, boolean mono, Function<FeatureValues, String> text) {
        TableColumn<FeatureValues, String> column = new TableColumn<>(texts.get("column." + key));
        column.setId("feature-" + key);
        column.setCellValueFactory(f -> new ReadOnlyStringWrapper(text.apply(f.getValue())));
        column.setPrefWidth(width);
        column.setMinWidth(width - 4);
        if (mono) {
            column.getStyleClass().add("mono");
        }
        getColumns().add(column);
    }
}
