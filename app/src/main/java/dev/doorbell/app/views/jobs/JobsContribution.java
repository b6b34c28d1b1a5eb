package dev.doorbell.app.views.jobs;

import dev.doorbell.plugin.Area;
import dev.doorbell.plugin.Perspective;
import dev.doorbell.plugin.Placement;
import dev.doorbell.plugin.Texts;
import dev.doorbell.plugin.View;
import dev.doorbell.plugin.ViewContext;
import dev.doorbell.plugin.ViewContribution;
import java.util.List;

/** The Jobs view. */
public final class JobsContribution implements ViewContribution {
    @Override
    public String id() {
        return "jobs";
    }

    @Override
    public String title() {
        return Texts.of(JobsContribution.class).get("title");
    }

    @Override
    public String icon() {
        return "mdi2p-progress-clock";
    }

    @Override
    public List<Placement> placements() {
        return List.of(
                Placement.in(Perspective.EXPLORE, Area.BOTTOM, 40),
                Placement.in(Perspective.TRAFFIC, Area.BOTTOM, 60),
                Placement.in(Perspective.TEST, Area.BOTTOM, 60));
    }

    @Override
    public String keywords() {
        return "progress cancel running";
    }

    @Override
    public void tab(ViewContext context) {
        var jobs = context.workbench().jobs();
        context.watch(jobs.running(), context.badge()::set);
    }

    @Override
    public View create(ViewContext context) {
        return new JobsView(context);
    }
}
