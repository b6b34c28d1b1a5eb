package dev.doorbell.app.views.traffic;

import dev.doorbell.app.controls.Icons;
import dev.doorbell.driver.IoControl;
import dev.doorbell.driver.IoOperation;
import java.util.ArrayList;
import javafx.scene.control.Slider;
import javafx.scene.control.ToggleButton;
import javafx.scene.layout.HBox;

/** Which commands are sent: a slider between reads and writes, or a mix of any. */
final class WhatSection extends FormSection {
    private final Slider read = new Slider(0, 100, 100);
    private final HBox readLine;
    private final ToggleButton mixed = new ToggleButton();
    private final OperationRows operations;

    WhatSection(TrafficDesk desk) {
        super(desk);
        var percent = entry("read", d -> d.readPercent() + " %", (e, t) -> e.read((int) Amounts.count(t, 0, 100)));
        percent.getStyleClass().add("narrow");
        read.setMinWidth(40);
        read.setBlockIncrement(10);
        read.valueProperty().addListener((o, was, is) -> change(d -> d.read((int) Math.round(is.doubleValue()))));
        readLine = line("read", grow(read), percent);
        operations = new OperationRows(desk);
        mixed.setId("workload-mix");
        mixed.getStyleClass().setAll("button", "link-button", "small", "more-button");
        mixed.setOnAction(e -> {
            if (!mixed.isSelected() && !simple(desk.draft().get())) {
                int reads = desk.draft().get().readPercent();
                change(d -> {
                    d.operations = new ArrayList<>();
                    d.read(reads);
                });
            }
            update();
        });
        getChildren().addAll(readLine, operations, mixed);
    }

    /** Whether a slider can say it all. */
    private static boolean simple(WorkloadDraft d) {
        return d.plain()
                && d.operations().stream().allMatch(o -> o.control().equals(IoControl.none()))
                && Math.abs(d.operations().stream()
                                        .mapToDouble(IoOperation::percent)
                                        .sum()
                                - 100)
                        < 1e-6;
    }

    @Override
    void show(WorkloadDraft d) {
        boolean rows = mixed.isSelected() || !simple(d);
        mixed.setSelected(rows);
        mixed.setText(texts.get(rows ? "mix.less" : "mix.more"));
        mixed.setGraphic(Icons.small(rows ? "mdi2c-chevron-down" : "mdi2c-chevron-right"));
        show(readLine, !rows);
        show(operations, rows);
        read.setValue(d.readPercent());
        operations.update();
    }
}
