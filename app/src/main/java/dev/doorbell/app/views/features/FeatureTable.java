package dev.doorbell.app.views.features;

import dev.doorbell.app.controls.EmptyState;
import dev.doorbell.app.controls.TableTools;
import dev.doorbell.driver.Controller.FeatureValue;
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

/** The features as a table: identifier, name, the three values, what can be done with them. */
final class FeatureTable extends TableView<FeatureValues> {
    private static final PseudoClass CHANGED = PseudoClass.getPseudoClass("changed");
    private final Texts texts;
    private Map<Integer, Integer> before = Map.of();
    private Map<Integer, Integer> now = Map.of();

    FeatureTable(Texts texts) {
        this.texts = texts;
        setId("feature-table");
        getStyleClass().add("lined");
        setColumnResizePolicy(CONSTRAINED_RESIZE_POLICY_FLEX_LAST_COLUMN);
        add("fid", 48, true, f -> String.format("0x%02x", f.spec().fid()));
        add("feature", 200, false, f -> f.spec().title());
        add("current", 96, true, f -> value(f.current()));
        add("default", 96, true, f -> value(f.standard()));
        add("saved", 96, true, f -> value(f.saved()));
        add("can", 150, false, this::can);
        TableTools.equip(this);
        setPlaceholder(new EmptyState("mdi2t-tune", texts.get("none")));
        setRowFactory(t -> new TableRow<>() {
            @Override
            protected void updateItem(FeatureValues item, boolean empty) {
                super.updateItem(item, empty);
                pseudoClassStateChanged(CHANGED, !empty && item != null && isChanged(item));
            }
        });
    }

    /** Shows values; rows whose current value differs from the one shown before are marked. */
    void show(List<FeatureValues> values) {
        before = now;
        now = new HashMap<>();
        values.forEach(v -> v.current().ifPresent(c -> now.put(v.spec().fid(), c.cdw0())));
        int chosen = Optional.ofNullable(getSelectionModel().getSelectedItem())
                .map(v -> v.spec().fid())
                .orElse(-1);
        getItems().setAll(values);
        choose(chosen);
        if (getSelectionModel().isEmpty() && !getItems().isEmpty()) {
            getSelectionModel().selectFirst();
        }
    }

    /** Selects a feature. */
    void choose(int fid) {
        for (FeatureValues each : getItems()) {
            if (each.spec().fid() == fid) {
                getSelectionModel().select(each);
                scrollTo(each);
            }
        }
    }

    /** The value shown before the last refresh, where it differed. */
    Optional<Integer> changedFrom(FeatureValues values) {
        return isChanged(values) ? Optional.of(before.get(values.spec().fid())) : Optional.empty();
    }

    private boolean isChanged(FeatureValues values) {
        Integer was = before.get(values.spec().fid());
        return was != null && values.current().map(c -> c.cdw0() != was).orElse(false);
    }

    private String can(FeatureValues values) {
        if (values.current().isEmpty()) {
            return texts.get("refused");
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
        column.setCellValueFactory(f -> new ReadOnlyStringWrapper(text.apply(f.getValue())));
        column.setPrefWidth(width);
        column.setMinWidth(Math.min(width, 90));
        if (mono) {
            column.getStyleClass().add("mono");
        }
        getColumns().add(column);
    }
}
