package dev.doorbell.app.views.traffic;

import dev.doorbell.plugin.Action;
import dev.doorbell.plugin.ActionContribution;
import dev.doorbell.plugin.Perspective;
import dev.doorbell.plugin.Texts;
import dev.doorbell.plugin.Workbench;
import java.util.List;
import javafx.beans.property.SimpleBooleanProperty;

/** Starting and stopping the workload from menu and palette. */
public final class TrafficActions implements ActionContribution {
    @Override
    public List<Action> actions(Workbench workbench) {
        var texts = Texts.of(TrafficActions.class);
        var running = new SimpleBooleanProperty();
        var runs = TrafficDesk.of(workbench).runs();
        runs.current().subscribe(run -> {
            running.set(run.isPresent());
            run.ifPresent(r -> r.state().subscribe(s -> running.set(runs.isRunning())));
        });
        return List.of(
                Action.of("traffic.start", texts.get("action.start"), () -> {
                            workbench.navigation().show(Perspective.TRAFFIC);
                            TrafficDesk.of(workbench).start();
                        })
                        .icon("mdi2p-play")
                        .menu("run", 101)
                        .keywords("workload io traffic restart")
                        .enabledWhen(workbench.device().isNotNull()),
                Action.of("traffic.stop", texts.get("action.stop"), () -> runs.stop(texts.get("end.stopped")))
                        .icon("mdi2s-stop")
                        .menu("run", 102)
                        .keywords("workload io traffic end")
                        .enabledWhen(running));
    }
}
