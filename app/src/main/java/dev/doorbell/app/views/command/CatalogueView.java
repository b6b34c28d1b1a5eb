package dev.doorbell.app.views.command;

import dev.doorbell.app.controls.Icons;
import dev.doorbell.app.controls.SearchField;
import dev.doorbell.plugin.Texts;
import dev.doorbell.plugin.View;
import dev.doorbell.plugin.ViewContext;
import dev.doorbell.spec.CommandSpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import javafx.beans.binding.Bindings;
import javafx.collections.ListChangeListener;
import javafx.css.PseudoClass;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.control.Label;
import javafx.scene.control.ListCell;
import javafx.scene.control.ListView;
import javafx.scene.control.Tooltip;
import javafx.scene.input.KeyCode;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;
import org.kordamp.ikonli.javafx.FontIcon;

/** The commands to choose from: those sent last, then the catalogue's by command set. */
final class CatalogueView implements View {
    private static final PseudoClass GROUP = PseudoClass.getPseudoClass("group");
    private static final int RECENT = 4;

    /** A line of the list: a heading, a command of the catalogue, or one that was sent. */
    private sealed interface Line {
        record Heading(String text, int count) implements Line {}

        record Choice(CommandSpec spec) implements Line {}

        record Again(Outcome outcome) implements Line {}
    }

    private final Texts texts;
    private final CommandDesk desk;
    private final VBox root = new VBox();
    private final SearchField filter;
    private final ListView<Line> list = new ListView<>();
    private boolean filling;

    /** Opcode, gaps and the scroll bar. */
    private static final double BESIDE_NAME = 76;

    private static final double ALERT = 20;

    CatalogueView(ViewContext context) {
        texts = context.texts(CatalogueView.class);
        desk = context.workbench().shared(CommandDesk.class, CommandDesk::new);
        filter = new SearchField("mdi2m-magnify", texts.get("catalogue.filter"), "Ctrl+F");
        filter.input().setId("command-filter");
        HBox bar = new HBox(filter);
        bar.getStyleClass().add("view-toolbar");
        HBox.setHgrow(filter, Priority.ALWAYS);
        filter.setMaxWidth(Double.MAX_VALUE);
        VBox.setVgrow(list, Priority.ALWAYS);
        list.setId("command-list");
        list.getStyleClass().add("dense-list");
        root.getStyleClass().add("command-catalogue");
        root.getChildren().setAll(bar, list);
        list.setCellFactory(view -> new Cell());
        list.getSelectionModel().selectedItemProperty().addListener((o, was, is) -> choose(is));
        filter.input().textProperty().addListener(o -> fill());
        filter.input().setOnKeyPressed(e -> {
            if (e.getCode() == KeyCode.DOWN || e.getCode() == KeyCode.ENTER) {
                list.requestFocus();
                list.getItems().stream()
                        .filter(Line.Choice.class::isInstance)
                        .findFirst()
                        .ifPresent(list.getSelectionModel()::select);
            }
        });
        desk.history().addListener((ListChangeListener<Outcome>) c -> fill());
        context.watch(desk.draft(), d -> mark());
        fill();
    }

    private void fill() {
        filling = true;
        String query = filter.query().toLowerCase(Locale.ROOT);
        List<Line> lines = new ArrayList<>();
        if (query.isEmpty()) {
            recent(lines);
        }
        Map<String, List<CommandSpec>> sets = new LinkedHashMap<>();
        for (CommandSpec spec : desk.catalogue().commands()) {
            if (matches(spec, query)) {
                sets.computeIfAbsent(spec.set(), s -> new ArrayList<>()).add(spec);
            }
        }
        sets.forEach((set, specs) -> {
            lines.add(new Line.Heading(set, specs.size()));
            specs.forEach(s -> lines.add(new Line.Choice(s)));
        });
        list.getItems().setAll(lines);
        filling = false;
        mark();
    }

    private void recent(List<Line> lines) {
        List<Outcome> last = new ArrayList<>();
        for (Outcome outcome : desk.history().reversed()) {
            if (last.size() < RECENT && last.stream().noneMatch(o -> o.draft().equals(outcome.draft()))) {
                last.add(outcome);
            }
        }
        if (!last.isEmpty()) {
            lines.add(new Line.Heading(texts.get("catalogue.recent"), last.size()));
            last.forEach(o -> lines.add(new Line.Again(o)));
        }
    }

    private static boolean matches(CommandSpec spec, String query) {
        return query.isEmpty()
                || spec.name().toLowerCase(Locale.ROOT).contains(query)
                || opcode(spec.opcode()).startsWith(query)
                || spec.fields().stream()
                        .anyMatch(f -> f.name().toLowerCase(Locale.ROOT).equals(query)
                                || query.length() > 3
                                        && f.title().toLowerCase(Locale.ROOT).contains(query));
    }

