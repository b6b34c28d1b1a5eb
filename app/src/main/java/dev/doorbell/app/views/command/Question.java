package dev.doorbell.app.views.command;

import dev.doorbell.app.controls.Banner;
import dev.doorbell.app.controls.Figures;
import dev.doorbell.plugin.DeviceSession;
import dev.doorbell.plugin.Memento;
import dev.doorbell.plugin.Texts;
import dev.doorbell.plugin.Workbench;
import dev.doorbell.spec.CommandSpec;
import dev.doorbell.spec.CommandSpec.Asking;
import dev.doorbell.spec.FeatureSpec;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.stream.Collectors;
import javafx.scene.control.CheckBox;
import javafx.scene.control.Label;

/**
 * Whether a command is sent at once or asked about first, and the question. The catalogue says which commands destroy
 * something; those that overwrite data are asked about where the data may be somebody's. JavaFX thread only.
 */
final class Question {
    private static final String SIMULATED = "askSimulated";
    private static final int LINES = 12;

    private final Texts texts;
    private final CommandDesk desk;
    private final Memento settings;
    private final Map<DeviceSession, Set<String>> quiet = new WeakHashMap<>();

    Question(Workbench workbench, CommandDesk desk, Texts texts) {
        this.texts = texts;
        this.desk = desk;
        settings = workbench.settings().section("command");
    }

    /** Whether writes to simulated and virtual devices are asked about too; false at first, kept over the program's end. */
    boolean asksSimulated() {
        return settings.getBoolean(SIMULATED, false);
    }

    void askSimulated(boolean on) {
        settings.put(SIMULATED, on);
    }

    /** Takes every "do not ask again" back. */
    void askAgain() {
        quiet.clear();
    }

    /** Whether the draft is to be asked about before it goes to this device. */
    boolean needed(DeviceSession session) {
        boolean real = session.address().real() || asksSimulated();
        boolean asked = switch (asking()) {
            case NEVER -> false;
            case REAL -> real;
            case ALWAYS -> true;
        };
        return asked && !quiet.getOrDefault(session, Set.of()).contains(kind());
    }

    /** The question with the decoded command and what it will destroy; {@code send} is for yes, {@code leave} for no. */
    Banner banner(DeviceSession session, Runnable send, Runnable leave) {
        CheckBox never = new CheckBox(texts.get("danger.never", desk.name(), session.name()));
        never.setId("command-never-ask");
        Banner banner = Banner.question(texts.get("danger.title", desk.name(), session.name()), what());
        String blocks = blocks();
        return banner.detail(
                        blocks.isEmpty()
                                ? texts.get(
                                        "danger.command",
                                        desk.details(desk.draft().get()))
                                : blocks)
                .content(sqe())
                .content(never)
                .main(texts.get("danger.send"), () -> {
                    if (never.isSelected()) {
                        quiet.computeIfAbsent(session, s -> new HashSet<>()).add(kind());
                    }
                    send.run();
                })
                .dismiss(texts.get("cancel"), leave);
    }

    private Asking asking() {
        return feature().isPresent()
                ? Asking.ALWAYS
                : desk.spec().map(CommandSpec::asking).orElse(Asking.NEVER);
    }

    private String what() {
        return feature()
                .map(FeatureSpec::destroys)
                .orElse(desk.spec().map(CommandSpec::dangerText).orElse(""));
    }

    /** The feature that the draft sets, if setting it destroys something. */
    private Optional<FeatureSpec> feature() {
        Draft draft = desk.draft().get();
        boolean sets = draft.queue() == CommandSpec.Queue.ADMIN && draft.opcode() == 0x09;
        return Optional.of(draft.dword(10) & 0xff)
                .filter(fid -> sets)
                .flatMap(desk.catalogue()::feature)
                .filter(f -> !f.destroys().isEmpty());
    }

    private String kind() {
        Draft draft = desk.draft().get();
        return draft.queue() + " " + draft.opcode()
                + feature().map(f -> " " + f.fid()).orElse("");
    }

    private String blocks() {
        Draft draft = desk.draft().get();
        byte[] data = Sender.content(desk.target().get(), desk.dataBytes());
        List<Extent> extents =
                desk.spec().map(s -> Extent.of(s, draft.sqe(), data)).orElse(List.of());
        String nsid = draft.dword(1) == -1 ? "ffffffffh" : Integer.toUnsignedString(draft.dword(1));
        String lines = extents.stream()
                .limit(LINES)
                .map(e -> e.count() == 0
                        ? texts.get("danger.zone", Long.toUnsignedString(e.first()), nsid)
                        : texts.get(
                                "danger.blocks",
                                Long.toUnsignedString(e.first()),
                                Long.toUnsignedString(e.first() + e.count() - 1),
                                Figures.bytes(e.count() * desk.lbaBytes().get()),
                                nsid))
                .collect(Collectors.joining("\n"));
        return extents.size() > LINES ? lines + "\n" + texts.get("danger.more", extents.size() - LINES) : lines;
    }

    private Label sqe() {
        Draft draft = desk.draft().get();
        StringBuilder text = new StringBuilder("%-8s 0x%x".formatted("NSID", draft.dword(1)));
        desk.spec()
                .ifPresent(s -> Extent.fields(s, draft.sqe())
                        .forEach(l -> text.append('\n').append(l)));
        Label label = new Label(text.toString());
        label.setId("command-question-sqe");
        label.getStyleClass().addAll("mono", "small");
        label.setMinWidth(0);
        return label;
    }
}
