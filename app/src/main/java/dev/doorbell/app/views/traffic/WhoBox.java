package dev.doorbell.app.views.traffic;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;
import javafx.scene.control.ComboBox;

/** Whose course is drawn: that of all workers together, each by itself, or one of them, which then has the results' focus. */
final class WhoBox extends ComboBox<Integer> {
    static final int ALL = -1;
    static final int EACH = -2;

    private final TrafficDesk desk;
    private final ReadOnlyObjectWrapper<Integer> chosen = new ReadOnlyObjectWrapper<>(this, "chosen", ALL);
    private boolean updating;

    WhoBox(TrafficDesk desk) {
        this.desk = desk;
        getStyleClass().add("small");
        setMinWidth(USE_PREF_SIZE);
        setConverter(new Shown<>(i -> switch (i) {
            case ALL -> desk.texts().get("who.all");
            case EACH -> desk.texts().get("who.each");
            default -> "w" + (i + 1);
        }));
        getItems().setAll(ALL, EACH);
        setValue(ALL);
        valueProperty().addListener((o, was, is) -> {
            if (!updating && is != null) {
                choose(is);
            }
        });
    }

    /** {@link #ALL}, {@link #EACH} or the index of a worker. */
    ReadOnlyObjectProperty<Integer> chosen() {
        return chosen.getReadOnlyProperty();
    }

    private void choose(int who) {
        // First, as what follows the focus looks here.
        chosen.set(who);
        desk.runs().focus().set(who < 0 ? Optional.empty() : worker(who));
    }

    private Optional<WorkerTrack> worker(int index) {
        return desk.runs()
                .current()
                .get()
                .map(TrafficRun::workers)
                .filter(w -> index < w.size())
                .map(w -> w.get(index));
    }

    /** Offers the workers that there are, and shows the one in focus. */
    void update() {
        int workers = desk.runs().current().get().map(r -> r.workers().size()).orElse(0);
        var focus = desk.runs().focus().get().map(WorkerTrack::index);
        int now = focus.orElse(chosen.get() == EACH ? EACH : ALL);
        updating = true;
        List<Integer> items = new ArrayList<>(List.of(ALL, EACH));
        for (int i = 0; i < workers; i++) {
            items.add(i);
        }
        if (!items.equals(getItems())) {
            getItems().setAll(items);
        }
        setValue(now);
        chosen.set(now);
        updating = false;
    }
}
