package dev.doorbell.app.views.traffic;

import dev.doorbell.app.controls.Icons;
import dev.doorbell.driver.IoControl;
import dev.doorbell.driver.IoOperation;
import dev.doorbell.plugin.Texts;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.CheckMenuItem;
import javafx.scene.control.Label;
import javafx.scene.control.MenuButton;
import javafx.scene.control.MenuItem;
import javafx.scene.control.SeparatorMenuItem;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;

/** The mix of commands of a draft: each with its share and its flags, and the sum of the shares. */
final class OperationRows extends VBox {
    private static final int MOST_ROWS = 16;
    private static final int VENDOR = 0xc0;
    private static final int[] STANDARD = {
        IoOperation.READ,
        IoOperation.WRITE,
        IoOperation.TRIM,
        IoOperation.WRITE_ZEROES,
        IoOperation.FLUSH,
        IoOperation.COMPARE,
        IoOperation.VERIFY,
        IoOperation.WRITE_UNCORRECTABLE
    };

    /** Bits of dword 12, NVM Command Set 1.0c §3.2.4. */
    private enum Flag {
        FUA(30),
        LR(31),
        PRACT(29),
        GUARD(28),
        APPTAG(27),
        REFTAG(26);

        private final int bit;

        Flag(int bit) {
            this.bit = bit;
        }

        boolean in(IoOperation o) {
            return (o.control().cdw12() >>> bit & 1) != 0;
        }

        IoOperation toggled(IoOperation o) {
            var c = o.control();
            return o.control(new IoControl(c.cdw12() ^ 1 << bit, c.cdw13(), c.tags(), c.tagsHigh(), c.cdw15()));
        }
    }

    private final TrafficDesk desk;
    private final Texts texts;
    private final VBox rows = new VBox();
    private final List<Row> shown = new ArrayList<>();
    private final Label sum = new Label();
    private final Button add;

    OperationRows(TrafficDesk desk) {
        this.desk = desk;
        texts = desk.texts();
        setId("workload-operations");
        getStyleClass().add("size-rows");
        var title = new Label(texts.get("operations"));
        title.getStyleClass().add("section-title");
        sum.setId("workload-operations-sum");
        sum.getStyleClass().addAll("muted", "small");
        add = new Button(texts.get("operations.add"), Icons.small("mdi2p-plus"));
        add.setId("workload-add-operation");
        add.getStyleClass().addAll("link-button", "small");
        add.setOnAction(e -> change(list -> {
            double rest = 100 - list.stream().mapToDouble(IoOperation::percent).sum();
            list.add(IoOperation.of(unused(list), Math.max(0, rest)));
            return list;
        }));
        getChildren().addAll(line(title), rows, line(add, gap(), sum));
    }

    /** The first standard command that the mix does not have yet. */
    private static int unused(List<IoOperation> list) {
        for (int opcode : STANDARD) {
            if (list.stream().noneMatch(o -> o.opcode() == opcode)) {
                return opcode;
            }
        }
        return VENDOR;
    }

    private static HBox line(Node... nodes) {
        var line = new HBox(6, nodes);
        line.setAlignment(Pos.CENTER_LEFT);
        return line;
    }

    private static Region gap() {
        var gap = new Region();
        HBox.setHgrow(gap, Priority.ALWAYS);
        return gap;
    }

    private void change(UnaryOperator<List<IoOperation>> how) {
        desk.draft().set(desk.draft().get().edit(e -> e.operations = how.apply(new ArrayList<>(e.operations))));
    }

    private void change(int at, UnaryOperator<IoOperation> how) {
        change(list -> {
            list.set(at, how.apply(list.get(at)));
            return list;
        });
    }

    void update() {
        var operations = desk.draft().get().operations();
        if (shown.size() != operations.size()) {
            desk.invalid().keySet().removeIf(k -> k.startsWith("workload-op"));
            shown.clear();
            for (int i = 0; i < operations.size(); i++) {
                shown.add(new Row(i));
            }
            rows.getChildren().setAll(shown.stream().map(r -> r.node).toList());
        }
        shown.forEach(Row::update);
        double all = operations.stream().mapToDouble(IoOperation::percent).sum();
        boolean whole = Math.abs(all - 100) < 1e-6;
        sum.setText(texts.get("sizes.sum", DistributionText.plain(all)));
        sum.getStyleClass().removeAll("good", "bad");
        sum.getStyleClass().add(whole ? "good" : "bad");
        add.setDisable(operations.size() >= MOST_ROWS);
    }

