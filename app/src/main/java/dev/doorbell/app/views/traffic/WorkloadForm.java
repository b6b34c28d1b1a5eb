package dev.doorbell.app.views.traffic;

import java.util.List;
import javafx.scene.layout.VBox;

/** The fields of a workload, each bound to the desk's draft. */
final class WorkloadForm extends VBox {
    private final List<FormSection> sections;

    WorkloadForm(TrafficDesk desk) {
        getStyleClass().add("workload-form");
        sections = List.of(
                new WhereSection(desk),
                new WhatSection(desk),
                new SizeSection(desk),
                new PaceSection(desk),
                new DataSection(desk),
                new ReplaySection(desk));
        getChildren().setAll(sections);
    }

    /** Shows the draft. */
    void update() {
        sections.forEach(FormSection::update);
    }
}
