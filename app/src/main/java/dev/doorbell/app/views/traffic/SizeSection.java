package dev.doorbell.app.views.traffic;

/** The I/O sizes. */
final class SizeSection extends FormSection {
    private final SizeRows sizes;

    SizeSection(TrafficDesk desk) {
        super(desk);
        sizes = new SizeRows(desk);
        getChildren().add(sizes);
    }

    @Override
    void show(WorkloadDraft d) {
        sizes.update();
    }
}
