package dev.doorbell.app.views.identify;

import dev.doorbell.plugin.Area;
import dev.doorbell.plugin.Perspective;
import dev.doorbell.plugin.Placement;
import dev.doorbell.plugin.Texts;
import dev.doorbell.plugin.View;
import dev.doorbell.plugin.ViewContext;
import dev.doorbell.plugin.ViewContribution;
import java.util.List;

/** Names the Identify view to the workbench. */
public final class IdentifyContribution implements ViewContribution {
    @Override
    public String id() {
        return "identify";
    }

    @Override
    public String title() {
        return Texts.of(IdentifyContribution.class).get("title");
    }

    @Override
    public String icon() {
        return "mdi2c-card-account-details-outline";
    }

    @Override
    public List<Placement> placements() {
        return List.of(Placement.in(Perspective.EXPLORE, Area.CENTER, 10));
    }

    @Override
    public String keywords() {
        return "cns namespace controller vid model serial structure";
    }

    @Override
    public View create(ViewContext context) {
        return new IdentifyView(context);
    }
}
