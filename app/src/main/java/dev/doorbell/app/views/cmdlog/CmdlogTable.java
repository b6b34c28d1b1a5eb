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

    /** Shows the longest command of the catalogue's NVMe sets. */
    private static final double COMMAND = 212;
    /** Everything before the command. */
    private static final double BEFORE = 442;

    private static final double DELTA = 84;
    private static final double SCROLL_BAR = 12;
    /** Here the time since the last command goes, unless the user chose to see it. */
    private static final double NARROW = 1100;

    private final Texts texts;
    private final TableColumn<CmdlogRow, CmdlogRow> delta;
    private boolean deltaWanted;
    private boolean deltaLeft;
    private boolean fitting;
    /** The latency whose bar fills the cell. */
    private long fullLatency = 1;

    CmdlogTable(Texts texts) {
        this.texts = texts;
        setId("cmdlog-table");
        getStyleClass().add("dense-table");
        setTableMenuButtonVisible(false);
        setColumnResizePolicy(CONSTRAINED_RESIZE_POLICY_SUBSEQUENT_COLUMNS);
        widthProperty().addListener(o -> fit());
        getColumns()
                .add(figure("number", 64, r -> Figures.count(r.number()), Comparator.comparingLong(CmdlogRow::number)));
        getColumns()
                .add(mono(
                        "time",
                        150,
                        r -> time(r),
                        Comparator.comparingLong(r -> r.entry().submittedNanos())));
        delta = column("delta", DELTA, null);
        delta.setMinWidth(76);
        delta.getStyleClass().add("right");
        delta.visibleProperty().addListener((o, was, is) -> {
            if (!fitting) {
                deltaWanted = is;
                deltaLeft = false;
            }
        });
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
        getColumns().add(text("command", COMMAND, CmdlogRow::name));
        getColumns().getLast().setMinWidth(COMMAND - 4);
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

    /** In a narrow view the bars behind the latencies go first; details and status share what a wide one has to spare. */
    private void fit() {
        boolean narrow = getWidth() < NARROW;
        fitting = true;
        if (narrow && delta.isVisible() && !deltaWanted) {
            deltaLeft = true;
            delta.setVisible(false);
        } else if (!narrow && deltaLeft) {
            deltaLeft = false;
            delta.setVisible(true);
        }
        fitting = false;
        double rest = getWidth() - SCROLL_BAR - BEFORE - COMMAND + (delta.isVisible() ? 0 : DELTA);
        double latency = rest < 600 ? 84 : Math.clamp(rest - 560, 84, 200);
        double status = Math.clamp((rest - latency) * 0.46, 120, 300);
        setWidth("command", COMMAND);
        setWidth("latency", latency);
        setWidth("status", status);
        setWidth("details", Math.max(120, rest - latency - status));
    }

    /** Whether the user wants to see a column, which may be hidden only because the view is narrow. */
    boolean isWanted(TableColumn<CmdlogRow, ?> column) {
        return column.isVisible() || column == delta && deltaLeft;
    }

    private void setWidth(String column, double width) {
        getColumns().stream().filter(c -> c.getId().equals(column)).forEach(c -> c.setPrefWidth(width));
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
        column.getStyleClass().add("right");
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
                    icon.setMinWidth(0);
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
        column.setMinWidth(84);
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