    private static String opcode(int opcode) {
        return "0x%02x".formatted(opcode);
    }

    private void choose(Line line) {
        if (filling || line == null) {
            return;
        }
        switch (line) {
            case Line.Choice choice when !isDraft(choice.spec()) -> desk.choose(choice.spec());
            case Line.Again again -> {
                desk.target().set(again.outcome().target());
                desk.draft().set(again.outcome().draft());
            }
            default -> {}
        }
    }

    private boolean isDraft(CommandSpec spec) {
        return spec.queue() == desk.draft().get().queue()
                && spec.opcode() == desk.draft().get().opcode();
    }

    /** Selects the draft's command. */
    private void mark() {
        filling = true;
        if (!(list.getSelectionModel().getSelectedItem() instanceof Line.Again again
                && again.outcome().draft().equals(desk.draft().get()))) {
            Optional<Line> line = list.getItems().stream()
                    .filter(l -> l instanceof Line.Choice c && isDraft(c.spec()))
                    .findFirst();
            line.ifPresentOrElse(list.getSelectionModel()::select, list.getSelectionModel()::clearSelection);
        }
        filling = false;
    }

    @Override
    public Node node() {
        return root;
    }

    @Override
    public void find() {
        filter.startTyping();
    }

    private final class Cell extends ListCell<Line> {
        private final Label opcode = new Label();
        private final Label name = new Label();
        private final Label note = new Label();
        private final FontIcon alert = Icons.small("mdi2a-alert-outline");
        private final VBox words = new VBox(name);
        private final HBox row;

        Cell() {
            opcode.getStyleClass().addAll("mono", "muted", "command-opcode");
            opcode.setMinWidth(36);
            note.getStyleClass().addAll("muted", "small");
            Region gap = new Region();
            HBox.setHgrow(gap, Priority.ALWAYS);
            note.setMinWidth(0);
            name.setWrapText(true);
            note.setWrapText(true);
            // A cell's height follows from the widths that its parts want, so these must be the ones they get.
            name.maxWidthProperty()
                    .bind(Bindings.createDoubleBinding(
                            () -> list.getWidth() - BESIDE_NAME - (alert.isVisible() ? ALERT : 0),
                            list.widthProperty(),
                            alert.visibleProperty()));
            note.maxWidthProperty().bind(name.maxWidthProperty());
            row = new HBox(4, opcode, words, gap, alert);
            alert.managedProperty().bind(alert.visibleProperty());
            Tooltip.install(alert, new Tooltip(texts.get("catalogue.danger")));
            alert.getStyleClass().add("danger-mark");
            setContentDisplay(javafx.scene.control.ContentDisplay.GRAPHIC_ONLY);
            row.setAlignment(Pos.TOP_LEFT);
            words.setAlignment(Pos.CENTER_LEFT);
            alert.setVisible(false);
            setPrefWidth(0);
        }

        @Override
        protected void updateItem(Line line, boolean empty) {
            super.updateItem(line, empty);
            boolean nothing = empty || line == null;
            pseudoClassStateChanged(GROUP, line instanceof Line.Heading && !nothing);
            setDisable(line instanceof Line.Heading && !nothing);
            setGraphic(nothing ? null : row);
            setTooltip(null);
            if (nothing) {
                return;
            }
            alert.setVisible(line instanceof Line.Choice c && c.spec().danger() != CommandSpec.Danger.NONE);
            switch (line) {
                case Line.Heading heading -> say("", heading.text(), Integer.toString(heading.count()));
                case Line.Choice choice ->
                    say(opcode(choice.spec().opcode()), choice.spec().name(), "");
                case Line.Again again ->
                    say(
                            opcode(again.outcome().draft().opcode()),
                            again.outcome().name(),
                            again.outcome().details());
            }
        }

        /** Details stand below their command, a heading's count at the end of its line. */
        private void place(boolean heading) {
            words.getChildren().remove(note);
            row.getChildren().remove(note);
            if (heading) {
                row.getChildren().add(note);
            } else if (!note.getText().isEmpty()) {
                words.getChildren().add(note);
            }
        }

        private void say(String left, String middle, String right) {
            opcode.setText(left);
            opcode.setVisible(!left.isEmpty());
            opcode.setManaged(!left.isEmpty());
            name.setText(middle);
            note.setText(right);
            place(left.isEmpty());
            if (!left.isEmpty()) {
                setTooltip(new Tooltip(right.isEmpty() ? middle : middle + "\n" + right));
            }
        }
    }
}
