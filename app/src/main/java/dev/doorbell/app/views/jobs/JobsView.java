package dev.doorbell.app.views.jobs;

import dev.doorbell.app.controls.EmptyState;
import dev.doorbell.app.controls.Icons;
import dev.doorbell.plugin.Job;
import dev.doorbell.plugin.Texts;
import dev.doorbell.plugin.View;
import dev.doorbell.plugin.ViewContext;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import javafx.beans.InvalidationListener;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.ListView;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.StackPane;

/** The list of jobs, newest first. */
final class JobsView implements View {
    private static final Texts TEXTS = Texts.of(JobsView.class);

    private final ViewContext context;
    private final ListView<Job<?>> list;
    private final StackPane node = new StackPane();
    private final Set<Job<?>> hidden = new HashSet<>();

    JobsView(ViewContext context) {
        this.context = context;
        list = new ListView<>();
        list.setId("jobs-list");
        list.setCellFactory(v -> new JobCell());
        list.getStyleClass().add("tall-rows");
        var empty = new EmptyState("mdi2p-progress-clock", TEXTS.get("empty"));
        node.getChildren().addAll(list, empty);
        empty.visibleProperty().bind(javafx.beans.binding.Bindings.isEmpty(list.getItems()));
        InvalidationListener changed = o -> fill();
        var jobs = context.workbench().jobs().all();
        jobs.addListener(changed);
        context.own(() -> jobs.removeListener(changed));
        context.onPulse(this::tick);
        fill();
    }

    private void fill() {
        var jobs = context.workbench().jobs().all();
        hidden.retainAll(jobs);
        list.getItems().setAll(jobs.stream().filter(j -> !hidden.contains(j)).toList());
    }

    /** Times go on while nothing else changes. */
    private void tick() {
        list.lookupAll(".list-cell").forEach(n -> {
            if (n instanceof JobCell cell) {
                cell.tick();
            }
        });
    }

    @Override
    public Node node() {
        return node;
    }

    @Override
    public List<Node> tabActions() {
        var clear = new Button("", Icons.of("mdi2n-notification-clear-all"));
        clear.getStyleClass().add("icon-button");
        clear.setTooltip(new Tooltip(TEXTS.get("clear")));
        clear.setOnAction(e -> {
            context.workbench().jobs().all().stream()
                    .filter(j -> j.state().getValue().ended())
                    .forEach(hidden::add);
            fill();
        });
        return List.of(clear);
    }
}
