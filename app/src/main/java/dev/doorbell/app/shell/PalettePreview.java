package dev.doorbell.app.shell;

import dev.doorbell.app.controls.EmptyState;
import dev.doorbell.app.controls.Icons;
import dev.doorbell.plugin.History;
import dev.doorbell.plugin.Texts;
import dev.doorbell.spec.CapabilitySpec;
import dev.doorbell.spec.CommandSpec;
import dev.doorbell.spec.Decoded;
import dev.doorbell.spec.FeatureSpec;
import dev.doorbell.spec.FieldSpec;
import dev.doorbell.spec.Hit;
import dev.doorbell.spec.IdentifySpec;
import dev.doorbell.spec.LogPageSpec;
import dev.doorbell.spec.RegisterSpec;
import dev.doorbell.spec.SpecRef;
import dev.doorbell.spec.StatusCodes;
import dev.doorbell.spec.StructureSpec;
import java.util.List;
import java.util.Optional;
import javafx.scene.Node;
import javafx.scene.control.Label;
import javafx.scene.control.ScrollPane;
import javafx.scene.layout.BorderPane;
import javafx.scene.layout.ColumnConstraints;
import javafx.scene.layout.GridPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;

/** What a palette line is about: its title, value if known, fields, and where it is defined. */
final class PalettePreview {
    private static final Texts TEXTS = Texts.of(PalettePreview.class);
    private static final int MOST_ROWS = 24;

    private final Bench bench;
    private final BorderPane node = new BorderPane();

    PalettePreview(Bench bench) {
        this.bench = bench;
        node.getStyleClass().add("palette-preview");
    }

    Node node() {
        return node;
    }

    void show(Optional<PaletteEntry> entry) {
        node.setBottom(null);
        if (entry.isEmpty()) {
            node.setCenter(new EmptyState("mdi2m-magnify", TEXTS.get("palette.nothing")));
            return;
        }
        var body = new VBox();
        body.getStyleClass().add("preview-body");
        var e = entry.get();
        if (e.hit().isPresent()) {
            describe(e.hit().get(), body);
        } else {
            body.getChildren().add(head(e.name(), e.side()));
            text(body, e.detail());
            if (!e.enabled()) {
                text(body, TEXTS.get("palette.disabled"));
            }
        }
        var scroll = new ScrollPane(body);
        scroll.setFitToWidth(true);
        node.setCenter(scroll);
    }

    private static Node head(String title, String side) {
        var name = new Label(title);
        name.getStyleClass().add("subject");
        name.setMinWidth(0);
        var gap = new Region();
        HBox.setHgrow(gap, Priority.ALWAYS);
        var right = new Label(side);
        right.getStyleClass().addAll("mono", "muted");
        right.setMinWidth(Region.USE_PREF_SIZE);
        var row = new HBox(name, gap, right);
        row.getStyleClass().add("row");
        return row;
    }

    private static void text(VBox body, String text) {
        if (!text.isBlank()) {
            var label = new Label(text);
            label.setWrapText(true);
            label.getStyleClass().addAll("small", "muted");
            body.getChildren().add(label);
        }
    }

    private void describe(Hit hit, VBox body) {
        body.getChildren().add(head(hit.title(), hit.kind() == Hit.Kind.STATUS ? hit.name() : hit.detail()));
        switch (hit.item()) {
            case RegisterSpec r -> {
                value(r.name(), body);
                text(body, r.text());
                fields(r.name(), r.fields(), body);
                reference(r.ref());
            }
            case FieldSpec f -> {
                value(hit.name(), body);
                text(body, f.text());
                values(f, body);
                fields(hit.name(), f.fields(), body);
                reference(f.ref());
            }
            case StructureSpec s -> {
                text(body, s.text());
                fields("", s.fields(), body);
                reference(s.ref());
            }
            case CommandSpec c -> {
                text(body, c.text());
                text(body, c.dangerText());
                dwords(c, body);
                reference(c.ref());
            }
            case LogPageSpec l -> {
                text(body, l.text());
                l.structure().ifPresent(s -> fields("", s.fields(), body));
                reference(l.ref());
            }
            case FeatureSpec f -> {
                text(body, f.text());
                f.dataStructure().ifPresent(s -> fields("", s.fields(), body));
                reference(f.ref());
            }
            case IdentifySpec i -> {
                text(body, i.text());
                i.structure().ifPresent(s -> fields("", s.fields(), body));
                reference(i.ref());
            }
            case CapabilitySpec c -> reference(c.ref());
            case StatusCodes.Status s -> {
                text(body, s.text());
                reference(s.ref());
            }
            default -> text(body, hit.detail());
        }
    }

