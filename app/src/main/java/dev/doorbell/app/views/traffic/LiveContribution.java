package dev.doorbell.app.views.traffic;

import dev.doorbell.plugin.Area;
import dev.doorbell.plugin.Perspective;
import dev.doorbell.plugin.Placement;
import dev.doorbell.plugin.Texts;
import dev.doorbell.plugin.View;
import dev.doorbell.plugin.ViewContext;
import dev.doorbell.plugin.ViewContribution;
import java.util.List;

/** Names {@link LiveView} to the workbench. */
public final class LiveContribution implements ViewContribution {
    @Override
    public String id() {
        return "live";
    }

    @Override
    public String title() {
        return Texts.of(LiveContribution.class).get("title.live");
    }

    @Override
    public String icon() {
        return "mdi2p-pulse";
    }

    @Override
    public List<Placement> placements() {
        return List.of(Placement.in(Perspective.TRAFFIC, Area.CENTER, 10));
    }

    @Override
    public String keywords() {
        return "chart iops bandwidth latency temperature";
    }

    @Override
    public View create(ViewContext context) {
        return new LiveView(context);
    }
}
