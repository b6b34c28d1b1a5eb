package dev.doorbell.app.views.cmdlog;

import dev.doorbell.app.controls.Figures;
import dev.doorbell.app.controls.Icons;
import dev.doorbell.plugin.Texts;
import dev.doorbell.spec.Catalogue;
import dev.doorbell.spec.CommandSpec;
import dev.doorbell.spec.CommandSpec.DwordField;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import javafx.geometry.Pos;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.ScrollPane;
import javafx.scene.layout.ColumnConstraints;
import javafx.scene.layout.GridPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;

/** One command taken apart: every dword of the SQE with the fields in it, and the CQE. */
final class CmdlogDetails extends VBox {
    private final Texts texts;
    private final Catalogue catalogue;
    private final Consumer<CmdlogRow> sendAgain;
    private final Label title = new Label();
    private final Label subtitle = new Label();
    private final Button again;
    private final GridPane grid = new GridPane();
    private CmdlogRow shown;

    CmdlogDetails(Texts texts, Catalogue catalogue, Consumer<CmdlogRow> sendAgain) {
        this.texts = texts;
        this.catalogue = catalogue;
        this.sendAgain = sendAgain;
        again = new Button(texts.get("details.send"), Icons.small("mdi2s-send"));
        getStyleClass().add("cmdlog-details");
        title.getStyleClass().add("details-title");
        subtitle.getStyleClass().addAll("muted", "small");
        subtitle.setWrapText(true);
        again.getStyleClass().add("small");
        again.setOnAction(e -> this.sendAgain.accept(shown));
        Region gap = new Region();
        HBox.setHgrow(gap, Priority.ALWAYS);
        HBox head = new HBox(8, title, gap, again);
        head.setAlignment(Pos.CENTER_LEFT);
        again.setMinWidth(USE_PREF_SIZE);
        grid.getColumnConstraints().addAll(width(44), width(76), growing());
        ScrollPane scroll = new ScrollPane(grid);
        scroll.setFitToWidth(true);
        scroll.setHbarPolicy(ScrollPane.ScrollBarPolicy.NEVER);
        VBox.setVgrow(scroll, Priority.ALWAYS);
        getChildren().setAll(head, subtitle, scroll);
    }

    void show(CmdlogRow row) {
        shown = row;
        title.setText(row.name());
        subtitle.setText(row.details());
        grid.getChildren().clear();
        CommandSpec.Queue queue = row.admin() ? CommandSpec.Queue.ADMIN : CommandSpec.Queue.IO;
        List<DwordField> fields = catalogue
                .command(queue, row.entry().opcode())
                .map(CommandSpec::fields)
                .orElse(List.of());
        heading(texts.get("details.sqe"));
        for (int i = 0; i < 16; i++) {
            int dword = i;
            String text = i == 0
                    ? "OPC 0x%02x  FUSE %d  PSDT %d  CID 0x%04x"
                            .formatted(
                                    row.entry().opcode(),
                                    row.entry().dword(0) >>> 8 & 3,
                                    row.entry().dword(0) >>> 14 & 3,
                                    row.entry().cid())
                    : i < 10 ? fixed(i) : fields(fields, dword, row);
            line("dw" + i, row.entry().dword(i), text);
        }
        heading(texts.get("details.cqe"));
        if (!row.entry().done()) {
            line("", 0, texts.get("outstanding"));
            return;
        }
        line("dw0", row.entry().completionDword(0), texts.get("details.specific"));
        line("dw1", row.entry().completionDword(1), "");
        int dw2 = row.entry().completionDword(2);
        line("dw2", dw2, "SQHD %d  SQID %d".formatted(dw2 & 0xffff, dw2 >>> 16));
        int dw3 = row.entry().completionDword(3);
        line(
                "dw3",
                dw3,
                "CID 0x%04x  P %d  SC 0x%02x  SCT %d  CRD %d  M %d  DNR %d"
                        .formatted(
                                dw3 & 0xffff,
                                dw3 >>> 16 & 1,
                                row.sc(),
                                row.sct(),
                                dw3 >>> 28 & 3,
                                dw3 >>> 30 & 1,
                                dw3 >>> 31));
        line("", 0, row.status() + ", " + Figures.nanos(row.entry().latencyNanos()));
    }

    private static String fixed(int dword) {
        return switch (dword) {
            case 1 -> "NSID";
            case 4 -> "MPTR";
            case 6 -> "PRP1";
            case 8 -> "PRP2";
            default -> "";
        };
    }

    private static String fields(List<DwordField> fields, int dword, CmdlogRow row) {
        return fields.stream()
                .filter(f -> f.dword() == dword)
                .map(f -> f.name() + " " + value(f, f.get(row.entry().sqe())))
                .collect(Collectors.joining("  "));
    }

    private static String value(DwordField field, long raw) {
        String named = field.spec().values().get(raw);
        String number = raw >= 0 && raw < 10 ? Long.toString(raw) : "0x" + Long.toHexString(raw);
        return named == null ? number : number + " (" + named + ")";
    }

    private void heading(String text) {
        Label label = new Label(text);
        label.getStyleClass().add("section-heading");
        grid.add(label, 0, grid.getRowCount(), 3, 1);
    }

    private void line(String name, int value, String text) {
        int row = grid.getRowCount();
        Label words = new Label(text);
        words.setWrapText(true);
        if (name.isEmpty()) {
            grid.add(words, 0, row, 3, 1);
            return;
        }
        Label dword = new Label(name);
        dword.getStyleClass().addAll("mono", "muted");
        Label hex = new Label(HexFormat.of().toHexDigits(value));
        hex.getStyleClass().add("mono");
        if (value == 0) {
            hex.getStyleClass().add("muted");
        }
        grid.addRow(row, dword, hex, words);
    }

    private static ColumnConstraints width(double pixels) {
        ColumnConstraints column = new ColumnConstraints(pixels);
        column.setMinWidth(pixels);
        return column;
    }

    private static ColumnConstraints growing() {
        ColumnConstraints column = new ColumnConstraints();
        column.setHgrow(Priority.ALWAYS);
        column.setMinWidth(40);
        return column;
    }
}
