package dev.doorbell.app.controls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.doorbell.spec.Catalogue;
import dev.doorbell.spec.StructureSpec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javafx.scene.control.TreeItem;
import javafx.stage.Stage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.testfx.api.FxRobot;
import org.testfx.framework.junit5.ApplicationExtension;
import org.testfx.framework.junit5.Start;

@ExtendWith(ApplicationExtension.class)
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class FieldsPaneTest {
    private final StructureSpec structure =
            Catalogue.standard().structure("identify-controller").orElseThrow();
    private FieldsPane pane;
    private byte[] before;
    private byte[] now;

    @Start
    void start(Stage stage) {
        before = new byte[4096];
        ByteBuffer.wrap(before)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putShort(0, (short) 0x1b36)
                .putShort(256, (short) 0x010e);
        now = before.clone();
        now[256] = 0x1e;
        now[72] = 6;
        pane = new FieldsPane();
        pane.show(now, structure.decode(now), before, Optional.of(structure.decode(before)));
        ControlStage.show(stage, pane, 1000, 600);
    }

    @Test
    void chosenFieldLightsItsBytesAndChosenBytesChooseTheirField(FxRobot robot) {
        List<String> chosen = new ArrayList<>();
        pane.link().setOnChoose(row -> chosen.add(row.field().path()));
        robot.interact(() -> pane.tree().choose("OACS"));
        assertThat(pane.hex().highlightProperty().get()).isEqualTo(new HexRange(256, 2));

        robot.interact(() -> pane.hex().select(new HexRange(1, 1)));
        assertThat(chosen).containsExactly("OACS", "VID");
        assertThat(pane.hex().selectionProperty().get()).isEqualTo(new HexRange(1, 1));
    }

    @Test
    void changesAreCountedAndMarkedOnBothSides() {
        assertThat(pane.tree().changesProperty().get()).isEqualTo(3);
        assertThat(pane.hex().changedBytes().stream()).containsExactly(72, 256);
        assertThat(changedPaths(pane.tree().getRoot())).containsExactlyInAnyOrder("RAB", "OACS", "OACS.DSTS");
    }

    @Test
    void filterFindsByNameTitleAndValueAndKeepsParents(FxRobot robot) {
        robot.interact(() -> pane.tree().filterProperty().set("self-test"));
        assertThat(paths(pane.tree().getRoot())).contains("OACS", "OACS.DSTS").doesNotContain("VID", "OACS.FNVMS");

        robot.interact(() -> pane.tree().filterProperty().set("0x1b36"));
        assertThat(paths(pane.tree().getRoot())).containsExactly("VID");
    }

    @Test
    void nonZeroOnlyKeepsWhatHasJustBecomeZero(FxRobot robot) {
        robot.interact(() -> {
            pane.tree().nonZeroOnlyProperty().set(true);
            pane.show(before, structure.decode(before), now, Optional.of(structure.decode(now)));
        });
        assertThat(paths(pane.tree().getRoot())).contains("RAB", "VID").doesNotContain("SSVID", "CNTLID");
    }

    @Test
    void refreshKeepsSelectionAndWhatIsOpen(FxRobot robot) {
        robot.interact(() -> {
            pane.tree().choose("OACS");
            pane.tree().getSelectionModel().getSelectedItem().setExpanded(false);
            pane.show(now, structure.decode(now), now, Optional.of(structure.decode(now)));
        });
        assertThat(pane.tree().chosen().orElseThrow().field().path()).isEqualTo("OACS");
        assertThat(pane.tree().getSelectionModel().getSelectedItem().isExpanded())
                .isFalse();
        assertThat(pane.tree().changesProperty().get()).isZero();
    }

    @Test
    void copiesAsTextCsvAndJson(FxRobot robot) {
        robot.interact(() -> pane.tree().choose("VID"));
        var fields = pane.tree().selectedFields();
        assertThat(FieldText.text(fields)).startsWith("VID").contains("0x1b36");
        assertThat(FieldText.csv(fields)).contains("path,title,bytes,value,meaning\nVID,");
        assertThat(FieldText.json(FieldText.flat(structure.decode(now)).subList(0, 2)))
                .contains("VID");
    }

    private static List<String> paths(TreeItem<FieldRow> from) {
        List<String> paths = new ArrayList<>();
        for (TreeItem<FieldRow> child : from.getChildren()) {
            paths.add(child.getValue().field().path());
            paths.addAll(paths(child));
        }
        return paths;
    }

    private static List<String> changedPaths(TreeItem<FieldRow> from) {
        List<String> paths = new ArrayList<>();
        for (TreeItem<FieldRow> child : from.getChildren()) {
            if (child.getValue().changed()) {
                paths.add(child.getValue().field().path());
            }
            paths.addAll(changedPaths(child));
        }
        return paths;
    }
}
