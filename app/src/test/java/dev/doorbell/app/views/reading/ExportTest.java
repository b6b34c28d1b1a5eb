package dev.doorbell.app.views.reading;

import static org.assertj.core.api.Assertions.assertThat;

import dev.doorbell.app.controls.SaveDialog;
import dev.doorbell.app.views.DrivenSim;
import dev.doorbell.plugin.Perspective;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javafx.scene.control.MenuButton;
import javafx.stage.Window;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** From an export menu to the file on disk. */
@Timeout(value = 180, unit = TimeUnit.SECONDS)
class ExportTest {
    /** Answers in the user's place. */
    private static final class Answering extends SaveDialog {
        private final List<String> proposed = new ArrayList<>();
        private Path folder = Path.of("");

        @Override
        public Optional<Path> ask(Window owner, String title, String fileName) {
            assertThat(owner).isNotNull();
            proposed.add(fileName);
            return Optional.of(folder.resolve(fileName));
        }
    }

    @TempDir
    static Path home;

    private static final Answering ANSWERS = new Answering();
    private static DrivenSim sim;

    @BeforeAll
    static void open() {
        sim = DrivenSim.open(home, Perspective.EXPLORE);
        sim.run(() -> sim.workbench().shared(SaveDialog.class, w -> ANSWERS));
    }

    @AfterAll
    static void close() {
        sim.close();
    }

    private static void export(String menu, int item, Path folder) {
        var button = sim.find(menu, MenuButton.class);
        sim.run(() -> {
            ANSWERS.folder = folder;
            button.getItems().get(item).fire();
        });
    }

    private static void shown(String view, String key) {
        sim.show(view);
        sim.until(view + " is read", () -> sim.session().history().latest(key).isPresent());
        sim.window().pulses(2);
    }

    @Test
    void fieldsAndBytesOfAReadingAreSaved() throws Exception {
        shown("identify", "identify/1/0");
        export("#view-identify .export-menu", 0, home);
        export("#view-identify .export-menu", 1, home);
        export("#view-identify .export-menu", 2, home);
        Path bytes = home.resolve("identify-1-0.bin");
        Path json = home.resolve("identify-1-0.json");
        Path csv = home.resolve("identify-1-0.csv");
        sim.until("the files", () -> Files.exists(bytes) && Files.exists(json) && Files.exists(csv));
        byte[] expected = sim.ask(c -> c.identifyController());
        sim.until("all bytes", () -> bytes.toFile().length() == expected.length);
        assertThat(Files.readAllBytes(bytes)).isEqualTo(expected);
        sim.until(
                "the texts", () -> json.toFile().length() > 1000 && csv.toFile().length() > 1000);
        assertThat(Files.readString(json)).contains("\"vid\"");
        assertThat(Files.readString(csv)).contains("VID");
    }

    @Test
    void theCommandLogIsSaved() {
        sim.show("cmdlog");
        sim.until("commands", () -> sim.wordsIn("#view-cmdlog").stream().anyMatch(t -> t.equals("Identify")));
        export("#cmdlog-export", 2, home);
        Path csv = home.resolve("cmdlog.csv");
        sim.until("the log", () -> Files.exists(csv) && csv.toFile().length() > 100);
    }

    @Test
    void aFolderThatCannotBeWrittenToGivesAMessage() {
        shown("registers", "registers");
        export("#view-registers .export-menu", 0, home.resolve("nowhere"));
        sim.until(
                "a message",
                () -> sim.workbench().problems().all().stream()
                        .anyMatch(p -> p.summary()
                                .contains("registers.json could not be written: the folder does not exist")));
    }
}