    private Optional<Decoded> decoded(String path) {
        return Optional.ofNullable(bench.device().get())
                .flatMap(d -> d.history().latest("registers"))
                .map(History.Reading::bytes)
                .flatMap(bytes -> bench.catalogue().decodeRegisters(bytes).find(path));
    }

    private void value(String path, VBox body) {
        decoded(path).ifPresent(d -> {
            var value = new Label(d.value());
            value.getStyleClass().addAll("mono", "big");
            var meaning = new Label(d.meaning());
            meaning.getStyleClass().add("muted");
            var row = new HBox(value, meaning);
            row.getStyleClass().add("row");
            body.getChildren().add(row);
        });
    }

    private void fields(String owner, List<FieldSpec> fields, VBox body) {
        if (fields.isEmpty()) {
            return;
        }
        var grid = grid();
        int row = 0;
        for (var f : fields.stream().filter(f -> !f.reserved()).limit(MOST_ROWS).toList()) {
            var now = owner.isEmpty() ? Optional.<Decoded>empty() : decoded(owner + "." + f.name());
            line(
                    grid,
                    row++,
                    f.name(),
                    place(f),
                    now.map(Decoded::value).orElse(""),
                    now.map(Decoded::meaning).filter(m -> !m.isEmpty()).orElse(f.title()));
        }
        body.getChildren().add(grid);
        long rest = fields.stream().filter(f -> !f.reserved()).count() - MOST_ROWS;
        if (rest > 0) {
            text(body, TEXTS.get("palette.more", rest));
        }
    }

    private static void values(FieldSpec field, VBox body) {
        if (field.values().isEmpty()) {
            return;
        }
        var grid = grid();
        int[] row = {0};
        field.values().entrySet().stream()
                .limit(MOST_ROWS)
                .forEach(v -> line(grid, row[0]++, "0x" + Long.toHexString(v.getKey()), "", "", v.getValue()));
        body.getChildren().add(grid);
    }

    private static void dwords(CommandSpec command, VBox body) {
        var grid = grid();
        int row = 0;
        for (var f : command.fields()) {
            line(
                    grid,
                    row++,
                    f.name(),
                    "CDW" + f.dword() + " " + f.bitHigh() + (f.bitHigh() == f.bitLow() ? "" : ":" + f.bitLow()),
                    "",
                    f.title());
        }
        body.getChildren().add(grid);
    }

    private static String place(FieldSpec f) {
        if (f.isBits()) {
            return f.bitHigh() == f.bitLow() ? "" + f.bitLow() : f.bitHigh() + ":" + f.bitLow();
        }
        int last = f.byteOffset() + f.byteLength() - 1;
        return last <= f.byteOffset() ? "" + f.byteOffset() : last + ":" + f.byteOffset();
    }

    private static GridPane grid() {
        var grid = new GridPane();
        grid.getStyleClass().add("preview-grid");
        var fixed = new ColumnConstraints();
        fixed.setMinWidth(Region.USE_PREF_SIZE);
        var last = new ColumnConstraints();
        last.setHgrow(Priority.ALWAYS);
        last.setMinWidth(0);
        grid.getColumnConstraints().addAll(fixed, fixed, fixed, last);
        return grid;
    }

    private static void line(GridPane grid, int row, String name, String bits, String value, String meaning) {
        var first = new Label(name);
        first.getStyleClass().add("strong");
        var second = new Label(bits);
        second.getStyleClass().addAll("mono", "muted");
        var third = new Label(value);
        third.getStyleClass().add("mono");
        grid.addRow(row, first, second, third, new Label(meaning));
    }

    private void reference(SpecRef ref) {
        var label = new Label(ref.toString(), Icons.small("mdi2b-book-open-page-variant-outline"));
        label.getStyleClass().addAll("link", "preview-foot");
        node.setBottom(label);
    }
}
