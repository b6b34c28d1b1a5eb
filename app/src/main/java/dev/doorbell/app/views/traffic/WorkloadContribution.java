package dev.doorbell.app.views.traffic;

import dev.doorbell.plugin.Area;
import dev.doorbell.plugin.Perspective;
import dev.doorbell.plugin.Placement;
import dev.doorbell.plugin.Texts;
import dev.doorbell.plugin.View;
import dev.doorbell.plugin.ViewContext;
import dev.doorbell.plugin.ViewContribution;
import java.util.List;

/** Names {@link WorkloadView} to the workbench. */
public final class WorkloadContribution implements ViewContribution {
    @Override
    public String id() {
        return "workload";
    }

    @Override
    public String title() {
        return Texts.of(WorkloadContribution.class).get("title.workload");
    }

    @Override
    public String icon() {
        return "mdi2t-tune";
    }

    @Override
    public List<Placement> placements() {
        return List.of(Placement.in(Perspective.TRAFFIC, Area.LEFT, 10));
    }

    @Override
    public String keywords() {
        return "worker io traffic preset queue depth read write";
    }

    @Override
    public View create(ViewContext context) {
        return new WorkloadView(context);
    }
}
