package dev.doorbell.app.views.faults;

import dev.doorbell.driver.FaultPlan;
import dev.doorbell.plugin.Problem;
import dev.doorbell.plugin.Texts;
import dev.doorbell.plugin.Workbench;
import java.io.File;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import javafx.scene.Node;
import javafx.scene.input.Clipboard;
import javafx.scene.input.ClipboardContent;
import javafx.stage.FileChooser;

/** Fault plans from and to files and the clipboard, in the text form. */
final class FaultFiles {
    private static final String ENDING = "*.faults";
    private static final long LONGEST = 64 * 1024;

    private FaultFiles() {}

    /**
     * Reads a plan from a file.
     *
     * @throws IOException if the file cannot be read or is no text
     * @throws FaultPlan.FormatException if the text is no plan
     */
    static FaultPlan read(Texts texts, Path file) throws IOException {
        if (Files.size(file) > LONGEST) {
            throw new IOException(texts.get("import.long", file.getFileName()));
        }
        try {
            return FaultPlan.parse(Files.readString(file));
        } catch (CharacterCodingException e) {
            throw new IOException(texts.get("import.noText", file.getFileName()), e);
        }
    }

    /** Asks for a file to read; empty when the user gives up. */
    static Optional<Path> chooseInput(Texts texts, Node near) {
        return Optional.ofNullable(chooser(texts, "import.title")
                        .showOpenDialog(near.getScene().getWindow()))
                .map(File::toPath);
    }

    /** Asks for a file and writes the plan to it. */
    static void write(Workbench workbench, Texts texts, Node near, FaultPlan plan) {
        FileChooser chooser = chooser(texts, "export.title");
        chooser.setInitialFileName("plan.faults");
        Optional.ofNullable(chooser.showSaveDialog(near.getScene().getWindow()))
                .map(File::toPath)
                .ifPresent(file -> {
                    try {
                        Files.writeString(file, plan.text() + "\n");
                        workbench.say(texts.get("export.done", file));
                    } catch (IOException e) {
                        workbench
                                .problems()
                                .show(Problem.error("", texts.get("export.failed", file, e.getMessage()), e));
                    }
                });
    }

    /** Puts the plan's text on the clipboard. */
    static void copy(FaultPlan plan) {
        ClipboardContent content = new ClipboardContent();
        content.putString(plan.text());
        Clipboard.getSystemClipboard().setContent(content);
    }

    private static FileChooser chooser(Texts texts, String title) {
        FileChooser chooser = new FileChooser();
        chooser.setTitle(texts.get(title));
        chooser.getExtensionFilters()
                .addAll(
                        new FileChooser.ExtensionFilter(texts.get("files.plans"), ENDING),
                        new FileChooser.ExtensionFilter(texts.get("files.all"), "*"));
        return chooser;
    }
}
