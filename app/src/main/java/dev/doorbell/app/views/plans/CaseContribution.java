package dev.doorbell.app.views.plans;

import dev.doorbell.plugin.Area;
import dev.doorbell.plugin.Perspective;
import dev.doorbell.plugin.Placement;
import dev.doorbell.plugin.Texts;
import dev.doorbell.plugin.View;
import dev.doorbell.plugin.ViewContext;
import dev.doorbell.plugin.ViewContribution;
import java.util.List;

/** Names {@link CaseView} to the workbench. */
public final class CaseContribution implements ViewContribution {
    @Override
    public String id() {
        return "case";
    }

    @Override
    public String title() {
        return Texts.of(CaseContribution.class).get("title.case");
    }

    @Override
    public String icon() {
        return "mdi2t-text-box-search-outline";
    }

    @Override
    public List<Placement> placements() {
        return List.of(Placement.in(Perspective.TEST, Area.RIGHT, 10));
    }

    @Override
    public String keywords() {
        return "finding expected got";
    }

    @Override
    public View create(ViewContext context) {
        return new CaseView(context);
    }
}
