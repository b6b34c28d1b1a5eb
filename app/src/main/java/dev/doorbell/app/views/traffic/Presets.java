package dev.doorbell.app.views.traffic;

import dev.doorbell.driver.LbaDistribution;
import dev.doorbell.plugin.Memento;
import dev.doorbell.plugin.Texts;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
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
                fill(texts),
                enterprise(texts),
                client(texts),
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
            e.read(read);
            e.workers = workers;
            e.qdepth = depth;
            e.sizes = List.of(sizes);
        });
    }

    /** SNIA SSS PTS 2.0.2 §3.3: twice the capacity, written in order in large pieces, before anything is measured. */
    private static WorkloadDraft fill(Texts texts) {
        return preset(texts, "fill", 0, 0, 1, 32, new Share(128 << 10, 100)).edit(e -> {
            e.stop = WorkloadDraft.Stop.PASSES;
            e.passes = 2;
        });
    }

    /** JESD219B, enterprise: sizes, places and shares of its table; I/Os of 4 KiB and more are aligned to 4 KiB. */
    private static WorkloadDraft enterprise(Texts texts) {
        int[][] shares = {
            {512, 4},
            {1024, 1},
            {1536, 1},
            {2048, 1},
            {2560, 1},
            {3072, 1},
            {3584, 1},
            {4096, 67},
            {8192, 10},
            {16384, 7},
            {32768, 3},
            {65536, 3}
        };
        var sizes = Arrays.stream(shares)
                .map(s -> s[0] < 4096 ? new Share(s[0], s[1]) : new Share(s[0], s[0], 0, s[1], 4096))
                .toArray(Share[]::new);
        return preset(texts, "enterprise", 100, 40, 1, 64, sizes).edit(e -> {
            List<Integer> places = new ArrayList<>();
            // Half of the I/Os in the first twentieth, three in ten in the next 15 %, the rest in the other 80 %.
            places.addAll(Collections.nCopies(5, 1200));
            places.addAll(Collections.nCopies(15, 240));
            places.addAll(Collections.nCopies(80, 30));
            e.distribution = LbaDistribution.sections(places);
        });
    }

    /** JESD219B, client: the master trace, which is JEDEC's; its file has to be chosen. */
    private static WorkloadDraft client(Texts texts) {
        return preset(texts, "client", 100, 100, 1, 32, new Share(4096, 100)).edit(e -> e.trace = " ");
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
