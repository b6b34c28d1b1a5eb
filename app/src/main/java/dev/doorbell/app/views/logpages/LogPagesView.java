package dev.doorbell.app.views.logpages;

import dev.doorbell.app.controls.FieldTree;
import dev.doorbell.app.controls.FieldsPane;
import dev.doorbell.app.controls.SearchField;
import dev.doorbell.app.views.reading.NamespaceChooser;
import dev.doorbell.app.views.reading.NamespaceId;
import dev.doorbell.app.views.reading.ReadingPane;
import dev.doorbell.app.views.reading.ReadingView;
import dev.doorbell.app.views.reading.Source;
import dev.doorbell.plugin.Memento;
import dev.doorbell.plugin.Texts;
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
import javafx.scene.control.ComboBox;
import javafx.scene.control.Label;
import javafx.scene.control.ListCell;
import javafx.scene.control.ListView;
import javafx.scene.control.SplitPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;

/** A list of log pages beside the fields and bytes of the chosen one. */
final class LogPagesView extends ReadingView {
    private static final int SMART = 0x02;
    private static final double ROW = 24;
    /** The list shows the longest title. */
    private static final double LIST = 352;

    private static final double WIDE = 1100;

    private final Texts texts;
    private final ListView<LogPageSpec> list = new ListView<>();
    private final FilteredList<LogPageSpec> pages;
    private final NamespaceChooser namespace;
    private final SplitPane split = new SplitPane();
    private final ComboBox<LogPageSpec> chooser = new ComboBox<>();

    LogPagesView(ViewContext context) {
        super(new ReadingPane(context, new FieldsPane(new FieldTree().byTitle(), 0)));
        texts = context.texts(LogPagesView.class);
        namespace = new NamespaceChooser(context);
        namespace.setId("log-namespace");
        namespace.managedProperty().bind(namespace.visibleProperty());
        namespace.setOnChosen(id -> chosen().ifPresent(this::show));
        pages = new FilteredList<>(FXCollections.observableArrayList(
                context.workbench().catalogue().logPages()));
        list.setItems(pages);
        list.setId("log-list");
        list.setFixedCellSize(ROW);
        list.setCellFactory(l -> new PageCell());
        list.getSelectionModel().selectedItemProperty().addListener((o, was, is) -> {
            if (is != null) {
                chooser.setValue(is);
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
        SplitPane.setResizableWithParent(left, false);
        chooser.setItems(pages);
        chooser.setId("log-chooser");
        chooser.setCellFactory(l -> new PageCell());
        chooser.setButtonCell(new TitleCell());
        chooser.getStyleClass().add("small");
        chooser.setMinWidth(Region.USE_PREF_SIZE);
        chooser.valueProperty().addListener((o, was, is) -> {
            if (is != null) {
                list.getSelectionModel().select(is);
            }
        });
        pane().addChooser(chooser);
        pane().addChooser(namespace);
        split.getItems().addAll(left, pane());
        split.widthProperty().addListener(o -> fit(left));
        fit(left);
        choose(SMART);
    }

    /** The list where titles have room beside fields and bytes, else a chooser above them. */
    private void fit(VBox left) {
        boolean wide = split.getWidth() >= WIDE;
        chooser.setVisible(!wide);
        chooser.setManaged(!wide);
        if (wide && !split.getItems().contains(left)) {
            split.getItems().addFirst(left);
        } else if (!wide) {
            split.getItems().remove(left);
        }
        if (wide) {
            split.setDividerPositions(LIST / split.getWidth());
        }
    }

    @Override
    public Node node() {
        return split;
    }

    @Override
    protected void turnTo(Object what) {
        switch (what) {
            case LogPageSpec page -> choose(page.lid());
            case Integer lid -> choose(lid);
            case StructureSpec structure ->
                pages.getSource().stream()
                        .filter(p -> p.structures().contains(structure))
                        .findFirst()
                        .ifPresent(p -> choose(p.lid()));
            case NamespaceId id -> {
                if (chosen().filter(LogPageSpec::perNamespace).isEmpty()) {
                    choose(SMART);
                }
                namespace.choose(id);
            }
            default -> {}
        }
    }

    @Override
    protected Object what() {
        return chosen().<Object>map(p -> p).orElse("");
    }

    private Optional<LogPageSpec> chosen() {
        return Optional.ofNullable(list.getSelectionModel().getSelectedItem());
    }

    @Override
    public void save(Memento memento) {
        super.save(memento);
        chosen().ifPresent(p -> memento.put("lid", p.lid()));
    }

    @Override
    public void restore(Memento memento) {
        super.restore(memento);
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
        namespace.setVisible(page.perNamespace());
        int chosen = namespace.chosen().value();
        if (page.namespaceOnly() && (chosen == 0 || chosen == -1)) {
            // Which shows the page.
            namespace.choose(new NamespaceId(page.usualNsid(namespace.active())));
            return;
        }
        int nsid = page.perNamespace() ? chosen : page.usualNsid(List.of());
        String title = page.perNamespace()
                ? texts.get("of", page.title(), namespace.chosen().text())
                : page.title();
        pane().setSource(new Source(
                "log/" + page.lid() + "/" + Integer.toUnsignedString(nsid),
                List.of(texts.get("title"), title),
                c -> c.logPage(page.lid(), nsid, Math.max(4, page.bytes()), 0, 0, true),
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

    /** What the closed chooser shows. */
    private static final class TitleCell extends ListCell<LogPageSpec> {
        @Override
        protected void updateItem(LogPageSpec page, boolean empty) {
            super.updateItem(page, empty);
            setText(empty || page == null ? "" : page.title());
        }
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
