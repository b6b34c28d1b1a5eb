package dev.doorbell.app.views.plans;

import dev.doorbell.plugin.Area;
import dev.doorbell.plugin.Perspective;
import dev.doorbell.plugin.Placement;
import dev.doorbell.plugin.Texts;
import dev.doorbell.plugin.View;
import dev.doorbell.plugin.ViewContext;
import dev.doorbell.plugin.ViewContribution;
import java.util.List;

/** Names {@link RunView} to the workbench. */
public final class RunContribution implements ViewContribution {
    @Override
    public String id() {
        return "run";
    }

    @Override
    public String title() {
        return Texts.of(RunContribution.class).get("title.run");
    }

    @Override
    public String icon() {
        return "mdi2p-play-circle-outline";
    }

    @Override
    public List<Placement> placements() {
        return List.of(Placement.in(Perspective.TEST, Area.CENTER, 10));
    }

    @Override
    public String keywords() {
        return "test progress results report";
    }

    @Override
    public View create(ViewContext context) {
        return new RunView(context);
    }
}
