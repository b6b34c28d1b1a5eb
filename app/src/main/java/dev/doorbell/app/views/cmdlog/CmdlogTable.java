package dev.doorbell.app.views.cmdlog;

import dev.doorbell.app.controls.Figures;
import dev.doorbell.app.controls.LatencyBar;
import dev.doorbell.app.controls.StatusIcon;
import dev.doorbell.plugin.Texts;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.Locale;
import java.util.function.Function;
import javafx.beans.property.ReadOnlyObjectWrapper;
import javafx.css.PseudoClass;
import javafx.scene.control.TableCell;
import javafx.scene.control.TableColumn;
import javafx.scene.control.TableRow;
import javafx.scene.control.TableView;

/** The columns and cells of the command log. */
final class CmdlogTable extends TableView<CmdlogRow> {
    private static final PseudoClass FAILED = PseudoClass.getPseudoClass("bad");
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("HH:mm:ss.SSS", Locale.ROOT).withZone(ZoneId.systemDefault());

    private final Texts texts;
    /** The latency whose bar fills the cell. */
    private long fullLatency = 1;

    CmdlogTable(Texts texts) {
        this.texts = texts;
        setId("cmdlog-table");
        getStyleClass().add("dense-table");
        setTableMenuButtonVisible(false);
        setColumnResizePolicy(CONSTRAINED_RESIZE_POLICY_LAST_COLUMN);
        getColumns()
                .add(figure("number", 64, r -> Figures.count(r.number()), Comparator.comparingLong(CmdlogRow::number)));
        getColumns()
                .add(mono(
                        "time",
                        150,
                        r -> time(r),
                        Comparator.comparingLong(r -> r.entry().submittedNanos())));
        var delta = column("delta", 84, null);
        delta.setMinWidth(76);
        delta.setCellFactory(c -> new DeltaCell());
        getColumns().add(delta);
        getColumns()
                .add(figure(
                        "queue",
                        40,
                        r -> r.entry().qid() + "",
                        Comparator.comparingInt(r -> r.entry().qid())));
        getColumns()
                .add(mono(
                        "cid",
                        52,
                        r -> HexFormat.of().toHexDigits((short) r.entry().cid()),
                        Comparator.comparingInt(r -> r.entry().cid())));
        getColumns()
                .add(mono(
                        "opcode",
                        52,
                        r -> "0x" + HexFormat.of().toHexDigits((byte) r.entry().opcode()),
                        Comparator.comparingInt(r -> r.entry().opcode())));
        getColumns().add(text("command", 168, CmdlogRow::name));
        getColumns().add(text("details", 300, CmdlogRow::details));
        getColumns().add(status());
        getColumns().add(latency());
        setRowFactory(table -> new TableRow<>() {
            @Override
            protected void updateItem(CmdlogRow row, boolean empty) {
                super.updateItem(row, empty);
                pseudoClassStateChanged(FAILED, !empty && row != null && row.failed());
            }
        });
    }

    /** Sets the scale of the latency bars; they are drawn anew when it changes much. */
    void scaleTo(long nanos) {
        if (nanos > fullLatency || nanos < fullLatency / 4) {
            fullLatency = Math.max(1, nanos);
            refresh();
        }
    }

    private static String time(CmdlogRow row) {
        var at = row.entry().submittedAt();
        return TIME.format(at) + " " + "%03d".formatted(at.getNano() / 1000 % 1000);
    }

    private TableColumn<CmdlogRow, CmdlogRow> column(String key, double width, Comparator<CmdlogRow> order) {
        TableColumn<CmdlogRow, CmdlogRow> column = new TableColumn<>(texts.get("column." + key));
        column.setId(key);
        column.setPrefWidth(width);
        column.setMinWidth(Math.min(36, width));
        column.setCellValueFactory(f -> new ReadOnlyObjectWrapper<>(f.getValue()));
        column.setSortable(order != null);
        column.setComparator(order);
        return column;
    }

