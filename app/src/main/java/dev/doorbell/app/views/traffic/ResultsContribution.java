package dev.doorbell.app.views.traffic;

import dev.doorbell.plugin.Area;
import dev.doorbell.plugin.Perspective;
import dev.doorbell.plugin.Placement;
import dev.doorbell.plugin.Texts;
import dev.doorbell.plugin.View;
import dev.doorbell.plugin.ViewContext;
import dev.doorbell.plugin.ViewContribution;
import java.util.List;

/** Names {@link ResultsView} to the workbench. */
public final class ResultsContribution implements ViewContribution {
    @Override
    public String id() {
        return "results";
    }

    @Override
    public String title() {
        return Texts.of(ResultsContribution.class).get("title.results");
    }

    @Override
    public String icon() {
        return "mdi2t-table";
    }

    @Override
    public List<Placement> placements() {
        return List.of(Placement.in(Perspective.TRAFFIC, Area.BOTTOM, 10));
    }

    @Override
    public String keywords() {
        return "worker qpair iops errors";
    }

    @Override
    public View create(ViewContext context) {
        return new ResultsView(context);
    }
}