    static String title(IoOperation o) {
        String title = o.title();
        return title.substring(0, 1).toUpperCase(Locale.ROOT) + title.substring(1);
    }

    /** One command. */
    private final class Row {
        private final int at;
        private final MenuButton kind = new MenuButton();
        private final MenuButton flags = new MenuButton();
        private final Entry opcode;
        private final Entry percent;
        private final Button remove = new Button(null, Icons.small("mdi2c-close"));
        private final HBox node;

        Row(int at) {
            this.at = at;
            opcode = new Entry(
                    desk,
                    "workload-opcode-" + at,
                    texts.get("operations.opcode"),
                    d -> at < d.operations().size()
                            ? "0x%02x".formatted(d.operations().get(at).opcode())
                            : "",
                    (e, t) -> {
                        int code = (int) Amounts.count(t, 0, 255);
                        set(e, o -> new IoOperation(code, o.percent(), o.control(), o.ranges()));
                    });
            opcode.getStyleClass().add("weight-field");
            percent = new Entry(
                    desk,
                    "workload-op-percent-" + at,
                    texts.get("operations.share"),
                    d -> at < d.operations().size()
                            ? DistributionText.plain(d.operations().get(at).percent()) + " %"
                            : "",
                    (e, t) -> {
                        double share = Amounts.fraction(t, 0, 100);
                        set(e, o -> o.percent(share));
                    });
            percent.getStyleClass().addAll("weight-field", "share-field");
            kind.setId("workload-op-" + at);
            kind.getStyleClass().addAll("small", "outlined", "op-kind");
            kind.setMaxWidth(Double.MAX_VALUE);
            kind.setMinWidth(0);
            HBox.setHgrow(kind, Priority.ALWAYS);
            for (int code : STANDARD) {
                kind.getItems().add(item(code, title(IoOperation.of(code, 0))));
            }
            kind.getItems().addAll(new SeparatorMenuItem(), item(VENDOR, texts.get("operations.other")));
            flags.setId("workload-op-flags-" + at);
            flags.getStyleClass().addAll("small", "outlined", "op-flags");
            flags.setMinWidth(Region.USE_PREF_SIZE);
            flags.setTooltip(new Tooltip(texts.get("operations.flags")));
            for (Flag flag : Flag.values()) {
                var item = new CheckMenuItem(texts.get("flag." + flag));
                item.setOnAction(e -> change(at, flag::toggled));
                item.setUserData(flag);
                flags.getItems().add(item);
            }
            remove.getStyleClass().add("icon-button");
            remove.setTooltip(new Tooltip(texts.get("operations.remove")));
            remove.setAccessibleText(texts.get("operations.remove"));
            remove.setOnAction(e -> change(list -> {
                list.remove(at);
                return list;
            }));
            node = line(kind, opcode, flags, percent, remove);
        }

        private MenuItem item(int code, String title) {
            var item = new MenuItem(title);
            item.setOnAction(e -> change(at, o -> new IoOperation(code, o.percent(), o.control(), 1)));
            return item;
        }

        private void set(WorkloadDraft.Edit e, UnaryOperator<IoOperation> how) {
            var list = new ArrayList<>(e.operations);
            list.set(at, how.apply(list.get(at)));
            e.operations = list;
        }

        void update() {
            var operation = desk.draft().get().operations().get(at);
            boolean standard = false;
            for (int code : STANDARD) {
                standard |= code == operation.opcode();
            }
            kind.setText(standard || opcode.isFocused() ? title(operation) : texts.get("operations.vendor"));
            boolean typed = !standard || opcode.isFocused();
            opcode.setVisible(typed);
            opcode.setManaged(typed);
            List<String> set = new ArrayList<>();
            for (MenuItem item : flags.getItems()) {
                var flag = (Flag) item.getUserData();
                ((CheckMenuItem) item).setSelected(flag.in(operation));
                if (flag.in(operation)) {
                    set.add(texts.get("flag.short." + flag));
                }
            }
            flags.setGraphic(set.isEmpty() ? Icons.small("mdi2f-flag-outline") : null);
            flags.setText(
                    set.isEmpty() ? "" : set.size() == 1 ? set.getFirst() : set.getFirst() + "+" + (set.size() - 1));
            remove.setDisable(shown.size() == 1);
            percent.update();
            opcode.update();
        }
    }
}
