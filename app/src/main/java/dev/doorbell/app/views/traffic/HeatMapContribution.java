package dev.doorbell.app.views.traffic;

import dev.doorbell.plugin.Area;
import dev.doorbell.plugin.Perspective;
import dev.doorbell.plugin.Placement;
import dev.doorbell.plugin.Texts;
import dev.doorbell.plugin.View;
import dev.doorbell.plugin.ViewContext;
import dev.doorbell.plugin.ViewContribution;
import java.util.List;

/** Names {@link HeatMapView} to the workbench. */
public final class HeatMapContribution implements ViewContribution {
    @Override
    public String id() {
        return "heatmap";
    }

    @Override
    public String title() {
        return Texts.of(HeatMapContribution.class).get("title.heatmap");
    }

    @Override
    public String icon() {
        return "mdi2g-grid";
    }

    @Override
    public List<Placement> placements() {
        return List.of(Placement.in(Perspective.TRAFFIC, Area.RIGHT, 20));
    }

    @Override
    public String keywords() {
        return "latency time spread percentile";
    }

    @Override
    public View create(ViewContext context) {
        return new HeatMapView(context);
    }
}
