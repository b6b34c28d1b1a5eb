package dev.doorbell.app.views.logpages;

import dev.doorbell.plugin.Area;
import dev.doorbell.plugin.Perspective;
import dev.doorbell.plugin.Placement;
import dev.doorbell.plugin.Texts;
import dev.doorbell.plugin.View;
import dev.doorbell.plugin.ViewContext;
import dev.doorbell.plugin.ViewContribution;
import java.util.List;

/** Names the Log pages view to the workbench. */
public final class LogPagesContribution implements ViewContribution {
    @Override
    public String id() {
        return "logpages";
    }

    @Override
    public String title() {
        return Texts.of(LogPagesContribution.class).get("title");
    }

    @Override
    public String icon() {
        return "mdi2t-text-box-outline";
    }

    @Override
    public List<Placement> placements() {
        return List.of(Placement.in(Perspective.EXPLORE, Area.CENTER, 40));
    }

    @Override
    public String keywords() {
        return "smart health error firmware lid";
    }

    @Override
    public View create(ViewContext context) {
        return new LogPagesView(context);
    }
}
