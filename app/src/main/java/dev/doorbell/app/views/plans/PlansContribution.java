package dev.doorbell.app.views.plans;

import dev.doorbell.plugin.Area;
import dev.doorbell.plugin.Perspective;
import dev.doorbell.plugin.Placement;
import dev.doorbell.plugin.Texts;
import dev.doorbell.plugin.View;
import dev.doorbell.plugin.ViewContext;
import dev.doorbell.plugin.ViewContribution;
import java.util.List;

/** Names {@link PlansView} to the workbench. */
public final class PlansContribution implements ViewContribution {
    @Override
    public String id() {
        return "plans";
    }

    @Override
    public String title() {
        return Texts.of(PlansContribution.class).get("title.plans");
    }

    @Override
    public String icon() {
        return "mdi2p-playlist-check";
    }

    @Override
    public List<Placement> placements() {
        return List.of(Placement.in(Perspective.TEST, Area.LEFT, 10));
    }

    @Override
    public String keywords() {
        return "test plan case smoke";
    }

    @Override
    public View create(ViewContext context) {
        return new PlansView(context);
    }
}
