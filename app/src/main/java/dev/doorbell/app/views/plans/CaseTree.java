package dev.doorbell.app.views.plans;

import dev.doorbell.app.controls.StatusIcon;
import dev.doorbell.plugin.Texts;
import dev.doorbell.testplans.run.CaseResult;
import dev.doorbell.testplans.run.RunResult;
import dev.doorbell.testplans.run.RunResult.GroupResult;
import dev.doorbell.testplans.run.State;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import javafx.beans.property.ReadOnlyObjectWrapper;
import javafx.css.PseudoClass;
import javafx.scene.control.TreeItem;
import javafx.scene.control.TreeTableCell;
import javafx.scene.control.TreeTableColumn;
import javafx.scene.control.TreeTableRow;
import javafx.scene.control.TreeTableView;

/** Groups and cases of a run with their outcome. */
final class CaseTree extends TreeTableView<CaseTree.Line> {
    /** Which cases are shown. */
    enum Show {
        ALL,
        FAILED,
        SKIPPED,
        /** All, without groups, those that took longest first. */
        SLOWEST
    }

    /** A group or a case. */
    sealed interface Line {
        record OfGroup(GroupResult group) implements Line {}

        record OfCase(CaseResult result) implements Line {}
    }

    /** Shows the longest titles of the bundled plans. */
    private static final double NAME = 520;

    private static final double RESULT = 128;
    private static final double TIME = 84;
    private static final double SCROLL_BAR = 12;
    private static final PseudoClass BAD = PseudoClass.getPseudoClass("bad");

    private final Texts texts;
    private final TreeItem<Line> top = new TreeItem<>();
    private final Set<String> collapsed = new HashSet<>();
    private List<String> shape = List.of();
    private boolean filling;

    CaseTree(Texts texts, Consumer<String> chosen) {
        this.texts = texts;
        setId("run-cases");
        getStyleClass().add("lined");
        setShowRoot(false);
        setRoot(top);
        setColumnResizePolicy(CONSTRAINED_RESIZE_POLICY_SUBSEQUENT_COLUMNS);
        widthProperty().addListener(o -> fit());
        TreeTableColumn<Line, Line> name = column("case", 420);
        name.setCellFactory(c -> new NameCell());
        TreeTableColumn<Line, Line> result = column("result", 128);
        result.setMinWidth(RESULT);
        result.setCellFactory(c -> new TextCell(this::result, "muted"));
        TreeTableColumn<Line, Line> time = column("time", TIME);
        time.getStyleClass().add("right");
        time.setMinWidth(80);
        time.setMaxWidth(120);
        time.setCellFactory(c -> new TextCell(CaseTree::time, "mono", "right"));
        getColumns().add(name);
        getColumns().add(result);
        getColumns().add(time);
        setRowFactory(t -> new TreeTableRow<>() {
            @Override
            protected void updateItem(Line line, boolean empty) {
                super.updateItem(line, empty);
                pseudoClassStateChanged(
                        BAD,
                        !empty
                                && line instanceof Line.OfCase c
                                && c.result().state().isBad());
            }
        });
        getSelectionModel().selectedItemProperty().addListener((o, was, is) -> {
            if (!filling && is != null && is.getValue() instanceof Line.OfCase c) {
                chosen.accept(c.result().id());
            }
        });
    }

    /** What a case is called needs more room than how it ended; a finding takes what a wide view has to spare. */
    private void fit() {
        double room = getWidth() - SCROLL_BAR - TIME;
        double result = Math.clamp(room - NAME, RESULT, room / 2);
        getColumns().get(1).setPrefWidth(result);
        getColumns().get(0).setPrefWidth(room - result);
    }

    private TreeTableColumn<Line, Line> column(String key, double width) {
        TreeTableColumn<Line, Line> column = new TreeTableColumn<>(texts.get("cases." + key));
        column.setId("case-" + key);
        column.setPrefWidth(width);
        column.setSortable(false);
        column.setCellValueFactory(f -> new ReadOnlyObjectWrapper<>(f.getValue().getValue()));
        return column;
    }

    /** Shows a run; rows stay where they are while only their state changes. */
    void show(RunResult run, Show show, String query) {
        filling = true;
        List<String> wanted = new ArrayList<>();
        List<TreeItem<Line>> items =
                show == Show.SLOWEST ? flat(run, show, query, wanted) : grouped(run, show, query, wanted);
        if (wanted.equals(shape)) {
            update(top, items);
        } else {
            top.getChildren().setAll(items);
            shape = wanted;
        }
        filling = false;
    }

    private List<TreeItem<Line>> flat(RunResult run, Show show, String query, List<String> ids) {
        return run.cases().stream()
                .filter(c -> RunView.matches(c, show, query) && c.durationNanos() > 0)
                .sorted(Comparator.comparingLong(CaseResult::durationNanos).reversed())
                .map(c -> {
                    ids.add(c.id());
                    return new TreeItem<Line>(new Line.OfCase(c));
                })
                .toList();
    }