    private TableColumn<CmdlogRow, CmdlogRow> text(String key, double width, Function<CmdlogRow, String> text) {
        var column = column(key, width, Comparator.comparing(text));
        column.setMinWidth(96);
        column.setCellFactory(c -> new TextCell(text));
        return column;
    }

    private TableColumn<CmdlogRow, CmdlogRow> mono(
            String key, double width, Function<CmdlogRow, String> text, Comparator<CmdlogRow> order) {
        var column = column(key, width, order);
        column.setMinWidth(width - 4);
        column.setCellFactory(c -> new TextCell(text, "mono"));
        return column;
    }

    private TableColumn<CmdlogRow, CmdlogRow> figure(
            String key, double width, Function<CmdlogRow, String> text, Comparator<CmdlogRow> order) {
        var column = column(key, width, order);
        column.setCellFactory(c -> new TextCell(text, "mono", "right"));
        return column;
    }

    private TableColumn<CmdlogRow, CmdlogRow> status() {
        var column = column("status", 216, Comparator.comparing(CmdlogRow::status));
        column.setMinWidth(120);
        column.setCellFactory(c -> new TableCell<>() {
            private final StatusIcon icon = new StatusIcon(StatusIcon.State.OK);

            @Override
            protected void updateItem(CmdlogRow row, boolean empty) {
                super.updateItem(row, empty);
                setGraphic(empty || row == null ? null : icon);
                if (!empty && row != null) {
                    icon.setText(statusText(row));
                    icon.show(
                            !row.entry().done()
                                    ? StatusIcon.State.RUNNING
                                    : row.failed() ? StatusIcon.State.FAILED : StatusIcon.State.OK);
                }
            }
        });
        return column;
    }

    private String statusText(CmdlogRow row) {
        if (!row.entry().done()) {
            return texts.get("outstanding");
        }
        return row.failed() && !row.entry().timedOut() && !row.entry().lost()
                ? "%02x/%02x %s".formatted(row.sct(), row.sc(), row.status())
                : row.status();
    }

    private TableColumn<CmdlogRow, CmdlogRow> latency() {
        var column =
                column("latency", 200, Comparator.comparingLong(r -> r.entry().latencyNanos()));
        column.setMinWidth(104);
        column.setCellFactory(c -> new TableCell<>() {
            private final LatencyBar bar = new LatencyBar();

            @Override
            protected void updateItem(CmdlogRow row, boolean empty) {
                super.updateItem(row, empty);
                setGraphic(empty || row == null ? null : bar);
                if (!empty && row != null) {
                    bar.show(row.entry().done() ? row.entry().latencyNanos() : -1, fullLatency, row.failed());
                }
            }
        });
        return column;
    }

    private static final class TextCell extends TableCell<CmdlogRow, CmdlogRow> {
        private final Function<CmdlogRow, String> text;

        TextCell(Function<CmdlogRow, String> text, String... styleClasses) {
            this.text = text;
            getStyleClass().addAll(styleClasses);
        }

        @Override
        protected void updateItem(CmdlogRow row, boolean empty) {
            super.updateItem(row, empty);
            setText(empty || row == null ? null : text.apply(row));
        }
    }

    /** Time since the command shown above. */
    private static final class DeltaCell extends TableCell<CmdlogRow, CmdlogRow> {
        DeltaCell() {
            getStyleClass().addAll("mono", "muted", "right");
        }

        @Override
        protected void updateItem(CmdlogRow row, boolean empty) {
            super.updateItem(row, empty);
            setText(empty || row == null ? null : delta(row));
        }

        private String delta(CmdlogRow row) {
            if (getIndex() <= 0 || getIndex() >= getTableView().getItems().size()) {
                return "";
            }
            long nanos = row.entry().submittedNanos()
                    - getTableView().getItems().get(getIndex() - 1).entry().submittedNanos();
            return (nanos < 0 ? "−" : "+") + Figures.nanos(Math.abs((double) nanos));
        }
    }
}
