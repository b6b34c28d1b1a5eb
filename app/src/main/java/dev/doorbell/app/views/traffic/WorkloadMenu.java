package dev.doorbell.app.views.traffic;

import dev.doorbell.app.controls.Banner;
import dev.doorbell.app.controls.Icons;
import dev.doorbell.app.controls.Tone;
import dev.doorbell.plugin.Problem;
import dev.doorbell.plugin.Texts;
import dev.doorbell.plugin.Workbench;
import dev.doorbell.testplans.plan.PlanReader;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import javafx.collections.FXCollections;
import javafx.scene.Node;
import javafx.scene.control.ComboBox;
import javafx.scene.control.MenuButton;
import javafx.scene.control.MenuItem;
import javafx.scene.control.SeparatorMenuItem;
import javafx.scene.control.Tooltip;
import javafx.scene.input.Clipboard;
import javafx.scene.input.ClipboardContent;
import javafx.scene.layout.VBox;
import javafx.stage.FileChooser;

/** Carries the workload to and from other places: the clipboard as Java or fio job, test plans, fio job files. */
final class WorkloadMenu extends MenuButton {
    private static final int MOST_IGNORED = 4;

    private final Workbench workbench;
    private final TrafficDesk desk;
    private final Texts texts;
    private final VBox notice;

    /** @param notice where it says what it could not take along */
    WorkloadMenu(Workbench workbench, TrafficDesk desk, VBox notice) {
        super(null, Icons.of("mdi2d-dots-vertical"));
        this.workbench = workbench;
        this.desk = desk;
        this.notice = notice;
        texts = desk.texts();
        setId("workload-menu");
        getStyleClass().addAll("icon-button", "no-arrow");
        setTooltip(new Tooltip(texts.get("menu")));
        setAccessibleText(texts.get("menu"));
        getItems()
                .setAll(
                        item("copy.java", "mdi2l-language-java", this::copyJava),
                        item("copy.fio", "mdi2c-content-copy", this::copyFio),
                        new SeparatorMenuItem(),
                        item("plan.save", "mdi2p-playlist-plus", this::savePlan),
                        item("plan.load", "mdi2f-folder-open-outline", this::chooseFile));
    }

    private MenuItem item(String key, String icon, Runnable run) {
        var item = new MenuItem(texts.get(key), Icons.small(icon));
        item.setId("workload-" + key.replace('.', '-'));
        item.setOnAction(e -> run.run());
        return item;
    }

    private Optional<DeviceFacts.Space> space() {
        return desk.facts().get().flatMap(f -> f.space(desk.draft().get().nsid()));
    }

    private void copyJava() {
        copy(WorkloadTexts.java(
                desk.draft().get(), space().map(DeviceFacts.Space::lbaCount).orElse(0L)));
    }

    private void copyFio() {
        // Without a device, blocks of 512 bytes.
        copy(WorkloadTexts.fio(
                desk.draft().get(),
                space().map(DeviceFacts.Space::lbaCount).orElse(0L),
                space().map(DeviceFacts.Space::lbaBytes).orElse(512)));
    }

    private void copy(String text) {
        var content = new ClipboardContent();
        content.putString(text);
        Clipboard.getSystemClipboard().setContent(content);
        workbench.say(texts.get("copied"));
    }

    private void savePlan() {
        var chooser = new FileChooser();
        chooser.setInitialFileName(desk.draft().get().preset().replaceAll("[^A-Za-z0-9]+", "-") + ".yaml");
        chooser.getExtensionFilters()
                .add(new FileChooser.ExtensionFilter(texts.get("export.files", "*.yaml"), "*.yaml"));
        Optional.ofNullable(chooser.showSaveDialog(getScene().getWindow()))
                .map(File::toPath)
                .ifPresent(this::savePlan);
    }

    /** Writes a plan with the draft, and says what such a plan cannot hold. */
    void savePlan(Path file) {
        var draft = desk.draft().get();
        workbench
                .jobs()
                .submit(texts.get("export.job", file.getFileName()), monitor -> {
                    Files.writeString(file, PlanText.write(draft));
                    return file;
                })
                .result()
                .whenComplete((done, failure) -> {
                    if (failure != null) {
                        workbench.problems().show(Problem.error("traffic", failure));
                        return;
                    }
                    workbench.say(texts.get("plan.saved", file));
                    var left = PlanText.leftOut(texts, draft);
                    if (!left.isEmpty()) {
                        show(new Banner(Tone.ATTENTION, "mdi2a-alert-outline", texts.get("plan.left"))
                                .detail(String.join(", ", left)));
                    }
                });
    }

    private void chooseFile() {
        var chooser = new FileChooser();
        Optional.ofNullable(chooser.showOpenDialog(getScene().getWindow()))
                .map(File::toPath)
                .ifPresent(this::load);
    }

    /** Takes the workload of a test plan or of a fio job file. */
    void load(Path file) {
        try {
            if (file.toString().matches(".*\\.ya?ml")) {
                offer(file, PlanText.read(PlanReader.read(file)));
            } else {
                var at = space();
                var read = WorkloadTexts.fio(
                        file.getFileName().toString(),
                        Files.readString(file),
                        at.map(DeviceFacts.Space::nsid).orElse(1),
                        at.map(DeviceFacts.Space::lbaBytes).orElse(512));
                take(read.draft());
                if (!read.ignored().isEmpty()) {
                    var some = read.ignored().stream().limit(MOST_IGNORED).toList();
                    int more = read.ignored().size() - some.size();
                    show(new Banner(Tone.ATTENTION, "mdi2a-alert-outline", texts.get("fio.ignored"))
                            .detail(String.join(", ", some) + (more > 0 ? " +" + more : "")));
                }
            }
        } catch (IOException | RuntimeException e) {
            workbench.problems().show(Problem.error("traffic", e));
        }
    }

    private void offer(Path file, List<WorkloadDraft> drafts) {
        if (drafts.isEmpty()) {
            show(Banner.error(texts.get("plan.none"), file.toString()));
        } else if (drafts.size() == 1) {
            take(drafts.getFirst());
        } else {
            var choice = new ComboBox<>(FXCollections.observableArrayList(drafts));
            choice.setId("workload-plan-choice");
            choice.setConverter(new Shown<>(WorkloadDraft::preset));
            choice.getStyleClass().add("small");
            choice.setMaxWidth(Double.MAX_VALUE);
            choice.setValue(drafts.getFirst());
            show(new Banner(Tone.NEUTRAL, "mdi2f-folder-open-outline", texts.get("plan.choose"))
                    .content(choice)
                    .main(texts.get("plan.take"), () -> take(choice.getValue())));
        }
    }

    private void take(WorkloadDraft draft) {
        desk.invalid().clear();
        notice.getChildren().clear();
        desk.draft().set(draft);
    }

    private void show(Banner banner) {
        banner.setId("workload-notice");
        Node shown =
                banner.dismiss(texts.get("close"), () -> notice.getChildren().clear());
        notice.getChildren().setAll(shown);
    }
}
