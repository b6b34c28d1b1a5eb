package dev.doorbell.app.model;

import dev.doorbell.plugin.Memento;
import java.util.ArrayList;
import java.util.List;

/** The addresses that were opened last, newest first, kept in the settings. */
public final class RecentDevices {
    private static final String KEY = "devices.recent";
    private static final int MOST = 8;

    private RecentDevices() {}

    public static List<String> of(Memento settings) {
        return settings.get(KEY, "").lines().filter(l -> !l.isBlank()).toList();
    }

    static void add(Memento settings, String address) {
        var all = new ArrayList<>(of(settings));
        all.remove(address);
        all.addFirst(address);
        settings.put(KEY, String.join("\n", all.subList(0, Math.min(MOST, all.size()))));
    }
}
