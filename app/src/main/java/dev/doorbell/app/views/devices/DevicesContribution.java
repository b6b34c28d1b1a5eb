package dev.doorbell.app.views.devices;

import dev.doorbell.plugin.Area;
import dev.doorbell.plugin.Perspective;
import dev.doorbell.plugin.Placement;
import dev.doorbell.plugin.Texts;
import dev.doorbell.plugin.View;
import dev.doorbell.plugin.ViewContext;
import dev.doorbell.plugin.ViewContribution;
import java.util.List;

/** The Devices view. */
public final class DevicesContribution implements ViewContribution {
    @Override
    public String id() {
        return "devices";
    }

    @Override
    public String title() {
        return Texts.of(DevicesContribution.class).get("title");
    }

    @Override
    public String icon() {
        return "mdi2f-format-list-bulleted-type";
    }

    @Override
    public List<Placement> placements() {
        return List.of(
                Placement.in(Perspective.EXPLORE, Area.LEFT, 10),
                Placement.onDemand(Perspective.TRAFFIC, Area.LEFT, 90),
                Placement.onDemand(Perspective.TEST, Area.LEFT, 90));
    }

    @Override
    public String keywords() {
        return "open close add address namespace qpair ssd";
    }

    @Override
    public View create(ViewContext context) {
        return new DevicesView(context);
    }
}
