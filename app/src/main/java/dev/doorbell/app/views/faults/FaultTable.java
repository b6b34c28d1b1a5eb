package dev.doorbell.app.views.faults;

import dev.doorbell.app.controls.Figures;
import dev.doorbell.app.controls.TableTools;
import dev.doorbell.driver.Simulator.RuleState;
import dev.doorbell.plugin.Texts;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Function;
import javafx.beans.property.ReadOnlyStringWrapper;
import javafx.beans.value.ObservableValue;
import javafx.css.PseudoClass;
import javafx.scene.control.CheckBox;
import javafx.scene.control.TableCell;
import javafx.scene.control.TableColumn;
import javafx.scene.control.TableRow;
import javafx.scene.control.TableView;

/** The rules in order, each with its switch and what it has hit so far. */
final class FaultTable extends TableView<FaultRow> {
    private static final PseudoClass OFF = PseudoClass.getPseudoClass("off");

    private final Texts texts;
    private final BiConsumer<FaultRow, Boolean> toggle;

    /** @param toggle told when the user switches a rule */
    FaultTable(Texts texts, BiConsumer<FaultRow, Boolean> toggle) {
        this.texts = texts;
        this.toggle = toggle;
        setId("faults-table");
        getStyleClass().addAll("lined", "faults-table");
        setColumnResizePolicy(CONSTRAINED_RESIZE_POLICY_SUBSEQUENT_COLUMNS);
        getColumns().add(switches());
        column("number", 34, r -> new ReadOnlyStringWrapper(Integer.toString(r.index() + 1)), "mono", "muted", "right");
        column("when", 270, r -> new ReadOnlyStringWrapper(r.when()), "mono");
        column("then", 166, r -> new ReadOnlyStringWrapper(r.then()), "mono");
        column("matched", 76, r -> r.state().map(s -> Figures.count(s.matched())), "mono", "right");
        column("hits", 70, r -> r.state().map(s -> Figures.count(s.hits())), "mono", "right", "hits");
        TableTools.equip(this);
        setRowFactory(t -> new Row());
    }

    /** A rule that is switched off steps back. */
    private static final class Row extends TableRow<FaultRow> {
        private ObservableValue<RuleState> shown;
        private final javafx.beans.value.ChangeListener<RuleState> follow =
                (o, was, is) -> pseudoClassStateChanged(OFF, !is.rule().enabled());

        @Override
        protected void updateItem(FaultRow row, boolean empty) {
            super.updateItem(row, empty);
            if (shown != null) {
                shown.removeListener(follow);
                shown = null;
            }
            boolean there = !empty && row != null;
            pseudoClassStateChanged(OFF, there && !row.rule().enabled());
            if (there) {
                shown = row.state();
                shown.addListener(follow);
            }
        }
    }

    private TableColumn<FaultRow, RuleState> switches() {
        TableColumn<FaultRow, RuleState> column = new TableColumn<>(texts.get("column.on"));
        column.setMinWidth(40);
        column.setMaxWidth(40);
        column.setSortable(false);
        column.setUserData((Function<Object, Object>)
                state -> texts.get(((RuleState) state).rule().enabled() ? "rule.on" : "rule.off"));
        column.setCellValueFactory(c -> c.getValue().state());
        column.setCellFactory(c -> new TableCell<>() {
            private final CheckBox box = new CheckBox();

            {
                box.setFocusTraversable(false);
                box.setAccessibleText(texts.get("rule.switch"));
                box.setOnAction(e -> toggle.accept(getTableRow().getItem(), box.isSelected()));
            }

            @Override
            protected void updateItem(RuleState state, boolean empty) {
                super.updateItem(state, empty);
                setGraphic(empty || state == null ? null : box);
                if (!empty && state != null) {
                    box.setSelected(state.rule().enabled());
                }
            }
        });
        return column;
    }

    private void column(
            String key, double width, Function<FaultRow, ObservableValue<String>> text, String... styleClasses) {
        TableColumn<FaultRow, String> column = new TableColumn<>(texts.get("column." + key));
        column.setCellValueFactory(c -> text.apply(c.getValue()));
        column.setPrefWidth(width);
        column.setMinWidth(Math.min(width, 60));
        column.setSortable(false);
        column.getStyleClass().addAll(styleClasses);
        getColumns().add(column);
    }

    /** Shows rules; the same ones keep their rows, so that only figures move. */
    void show(List<RuleState> rules) {
        boolean same = rules.size() == getItems().size();
        for (int i = 0; same && i < rules.size(); i++) {
            same = getItems().get(i).follow(rules.get(i));
        }
        if (same) {
            return;
        }
        int chosen = getSelectionModel().getSelectedIndex();
        List<FaultRow> rows = new java.util.ArrayList<>();
        for (RuleState state : rules) {
            rows.add(new FaultRow(rows.size(), state));
        }
        getItems().setAll(rows);
        if (!rows.isEmpty() && chosen >= 0) {
            getSelectionModel().select(Math.min(chosen, rows.size() - 1));
        }
    }
}
