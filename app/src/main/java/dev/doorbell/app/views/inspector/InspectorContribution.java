package dev.doorbell.app.views.inspector;

import dev.doorbell.plugin.Area;
import dev.doorbell.plugin.Perspective;
import dev.doorbell.plugin.Placement;
import dev.doorbell.plugin.Texts;
import dev.doorbell.plugin.View;
import dev.doorbell.plugin.ViewContext;
import dev.doorbell.plugin.ViewContribution;
import java.util.List;

/** Names the Inspector view to the workbench. */
public final class InspectorContribution implements ViewContribution {
    @Override
    public String id() {
        return "inspector";
    }

    @Override
    public String title() {
        return Texts.of(InspectorContribution.class).get("title");
    }

    @Override
    public String icon() {
        return "mdi2c-crosshairs-question";
    }

    @Override
    public List<Placement> placements() {
        return List.of(Placement.in(Perspective.EXPLORE, Area.RIGHT, 10));
    }

    @Override
    public String keywords() {
        return "bits field meaning explain";
    }

    @Override
    public View create(ViewContext context) {
        return new InspectorView(context);
    }
}
