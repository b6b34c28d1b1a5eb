package dev.doorbell.app.views.traffic;

import dev.doorbell.app.controls.Icons;
import dev.doorbell.driver.Qpair;
import dev.doorbell.plugin.DeviceSession;
import dev.doorbell.plugin.Texts;
import dev.doorbell.plugin.View;
import dev.doorbell.plugin.ViewContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javafx.collections.ListChangeListener;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.MenuButton;
import javafx.scene.control.MenuItem;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.BorderPane;

/** What each worker has done, what earlier runs did, and the qpairs below. */
final class ResultsView implements View {
    private static final int BEATS = 2;

    private final ViewContext context;
    private final TrafficDesk desk;
    private final Texts texts;
    private final BorderPane root = new BorderPane();
    private final ResultsTable table;
    private final QpairStrip strip;
    private final Button clear = new Button(null, Icons.small("mdi2d-delete-sweep-outline"));
    private final MenuButton export = new MenuButton(null, Icons.small("mdi2e-export-variant"));
    private int beat;

    ResultsView(ViewContext context) {
        this.context = context;
        desk = TrafficDesk.of(context.workbench());
        texts = desk.texts();
        table = new ResultsTable(texts);
        strip = new QpairStrip(desk);
        root.getStyleClass().addAll("view", "results-view");
        root.setCenter(table);
        root.setBottom(strip);
        table.getSelectionModel().selectedItemProperty().addListener((o, was, is) -> choose(is));
        clear.setId("results-clear");
        clear.getStyleClass().add("icon-button");
        clear.setTooltip(new Tooltip(texts.get("results.clear")));
        clear.setOnAction(e -> desk.runs().clear());
        export.setId("results-export");
        export.getStyleClass().add("icon-button");
        export.setTooltip(new Tooltip(texts.get("export")));
        export.getItems()
                .setAll(
                        item(
                                "export.csv",
                                () -> save(
                                        "results.csv",
                                        "*.csv",
                                        ResultsExport.csv(desk.runs().all()))),
                        item(
                                "export.json",
                                () -> save(
                                        "results.json",
                                        "*.json",
                                        ResultsExport.json(desk.runs().all()))));
        desk.runs().all().addListener((ListChangeListener<TrafficRun>) c -> rebuild());
        context.watch(desk.runs().current(), run -> {
            run.ifPresent(r -> context.watch(r.state(), s -> rebuild()));
            rebuild();
        });
        context.watch(context.device(), session -> strip.show(queues(session)));
        context.onPulse(this::beat);
    }

    private static List<Qpair.Info> queues(DeviceSession session) {
        return session == null ? List.of() : session.queues().getValue();
    }

    private MenuItem item(String key, Runnable run) {
        var item = new MenuItem(texts.get(key));
        item.setOnAction(e -> run.run());
        return item;
    }

    private void save(String name, String pattern, String content) {
        TrafficExport.text(context.workbench(), texts, root, name, pattern, content);
    }

    /** A worker of the run in sight becomes the one that the histogram shows. */
    private void choose(ResultRow row) {
        desk.runs().focus().set(Optional.ofNullable(row).flatMap(ResultRow::worker));
    }

    private void rebuild() {
        List<ResultRow> rows = new ArrayList<>();
        var codes = context.workbench().catalogue().statusCodes();
        boolean newest = true;
        for (var run : desk.runs().all()) {
            rows.add(new ResultRow(texts, codes, run, Optional.empty(), !newest));
            if (newest) {
                run.workers().forEach(w -> rows.add(new ResultRow(texts, codes, run, Optional.of(w), false)));
            }
            newest = false;
        }
        boolean same = rows.size() == table.getItems().size()
                && rows.stream().allMatch(r -> table.getItems().stream().anyMatch(t -> alike(r, t)));
        if (same) {
            table.getItems().forEach(ResultRow::update);
        } else {
            table.getItems().setAll(rows);
        }
        clear.setDisable(rows.isEmpty());
        export.setDisable(rows.isEmpty());
    }

    private static boolean alike(ResultRow a, ResultRow b) {
        return a.run() == b.run()
                && a.worker().equals(b.worker())
                && a.cell(ResultRow.Column.WORKER)
                        .get()
                        .equals(b.cell(ResultRow.Column.WORKER).get());
    }

    private void beat() {
        if (beat++ % BEATS == 0) {
            table.getItems().forEach(ResultRow::update);
            strip.show(queues(context.device().getValue()));
        }
    }

    @Override
    public Node node() {
        return root;
    }

    @Override
    public List<Node> tabActions() {
        return List.of(clear, export);
    }
}
