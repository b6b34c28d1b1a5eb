package dev.doorbell.app.views.command;

import dev.doorbell.driver.Completion;
import dev.doorbell.plugin.Texts;
import java.util.HexFormat;
import javafx.scene.control.Label;
import javafx.scene.control.ScrollPane;
import javafx.scene.layout.ColumnConstraints;
import javafx.scene.layout.GridPane;
import javafx.scene.layout.Priority;

/** The sixteen bytes of a completion, field by field. */
final class CompletionGrid extends ScrollPane {
    private final Texts texts;
    private final GridPane grid = new GridPane();

    CompletionGrid(Texts texts) {
        this.texts = texts;
        getStyleClass().add("completion-grid");
        setFitToWidth(true);
        setHbarPolicy(ScrollBarPolicy.NEVER);
        setContent(grid);
        for (double width : new double[] {84, 76, 144}) {
            ColumnConstraints column = new ColumnConstraints(width);
            column.setMinWidth(width);
            grid.getColumnConstraints().add(column);
        }
        ColumnConstraints rest = new ColumnConstraints();
        rest.setHgrow(Priority.ALWAYS);
        rest.setMinWidth(40);
        grid.getColumnConstraints().add(rest);
        setMinWidth(200);
        setPrefWidth(380);
    }

    void show(Completion c, String status) {
        grid.getChildren().clear();
        line("DW0", hex(c.dword(0)), "specific", Integer.toUnsignedString(c.dword(0)));
        line("DW1", hex(c.dword(1)), "specific", Integer.toUnsignedString(c.dword(1)));
        line("DW2 15:0", hex4(c.sqhd()), "sqhd", Integer.toString(c.sqhd()));
        line("DW2 31:16", hex4(c.sqid()), "sqid", c.sqid() == 0 ? texts.get("queue.admin") : "q" + c.sqid());
        line("DW3 15:0", hex4(c.dword(3)), "cid", "0x" + hex4(c.dword(3)));
        line("DW3 16", Integer.toString(c.dword(3) >>> 16 & 1), "phase", Integer.toString(c.dword(3) >>> 16 & 1));
        line("DW3 24:17", HexFormat.of().toHexDigits((byte) c.sc()), "sc", status);
        line("DW3 27:25", Integer.toString(c.sct()), "sct", texts.get("completion.sct." + Math.min(c.sct(), 4)));
        line(
                "DW3 29:28",
                Integer.toString(c.crd()),
                "crd",
                c.crd() == 0 ? texts.get("completion.none") : "CRDT" + c.crd());
        line("DW3 30", c.more() ? "1" : "0", "more", texts.get(c.more() ? "completion.yes" : "completion.no"));
        line("DW3 31", c.dnr() ? "1" : "0", "dnr", texts.get(c.dnr() ? "completion.yes" : "completion.no"));
    }

    private void line(String where, String value, String key, String meaning) {
        Label place = label(where, "mono", "muted");
        Label raw = label(value, "mono");
        Label name = label(texts.get("completion." + key));
        Label words = label(meaning);
        words.setWrapText(true);
        grid.addRow(grid.getRowCount(), place, raw, name, words);
    }

    private static Label label(String text, String... styles) {
        Label label = new Label(text);
        label.getStyleClass().addAll(styles);
        label.setMinWidth(0);
        return label;
    }

    private static String hex(int value) {
        return HexFormat.of().toHexDigits(value);
    }

    private static String hex4(int value) {
        return HexFormat.of().toHexDigits((short) value);
    }
}
