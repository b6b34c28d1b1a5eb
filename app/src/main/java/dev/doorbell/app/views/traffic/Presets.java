package dev.doorbell.app.views.traffic;

import dev.doorbell.app.views.traffic.WorkloadDraft.Share;
import dev.doorbell.plugin.Memento;
import dev.doorbell.plugin.Texts;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import javafx.collections.FXCollections;
import javafx.collections.ObservableList;

/** Workloads with a name: those that come with the program, and the user's, which are kept in the settings. */
final class Presets {
    private static final String KEY = "presets";

    private final Memento settings;
    private final List<WorkloadDraft> bundled;
    private final ObservableList<WorkloadDraft> all = FXCollections.observableArrayList();

    Presets(Memento settings, Texts texts) {
        this.settings = settings;
        bundled = List.of(
                preset(texts, "randomRead", 100, 100, 1, 64, new Share(4096, 100)),
                preset(texts, "randomWrite", 100, 0, 1, 64, new Share(4096, 100)),
                preset(texts, "sequentialRead", 0, 100, 1, 16, new Share(128 << 10, 100)),
                preset(texts, "sequentialWrite", 0, 0, 1, 16, new Share(128 << 10, 100)),
                preset(texts, "mixed", 100, 70, 2, 16, new Share(4096, 90), new Share(8192, 8), new Share(64 << 10, 2)),
                preset(texts, "probe", 100, 100, 1, 1, new Share(4096, 100)));
        all.setAll(bundled);
        settings.get(KEY, "")
                .lines()
                .flatMap(line -> DraftText.read(line).stream())
                .forEach(all::add);
    }

    private static WorkloadDraft preset(
            Texts texts, String key, int random, int read, int workers, int depth, Share... sizes) {
        return WorkloadDraft.DEFAULT.edit(e -> {
            e.preset = texts.get("preset." + key);
            e.randomPercent = random;
            e.readPercent = read;
            e.workers = workers;
            e.qdepth = depth;
            e.sizes = List.of(sizes);
        });
    }

    /** The program's, then the user's. */
    ObservableList<WorkloadDraft> all() {
        return all;
    }

    Optional<WorkloadDraft> named(String name) {
        return all.stream().filter(p -> p.preset().equals(name)).findFirst();
    }

    boolean isBundled(String name) {
        return bundled.stream().anyMatch(p -> p.preset().equals(name));
    }

    /** Whether a draft is no longer what its preset says. */
    boolean isEdited(WorkloadDraft draft) {
        return named(draft.preset()).map(p -> !draft.sameLoad(p)).orElse(true);
    }

    /** Keeps a draft under its name, in place of the user's preset that had it. */
    void save(WorkloadDraft draft) {
        if (draft.preset().isBlank() || isBundled(draft.preset())) {
            throw new IllegalArgumentException("“" + draft.preset() + "” cannot be the name of a preset");
        }
        int at = all.indexOf(named(draft.preset()).orElse(draft));
        if (at < 0) {
            all.add(draft);
        } else {
            all.set(at, draft);
        }
        write();
    }

    void remove(String name) {
        all.removeIf(p -> p.preset().equals(name) && !isBundled(name));
        write();
    }

    private void write() {
        var own = new ArrayList<>(all);
        own.removeAll(bundled);
        settings.put(KEY, own.stream().map(DraftText::write).collect(Collectors.joining("\n")));
    }
}
