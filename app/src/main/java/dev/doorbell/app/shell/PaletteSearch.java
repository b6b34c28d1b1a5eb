package dev.doorbell.app.shell;

import dev.doorbell.plugin.Action;
import dev.doorbell.plugin.DeviceSession;
import dev.doorbell.plugin.History;
import dev.doorbell.plugin.Texts;
import dev.doorbell.spec.CapabilitySpec;
import dev.doorbell.spec.CommandSpec;
import dev.doorbell.spec.FeatureSpec;
import dev.doorbell.spec.Hit;
import dev.doorbell.spec.IdentifySpec;
import dev.doorbell.spec.LogPageSpec;
import dev.doorbell.spec.RegisterSpec;
import dev.doorbell.spec.StatusCodes;
import dev.doorbell.spec.StructureSpec;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Finds actions, views, devices and everything in the catalogue. */
final class PaletteSearch {
    private static final Texts TEXTS = Texts.of(PaletteSearch.class);
    private static final int MOST_HITS = 120;

    private final Bench bench;

    PaletteSearch(Bench bench) {
        this.bench = bench;
    }

    /** Groups with their entries, the group with the best entry first; each has at most {@code most}. */
    Map<PaletteEntry.Kind, List<PaletteEntry>> find(String query, PaletteEntry.Tab tab, int most) {
        var all = new ArrayList<PaletteEntry>();
        bench.catalogue().search(query, MOST_HITS).forEach(hit -> all.add(entry(hit)));
        var words = query.strip().toLowerCase(Locale.ROOT).split("\\s+");
        bench.sessions().forEach(s -> device(s, words).ifPresent(all::add));
        bench.actions().all().forEach(a -> action(a, words).ifPresent(all::add));
        var groups = new EnumMap<PaletteEntry.Kind, List<PaletteEntry>>(PaletteEntry.Kind.class);
        all.stream()
                .filter(e -> e.kind().on(tab))
                .sorted(Comparator.comparingInt(PaletteEntry::score).reversed())
                .forEach(e -> {
                    var group = groups.computeIfAbsent(e.kind(), k -> new ArrayList<>());
                    if (group.size() < most) {
                        group.add(e);
                    }
                });
        var ordered = new java.util.LinkedHashMap<PaletteEntry.Kind, List<PaletteEntry>>();
        groups.entrySet().stream()
                .sorted(Comparator.comparingInt(g -> -g.getValue().getFirst().score()))
                .forEach(g -> ordered.put(g.getKey(), g.getValue()));
        return ordered;
    }

    private Optional<PaletteEntry> device(DeviceSession session, String[] words) {
        int score = score(
                session.name() + " " + session.title().getValue(),
                session.address().text(),
                words);
        return score == 0
                ? Optional.empty()
                : Optional.of(new PaletteEntry(
                        PaletteEntry.Kind.DEVICES,
                        session.icon(),
                        session.name(),
                        session.title().getValue(),
                        session.address().text(),
                        true,
                        score,
                        Optional.empty(),
                        () -> bench.device().set(session)));
    }

    private Optional<PaletteEntry> action(Action action, String[] words) {
        boolean view = action.id().startsWith("view.open.");
        if (action.id().startsWith("view.nth.") || action.id().equals("help.search")) {
            return Optional.empty();
        }
        int score = score(action.title(), action.keywords() + " " + action.id(), words);
        return score == 0
                ? Optional.empty()
                : Optional.of(new PaletteEntry(
                        view ? PaletteEntry.Kind.VIEWS : PaletteEntry.Kind.ACTIONS,
                        action.icon(),
                        action.title(),
                        menu(action),
                        action.shortcut().map(k -> k.getDisplayText()).orElse(""),
                        action.enabled().get(),
                        score,
                        Optional.empty(),
                        action::run));
    }

    private static String menu(Action action) {
        return action.menu().isEmpty() || !TEXTS.has("menu." + action.menu()) ? "" : TEXTS.get("menu." + action.menu());
    }

    /** 0 when a word is missing; the scale is the catalogue's. No words at all find everything. */
    private static int score(String title, String more, String[] words) {
        var text = title.toLowerCase(Locale.ROOT);
        var rest = more.toLowerCase(Locale.ROOT);
        var whole = String.join(" ", words);
        if (text.equals(whole)) {
            return 1010;
        }
        if (!whole.isEmpty() && text.startsWith(whole)) {
            return 820;
        }
        int least = 640;
        for (var word : words) {
            int found =
                    (" " + text).contains(" " + word) ? 640 : text.contains(word) ? 420 : rest.contains(word) ? 300 : 0;
            least = Math.min(least, found);
        }
        return least;
    }

    private PaletteEntry entry(Hit hit) {
        return new PaletteEntry(
                kind(hit),
                icon(hit),
                hit.name(),
                hit.kind() == Hit.Kind.STATUS ? hit.title() : hit.title() + ", " + hit.detail(),
                value(hit),
                true,
                hit.score(),
                Optional.of(hit),
                () -> target(hit).ifPresent(view -> bench.places().open(view, hit)));
    }

    private static PaletteEntry.Kind kind(Hit hit) {
        return switch (hit.kind()) {
            case REGISTER, REGISTER_FIELD -> PaletteEntry.Kind.REGISTERS;
            case FIELD, STRUCTURE, CAPABILITY -> PaletteEntry.Kind.FIELDS;
            case COMMAND, COMMAND_FIELD -> PaletteEntry.Kind.COMMANDS;
            case FEATURE, LOG_PAGE, IDENTIFY -> PaletteEntry.Kind.PAGES;
            case STATUS -> PaletteEntry.Kind.STATUS;
        };
    }

    private static String icon(Hit hit) {
        return switch (hit.kind()) {
            case REGISTER -> "mdi2m-memory";
            case COMMAND -> "mdi2s-send";
            case FEATURE -> "mdi2t-tune-variant";
            case LOG_PAGE -> "mdi2t-text-box-outline";
            case IDENTIFY, STRUCTURE -> "mdi2c-card-account-details-outline";
            case CAPABILITY -> "mdi2e-expansion-card";
            case STATUS -> "mdi2a-alert-circle-outline";
            case REGISTER_FIELD, FIELD, COMMAND_FIELD -> "mdi2s-subdirectory-arrow-right";
        };
    }

    /** What the current device has there, as far as it was read already. */
    private String value(Hit hit) {
        var device = bench.device().get();
        if (device == null || hit.kind() != Hit.Kind.REGISTER && hit.kind() != Hit.Kind.REGISTER_FIELD) {
            return "";
        }
        return device.history()
                .latest("registers")
                .map(History.Reading::bytes)
                .flatMap(bytes -> bench.catalogue().decodeRegisters(bytes).find(hit.name()))
                .map(decoded -> decoded.value())
                .orElse("");
    }

    /** The view that shows a hit. */
    private static Optional<String> target(Hit hit) {
        return switch (hit.owner()) {
            case RegisterSpec r -> Optional.of("registers");
            case CommandSpec c -> Optional.of("command");
            case FeatureSpec f -> Optional.of("features");
            case LogPageSpec l -> Optional.of("logpages");
            case IdentifySpec i -> Optional.of("identify");
            case CapabilitySpec c -> Optional.of("pciconfig");
            case StatusCodes.Status s -> Optional.of("cmdlog");
            case StructureSpec s when s.id().startsWith("pci-") -> Optional.of("pciconfig");
            case StructureSpec s when s.id().startsWith("feature-") -> Optional.of("features");
            default -> Optional.empty();
        };
    }
}
