package dev.doorbell.app.controls;

import java.io.File;
import java.nio.file.Path;
import java.util.Optional;
import javafx.stage.FileChooser;
import javafx.stage.Window;

/**
 * Asks where to save a file. One object a workbench, so that a program that drives the window can answer in the user's
 * place: whoever asks for {@code workbench.shared(SaveDialog.class, …)} first says which.
 */
public class SaveDialog {
    /**
     * Asks and waits; JavaFX thread.
     *
     * @param owner the window that waits
     * @param title what is saved
     * @param fileName proposed, with the extension that files of this kind have
     * @return empty when the user leaves
     */
    public Optional<Path> ask(Window owner, String title, String fileName) {
        String extension = fileName.substring(fileName.lastIndexOf('.') + 1);
        FileChooser chooser = new FileChooser();
        chooser.setTitle(title);
        chooser.setInitialFileName(fileName);
        chooser.getExtensionFilters().add(new FileChooser.ExtensionFilter(extension, "*." + extension));
        return Optional.ofNullable(chooser.showSaveDialog(owner)).map(File::toPath);
    }
}
