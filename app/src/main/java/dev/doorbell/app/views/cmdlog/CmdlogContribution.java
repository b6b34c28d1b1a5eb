package dev.doorbell.app.views.cmdlog;

import dev.doorbell.plugin.Area;
import dev.doorbell.plugin.Perspective;
import dev.doorbell.plugin.Placement;
import dev.doorbell.plugin.Texts;
import dev.doorbell.plugin.View;
import dev.doorbell.plugin.ViewContext;
import dev.doorbell.plugin.ViewContribution;
import java.util.List;

/** Names the Cmdlog view to the workbench. */
public final class CmdlogContribution implements ViewContribution {
    @Override
    public String id() {
        return "cmdlog";
    }

    @Override
    public String title() {
        return Texts.of(CmdlogContribution.class).get("title");
    }

    @Override
    public String icon() {
        return "mdi2f-format-list-bulleted";
    }

    @Override
    public List<Placement> placements() {
        return List.of(
                Placement.in(Perspective.EXPLORE, Area.BOTTOM, 10),
                Placement.in(Perspective.TRAFFIC, Area.BOTTOM, 20),
                Placement.in(Perspective.TEST, Area.BOTTOM, 20));
    }

    @Override
    public String keywords() {
        return "command log sqe cqe completion latency trace";
    }

    @Override
    public View create(ViewContext context) {
        return new CmdlogView(context);
    }
}
