package dev.doorbell.app.views.traffic;

import dev.doorbell.plugin.Area;
import dev.doorbell.plugin.Perspective;
import dev.doorbell.plugin.Placement;
import dev.doorbell.plugin.Texts;
import dev.doorbell.plugin.View;
import dev.doorbell.plugin.ViewContext;
import dev.doorbell.plugin.ViewContribution;
import java.util.List;

/** Names {@link HistogramView} to the workbench. */
public final class HistogramContribution implements ViewContribution {
    @Override
    public String id() {
        return "histogram";
    }

    @Override
    public String title() {
        return Texts.of(HistogramContribution.class).get("title.histogram");
    }

    @Override
    public String icon() {
        return "mdi2c-chart-histogram";
    }

    @Override
    public List<Placement> placements() {
        return List.of(Placement.in(Perspective.TRAFFIC, Area.RIGHT, 10));
    }

    @Override
    public String keywords() {
        return "latency percentile p99";
    }

    @Override
    public View create(ViewContext context) {
        return new HistogramView(context);
    }
}
