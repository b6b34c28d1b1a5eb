package dev.doorbell.app.views.command;

import dev.doorbell.plugin.Area;
import dev.doorbell.plugin.Perspective;
import dev.doorbell.plugin.Placement;
import dev.doorbell.plugin.Texts;
import dev.doorbell.plugin.View;
import dev.doorbell.plugin.ViewContext;
import dev.doorbell.plugin.ViewContribution;
import java.util.List;

/** Names {@link TargetView} to the workbench. */
public final class TargetContribution implements ViewContribution {
    @Override
    public String id() {
        return "command-target";
    }

    @Override
    public String title() {
        return Texts.of(TargetContribution.class).get("title.target");
    }

    @Override
    public String icon() {
        return "mdi2t-target";
    }

    @Override
    public List<Placement> placements() {
        return List.of(Placement.in(Perspective.EXPLORE, Area.RIGHT, 20));
    }

    @Override
    public String keywords() {
        return "buffer queue data expected status";
    }

    @Override
    public View create(ViewContext context) {
        return new TargetView(context);
    }
}
