package dev.doorbell.app.views.reading;

import dev.doorbell.app.controls.FieldText;
import dev.doorbell.app.controls.Icons;
import dev.doorbell.app.controls.SaveDialog;
import dev.doorbell.plugin.Problem;
import dev.doorbell.plugin.Texts;
import dev.doorbell.plugin.Workbench;
import dev.doorbell.spec.Decoded;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import javafx.scene.control.MenuButton;
import javafx.scene.control.MenuItem;
import javafx.scene.control.Tooltip;

/** Saves a reading: as JSON or CSV of its fields, or the bytes as they are. */
final class ExportMenu extends MenuButton {
    /** What can be saved. */
    enum Form {
        JSON,
        CSV,
        BIN
    }

    private final Texts texts;
    private final Workbench workbench;
    private final Supplier<Optional<Shown>> shown;

    /** What is in the view. */
    record Shown(String fileName, byte[] data, Decoded decoded) {
        /** The content of a file. */
        byte[] as(Form form) {
            return switch (form) {
                case JSON -> FieldText.json(List.of(decoded)).getBytes(StandardCharsets.UTF_8);
                case CSV -> FieldText.csv(FieldText.flat(decoded)).getBytes(StandardCharsets.UTF_8);
                case BIN -> data;
            };
        }
    }

    ExportMenu(Texts texts, Workbench workbench, Supplier<Optional<Shown>> shown) {
        this.texts = texts;
        this.workbench = workbench;
        this.shown = shown;
        getStyleClass().addAll("icon-button", "export-menu");
        setGraphic(Icons.of("mdi2e-export-variant"));
        setTooltip(new Tooltip(texts.get("export")));
        setAccessibleText(texts.get("export"));
        for (Form form : Form.values()) {
            MenuItem item = new MenuItem(texts.get("export." + form.name().toLowerCase(Locale.ROOT)));
            item.setId("export-" + form.name().toLowerCase(Locale.ROOT));
            item.setOnAction(e -> export(form));
            getItems().add(item);
        }
    }

    private void export(Form form) {
        shown.get().ifPresent(what -> {
            String extension = form.name().toLowerCase(Locale.ROOT);
            workbench
                    .shared(SaveDialog.class, w -> new SaveDialog())
                    .ask(getScene().getWindow(), texts.get("export"), what.fileName() + "." + extension)
                    .ifPresent(file -> save(file, what, form));
        });
    }

    private void save(Path file, Shown what, Form form) {
        byte[] content = what.as(form);
        workbench.jobs().submit(texts.get("export.job", file.getFileName()), monitor -> write(file, content));
    }

    private Void write(Path file, byte[] content) {
        try {
            Files.write(file, content);
        } catch (IOException e) {
            workbench.problems().show(Problem.error("", texts.get("export.failed", file, reason(e)), e));
        }
        return null;
    }

    /** What a file system says is often the file's name and no more. */
    private String reason(IOException e) {
        return switch (e) {
            case AccessDeniedException denied -> texts.get("export.denied");
            case NoSuchFileException missing -> texts.get("export.noFolder");
            default -> e.getMessage();
        };
    }
}
