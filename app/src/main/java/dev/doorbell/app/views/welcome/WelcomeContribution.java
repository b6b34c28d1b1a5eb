package dev.doorbell.app.views.welcome;

import dev.doorbell.plugin.Area;
import dev.doorbell.plugin.Perspective;
import dev.doorbell.plugin.Placement;
import dev.doorbell.plugin.Texts;
import dev.doorbell.plugin.View;
import dev.doorbell.plugin.ViewContext;
import dev.doorbell.plugin.ViewContribution;
import java.util.List;

/** The Welcome view. */
public final class WelcomeContribution implements ViewContribution {
    @Override
    public String id() {
        return "welcome";
    }

    @Override
    public String title() {
        return Texts.of(WelcomeContribution.class).get("title");
    }

    @Override
    public String icon() {
        return "mdi2b-bell-ring-outline";
    }

    @Override
    public List<Placement> placements() {
        return List.of(Placement.onDemand(Perspective.EXPLORE, Area.CENTER, 1));
    }

    @Override
    public String keywords() {
        return "start first tutorial";
    }

    @Override
    public View create(ViewContext context) {
        return new WelcomeView(context);
    }
}
