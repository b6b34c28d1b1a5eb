package dev.doorbell.app.views.plans;

import dev.doorbell.plugin.Area;
import dev.doorbell.plugin.Perspective;
import dev.doorbell.plugin.Placement;
import dev.doorbell.plugin.Texts;
import dev.doorbell.plugin.View;
import dev.doorbell.plugin.ViewContext;
import dev.doorbell.plugin.ViewContribution;
import java.util.List;

/** Names {@link LogView} to the workbench. */
public final class LogContribution implements ViewContribution {
    @Override
    public String id() {
        return "runlog";
    }

    @Override
    public String title() {
        return Texts.of(LogContribution.class).get("title.log");
    }

    @Override
    public String icon() {
        return "mdi2t-text-box-outline";
    }

    @Override
    public List<Placement> placements() {
        return List.of(Placement.in(Perspective.TEST, Area.BOTTOM, 10));
    }

    @Override
    public String keywords() {
        return "test log messages";
    }

    @Override
    public View create(ViewContext context) {
        return new LogView(context);
    }
}
