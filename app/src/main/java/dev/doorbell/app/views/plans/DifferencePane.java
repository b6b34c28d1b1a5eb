package dev.doorbell.app.views.plans;

import dev.doorbell.plugin.Texts;
import dev.doorbell.testplans.run.Difference;
import java.util.HexFormat;
import javafx.scene.control.Label;
import javafx.scene.layout.FlowPane;
import javafx.scene.layout.GridPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.VBox;

/** Bytes that should have come beside those that came, the blocks they lie in above. */
final class DifferencePane extends VBox {
    private static final int ROW = 8;

    DifferencePane(Texts texts, Difference d) {
        getStyleClass().add("difference");
        if (!d.blocks().isEmpty()) {
            getChildren()
                    .add(new Label(texts.get(
                            "difference.blocks", d.differingBlocks(), d.blocks().size())));
            FlowPane blocks = new FlowPane(4, 4);
            for (Difference.BlockState block : d.blocks().stream().limit(16).toList()) {
                Label box = new Label(block.lba() + "\n" + block.content());
                box.getStyleClass().addAll("mono", "block-box");
                if (block.differs()) {
                    box.getStyleClass().add("block-differs");
                }
                blocks.getChildren().add(box);
            }
            getChildren().add(blocks);
        }
        getChildren()
                .add(new Label(texts.get(
                        "difference.bytes", d.differingBytes(), d.totalBytes(), Integer.toHexString(d.offset()))));
        GridPane grid = new GridPane();
        grid.getStyleClass().add("difference-grid");
        int length = Math.max(d.expected().length, d.got().length);
        for (int at = 0; at < length; at += ROW) {
            Label offset = new Label("%04x".formatted(d.windowOffset() + at));
            offset.getStyleClass().addAll("mono", "muted");
            grid.addRow(
                    at / ROW, offset, bytes(d.expected(), d.got(), at, false), bytes(d.got(), d.expected(), at, true));
        }
        getChildren().add(grid);
    }

    private static HBox bytes(byte[] data, byte[] other, int from, boolean mark) {
        HBox row = new HBox();
        for (int i = from; i < Math.min(from + ROW, data.length); i++) {
            Label cell = new Label(HexFormat.of().toHexDigits(data[i]) + " ");
            cell.getStyleClass().add("mono");
            if (mark && (i >= other.length || data[i] != other[i])) {
                cell.getStyleClass().add("byte-differs");
            } else if (data[i] == 0) {
                cell.getStyleClass().add("muted");
            }
            row.getChildren().add(cell);
        }
        return row;
    }
}
