package dev.doorbell.app.shell;

import dev.doorbell.app.controls.Icons;
import dev.doorbell.app.controls.KeyCap;
import dev.doorbell.app.controls.Segmented;
import dev.doorbell.plugin.Texts;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import javafx.application.Platform;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.control.Label;
import javafx.scene.control.ListView;
import javafx.scene.control.TextField;
import javafx.scene.input.KeyEvent;
import javafx.scene.layout.BorderPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.StackPane;

/** "Search anything": type, see what it is at the right, Enter goes there. */
final class Palette {
    private static final Texts TEXTS = Texts.of(Palette.class);
    private static final double WIDTH = 960;
    private static final double HEIGHT = 544;

    private final PaletteSearch search;
    private final PalettePreview preview;
    private final StackPane node = new StackPane();
    private final TextField input = new TextField();
    private final Segmented<PaletteEntry.Tab> tabs =
            new Segmented<>(List.of(PaletteEntry.Tab.values()), t -> TEXTS.get("palette.tab." + lower(t))).quiet();
    private final ListView<PaletteRow> list = new ListView<>();
    private final Label found = new Label();
    private Optional<Node> focusBefore = Optional.empty();

    Palette(Bench bench) {
        search = new PaletteSearch(bench);
        preview = new PalettePreview(bench);
        node.setId("palette");
        node.getStyleClass().add("scrim");
        node.setVisible(false);
        node.setOnMousePressed(e -> hide());
        var panel = panel();
        panel.setOnMousePressed(e -> e.consume());
        StackPane.setAlignment(panel, Pos.TOP_CENTER);
        node.getChildren().addAll(shadow(), panel);
        input.textProperty().addListener(o -> search());
        tabs.valueProperty().addListener(o -> search());
        list.getSelectionModel().selectedItemProperty().addListener((o, was, is) -> preview.show(entry(is)));
        node.addEventFilter(KeyEvent.KEY_PRESSED, this::key);
    }

    private static String lower(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    /** What the window lays over everything. */
    Node node() {
        return node;
    }

    /** Apart from the panel, or each letter typed would blur the whole panel anew, which takes longer than a frame. */
    private static Region shadow() {
        var shadow = new Region();
        shadow.getStyleClass().add("palette-shadow");
        shadow.setPrefSize(WIDTH, HEIGHT);
        shadow.setMaxSize(WIDTH, HEIGHT);
        shadow.setMouseTransparent(true);
        shadow.setCache(true);
        StackPane.setAlignment(shadow, Pos.TOP_CENTER);
        return shadow;
    }

    private Region panel() {
        input.setId("palette-input");
        input.setPromptText(TEXTS.get("palette.prompt"));
        HBox.setHgrow(input, Priority.ALWAYS);
        tabs.setMinWidth(Region.USE_PREF_SIZE);
        var head = new HBox(Icons.of("mdi2m-magnify"), input, tabs, new KeyCap("Esc"));
        head.getStyleClass().add("palette-head");
        list.setId("palette-list");
        list.setCellFactory(v -> new PaletteCell(() -> input.getText().strip(), this::run));
        list.setFocusTraversable(false);
        list.setFixedCellSize(28);
        var gap = new Region();
        HBox.setHgrow(gap, Priority.ALWAYS);
        found.getStyleClass().add("mono");
        var foot = new HBox(
                new KeyCap("↑"),
                new KeyCap("↓"),
                new Label(TEXTS.get("palette.choose")),
                new KeyCap("Enter"),
                new Label(TEXTS.get("palette.open")),
                new KeyCap("Tab"),
                new Label(TEXTS.get("palette.narrow")),
                gap,
                found);
        foot.getStyleClass().add("palette-foot");
        var panel = new BorderPane(list, head, preview.node(), foot, null);
        panel.getStyleClass().add("palette");
        panel.setPrefSize(WIDTH, HEIGHT);
        panel.setMaxSize(WIDTH, HEIGHT);
        return panel;
    }

    /** Comes with an empty field and everything that can be done. */
    void show() {
        if (node.isVisible()) {
            return;
        }
        focusBefore = Optional.ofNullable(node.getScene()).map(s -> s.getFocusOwner());
        node.setVisible(true);
        tabs.valueProperty().set(PaletteEntry.Tab.ALL);
        input.clear();
        search();
        Platform.runLater(input::requestFocus);
    }

    void hide() {
        node.setVisible(false);
        focusBefore.ifPresent(Node::requestFocus);
    }

    private void search() {
        if (!node.isVisible()) {
            return;
        }
        var rows = new ArrayList<PaletteRow>();
        int count = 0;
        var groups = search.find(input.getText(), tabs.getValue(), tabs.getValue() == PaletteEntry.Tab.ALL ? 8 : 60);
        for (var group : groups.entrySet()) {
            rows.add(new PaletteRow.Heading(TEXTS.get("palette.group." + lower(group.getKey()))));
            group.getValue().forEach(e -> rows.add(new PaletteRow.Line(e)));
            count += group.getValue().size();
        }
        list.getItems().setAll(rows);
        found.setText(TEXTS.get("palette.found", count));
        list.scrollTo(0);
        list.getSelectionModel().clearSelection();
        select(0, 1);
    }

    /** Selects the first line at or after {@code from} in the direction of {@code step}. */
    private void select(int from, int step) {
        for (int i = from; i >= 0 && i < list.getItems().size(); i += step) {
            if (list.getItems().get(i) instanceof PaletteRow.Line) {
                list.getSelectionModel().clearAndSelect(i);
                if (i <= 1) {
                    list.scrollTo(0);
                } else {
                    reveal(i);
                }
                return;
            }
        }
    }

    private void reveal(int index) {
        int rows = (int) (list.getHeight() / list.getFixedCellSize());
        var first = list.lookupAll(".list-cell").stream()
                .filter(n -> n instanceof PaletteCell c && !c.isEmpty())
                .mapToInt(n -> ((PaletteCell) n).getIndex())
                .min()
                .orElse(0);
        if (index <= first) {
            list.scrollTo(index - 1);
        } else if (index >= first + rows) {
            list.scrollTo(index - rows + 1);
        }
    }

    private void key(KeyEvent event) {
        int at = list.getSelectionModel().getSelectedIndex();
        switch (event.getCode()) {
            case ESCAPE -> hide();
            case DOWN -> select(at + 1, 1);
            case UP -> select(at - 1, -1);
            case PAGE_DOWN -> select(Math.min(at + 10, list.getItems().size() - 1), -1);
            case PAGE_UP -> select(Math.max(at - 10, 0), 1);
            case ENTER -> entry(list.getSelectionModel().getSelectedItem()).ifPresent(this::run);
            case TAB -> narrow(event.isShiftDown() ? -1 : 1);
            default -> {
                return;
            }
        }
        event.consume();
    }

    private void narrow(int step) {
        var all = PaletteEntry.Tab.values();
        tabs.valueProperty().set(all[Math.floorMod(tabs.getValue().ordinal() + step, all.length)]);
    }

    private void run(PaletteEntry entry) {
        if (entry.enabled()) {
            hide();
            entry.run().run();
        }
    }

    private static Optional<PaletteEntry> entry(PaletteRow row) {
        return row instanceof PaletteRow.Line line ? Optional.of(line.entry()) : Optional.empty();
    }
}
