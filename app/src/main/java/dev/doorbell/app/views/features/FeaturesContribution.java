package dev.doorbell.app.views.features;

import dev.doorbell.plugin.Area;
import dev.doorbell.plugin.Perspective;
import dev.doorbell.plugin.Placement;
import dev.doorbell.plugin.Texts;
import dev.doorbell.plugin.View;
import dev.doorbell.plugin.ViewContext;
import dev.doorbell.plugin.ViewContribution;
import java.util.List;

/** Names the Features view to the workbench. */
public final class FeaturesContribution implements ViewContribution {
    @Override
    public String id() {
        return "features";
    }

    @Override
    public String title() {
        return Texts.of(FeaturesContribution.class).get("title");
    }

    @Override
    public String icon() {
        return "mdi2t-tune";
    }

    @Override
    public List<Placement> placements() {
        return List.of(Placement.in(Perspective.EXPLORE, Area.CENTER, 50));
    }

    @Override
    public String keywords() {
        return "get set feature fid";
    }

    @Override
    public View create(ViewContext context) {
        return new FeaturesView(context);
    }
}
