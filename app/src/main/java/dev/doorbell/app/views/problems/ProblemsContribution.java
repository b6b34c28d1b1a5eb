package dev.doorbell.app.views.problems;

import dev.doorbell.plugin.Area;
import dev.doorbell.plugin.Perspective;
import dev.doorbell.plugin.Placement;
import dev.doorbell.plugin.Texts;
import dev.doorbell.plugin.View;
import dev.doorbell.plugin.ViewContext;
import dev.doorbell.plugin.ViewContribution;
import java.util.List;
import javafx.beans.binding.Bindings;

/** The Problems view. */
public final class ProblemsContribution implements ViewContribution {
    @Override
    public String id() {
        return "problems";
    }

    @Override
    public String title() {
        return Texts.of(ProblemsContribution.class).get("title");
    }

    @Override
    public String icon() {
        return "mdi2a-alert-outline";
    }

    @Override
    public List<Placement> placements() {
        return List.of(
                Placement.in(Perspective.EXPLORE, Area.BOTTOM, 30),
                Placement.onDemand(Perspective.TRAFFIC, Area.BOTTOM, 50),
                Placement.in(Perspective.TEST, Area.BOTTOM, 50));
    }

    @Override
    public String keywords() {
        return "errors warnings messages";
    }

    @Override
    public void tab(ViewContext context) {
        context.badge().bind(Bindings.size(context.workbench().problems().all()));
    }

    @Override
    public View create(ViewContext context) {
        return new ProblemsView(context);
    }
}
