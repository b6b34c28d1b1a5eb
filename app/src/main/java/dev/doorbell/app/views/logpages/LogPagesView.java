package dev.doorbell.app.views.logpages;

import dev.doorbell.app.controls.FieldTree;
import dev.doorbell.app.controls.FieldsPane;
import dev.doorbell.app.controls.SearchField;
import dev.doorbell.app.views.reading.ReadingPane;
import dev.doorbell.app.views.reading.Source;
import dev.doorbell.plugin.Memento;
import dev.doorbell.plugin.Texts;
import dev.doorbell.plugin.View;
import dev.doorbell.plugin.ViewContext;
import dev.doorbell.spec.Decoded;
import dev.doorbell.spec.LogPageSpec;
import dev.doorbell.spec.StructureSpec;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import javafx.collections.FXCollections;
import javafx.collections.transformation.FilteredList;
import javafx.scene.Node;
import javafx.scene.control.Label;
import javafx.scene.control.ListCell;
import javafx.scene.control.ListView;
import javafx.scene.control.SplitPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.VBox;

/** A list of log pages beside the fields and bytes of the chosen one. */
final class LogPagesView implements View {
    private static final int WHOLE_CONTROLLER = -1;
    private static final int SMART = 0x02;
    private static final double ROW = 24;

    private final Texts texts;
    private final ReadingPane pane;
    private final ListView<LogPageSpec> list = new ListView<>();
    private final FilteredList<LogPageSpec> pages;
    private final SplitPane split = new SplitPane();

    LogPagesView(ViewContext context) {
        texts = context.texts(LogPagesView.class);
        pane = new ReadingPane(context, new FieldsPane(new FieldTree().byTitle(), 0));
        pages = new FilteredList<>(FXCollections.observableArrayList(
                context.workbench().catalogue().logPages()));
        list.setItems(pages);
        list.setId("log-list");
        list.setFixedCellSize(ROW);
        list.setCellFactory(l -> new PageCell());
        list.getSelectionModel().selectedItemProperty().addListener((o, was, is) -> {
            if (is != null) {
                show(is);
            }
        });
        SearchField search = new SearchField("mdi2m-magnify", texts.get("search"), "");
        search.input().textProperty().addListener(o -> filter(search.query()));
        HBox bar = new HBox(search);
        bar.getStyleClass().add("view-toolbar");
        HBox.setHgrow(search, Priority.ALWAYS);
        search.setMaxWidth(Double.MAX_VALUE);
        VBox.setVgrow(list, Priority.ALWAYS);
        VBox left = new VBox(bar, list);
        left.setMinWidth(120);
        left.setPrefWidth(220);
        SplitPane.setResizableWithParent(left, false);
        split.getItems().addAll(left, pane);
        split.setDividerPositions(0.24);
        choose(SMART);
    }

    @Override
    public Node node() {
        return split;
    }

    @Override
    public boolean refreshable() {
        return true;
    }

    @Override
    public void refresh() {
        pane.refresh();
    }

    @Override
    public void find() {
        pane.find();
    }

    @Override
    public void open(Object argument) {
        switch (argument) {
            case LogPageSpec page -> choose(page.lid());
            case Integer lid -> choose(lid);
            case StructureSpec structure ->
                pages.getSource().stream()
                        .filter(p -> p.structure().equals(Optional.of(structure)))
                        .findFirst()
                        .ifPresent(p -> choose(p.lid()));
            case String path -> pane.open(path);
            default -> {}
        }
    }

    @Override
    public Object place() {
        return Optional.ofNullable(list.getSelectionModel().getSelectedItem())
                .<Object>map(p -> p)
                .orElse("");
    }

    @Override
    public void save(Memento memento) {
        pane.save(memento);
        Optional.ofNullable(list.getSelectionModel().getSelectedItem()).ifPresent(p -> memento.put("lid", p.lid()));
    }

    @Override
    public void restore(Memento memento) {
        pane.restore(memento);
        choose(memento.getInt("lid", SMART));
    }

    private void filter(String query) {
        String wanted = query.toLowerCase(Locale.ROOT);
        pages.setPredicate(p -> (number(p) + " " + p.name() + " " + p.title())
                .toLowerCase(Locale.ROOT)
                .contains(wanted));
    }

    private void choose(int lid) {
        pages.setPredicate(null);
        pages.stream()
                .filter(p -> p.lid() == lid)
                .findFirst()
                .ifPresent(p -> list.getSelectionModel().select(p));
    }

    /** Retain Asynchronous Event is set: looking at a page must not take an event from whoever waits for it. */
    private void show(LogPageSpec page) {
        pane.setSource(new Source(
                "log/" + page.lid() + "/" + Integer.toUnsignedString(WHOLE_CONTROLLER),
                List.of(texts.get("title"), page.title()),
                c -> c.logPage(page.lid(), WHOLE_CONTROLLER, Math.max(4, page.bytes()), 0, 0, true),
                data -> decode(page, data)));
    }

    private static Decoded decode(LogPageSpec page, byte[] data) {
        return page.structure()
                .orElseGet(() -> new StructureSpec("raw", page.title(), 0, page.ref(), page.text(), List.of()))
                .decode(data);
    }

    private static String number(LogPageSpec page) {
        return String.format("0x%02x", page.lid());
    }

    private static final class PageCell extends ListCell<LogPageSpec> {
        PageCell() {
            setPrefWidth(0);
        }

        @Override
        protected void updateItem(LogPageSpec page, boolean empty) {
            super.updateItem(page, empty);
            if (empty || page == null) {
                setGraphic(null);
                return;
            }
            Label lid = new Label(number(page));
            lid.getStyleClass().addAll("mono", "muted");
            lid.setMinWidth(40);
            Label title = new Label(page.title());
            title.setMinWidth(0);
            HBox line = new HBox(8, lid, title);
            line.getStyleClass().add("row");
            setGraphic(line);
        }
    }
}