    private List<TreeItem<Line>> grouped(RunResult run, Show show, String query, List<String> ids) {
        List<TreeItem<Line>> groups = new ArrayList<>();
        for (GroupResult group : run.groups()) {
            TreeItem<Line> item = new TreeItem<>(new Line.OfGroup(group));
            for (CaseResult c : group.cases()) {
                if (RunView.matches(c, show, query)) {
                    ids.add(c.id());
                    item.getChildren().add(new TreeItem<>(new Line.OfCase(c)));
                }
            }
            if (!item.getChildren().isEmpty()) {
                ids.add(group.id());
                item.setExpanded(!collapsed.contains(group.id()));
                item.expandedProperty().addListener((o, was, is) -> {
                    if (is) {
                        collapsed.remove(group.id());
                    } else {
                        collapsed.add(group.id());
                    }
                });
                groups.add(item);
            }
        }
        return groups;
    }

    private static void update(TreeItem<Line> parent, List<TreeItem<Line>> items) {
        for (int i = 0; i < items.size(); i++) {
            TreeItem<Line> old = parent.getChildren().get(i);
            if (!old.getValue().equals(items.get(i).getValue())) {
                old.setValue(items.get(i).getValue());
            }
            update(old, items.get(i).getChildren());
        }
    }

    /** Selects a case and brings it into sight. */
    void select(String id) {
        if (id.isEmpty()
                || getSelectionModel().getSelectedItem() != null
                        && getSelectionModel().getSelectedItem().getValue() instanceof Line.OfCase c
                        && c.result().id().equals(id)) {
            return;
        }
        for (TreeItem<Line> item : all(top)) {
            if (item.getValue() instanceof Line.OfCase c && c.result().id().equals(id)) {
                filling = true;
                item.getParent().setExpanded(true);
                getSelectionModel().select(item);
                scrollTo(Math.max(0, getRow(item) - 4));
                filling = false;
                return;
            }
        }
    }

    private static List<TreeItem<Line>> all(TreeItem<Line> item) {
        List<TreeItem<Line>> found = new ArrayList<>(item.getChildren());
        item.getChildren().forEach(c -> found.addAll(all(c)));
        return found;
    }

    private String result(Line line) {
        return switch (line) {
            case Line.OfCase c ->
                c.result().state() == State.PASSED ? "" : c.result().finding();
            case Line.OfGroup g -> {
                long bad = g.group().count(State.FAILED) + g.group().count(State.ERROR);
                long done = g.group().cases().stream()
                        .filter(c -> c.state().isDone())
                        .count();
                long skipped = g.group().count(State.SKIPPED);
                String text = done < g.group().cases().size()
                        ? texts.get("cases.doneOf", done, g.group().cases().size())
                        : texts.get("cases.passed", g.group().count(State.PASSED));
                text += bad > 0 ? texts.get("cases.failed", bad) : "";
                yield text + (skipped > 0 ? texts.get("cases.skipped", skipped) : "");
            }
        };
    }

    private static String time(Line line) {
        return switch (line) {
            case Line.OfCase c -> States.time(c.result().durationNanos());
            case Line.OfGroup g -> States.time(g.group().duration().toNanos());
        };
    }

    private static final class NameCell extends TreeTableCell<Line, Line> {
        private final StatusIcon icon = new StatusIcon(StatusIcon.State.PENDING);

        @Override
        protected void updateItem(Line line, boolean empty) {
            super.updateItem(line, empty);
            boolean nothing = empty || line == null;
            setGraphic(nothing ? null : icon);
            getStyleClass().remove("strong");
            if (nothing) {
                setText(null);
                return;
            }
            switch (line) {
                case Line.OfGroup g -> {
                    setText(g.group().title());
                    getStyleClass().add("strong");
                    icon.show(States.icon(g.group().state()));
                }
                case Line.OfCase c -> {
                    setText(c.result().title());
                    icon.show(States.icon(c.result().state()));
                }
            }
        }
    }

    private static final class TextCell extends TreeTableCell<Line, Line> {
        private final Function<Line, String> text;

        TextCell(Function<Line, String> text, String... styleClasses) {
            this.text = Objects.requireNonNull(text);
            getStyleClass().addAll(styleClasses);
        }

        @Override
        protected void updateItem(Line line, boolean empty) {
            super.updateItem(line, empty);
            setText(empty || line == null ? null : text.apply(line));
            getStyleClass().remove("bad");
            if (!empty && line instanceof Line.OfCase c && c.result().state().isBad()) {
                getStyleClass().add("bad");
            }
        }
    }
}
