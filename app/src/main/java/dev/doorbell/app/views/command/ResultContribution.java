package dev.doorbell.app.views.command;

import dev.doorbell.plugin.Area;
import dev.doorbell.plugin.Perspective;
import dev.doorbell.plugin.Placement;
import dev.doorbell.plugin.Texts;
import dev.doorbell.plugin.View;
import dev.doorbell.plugin.ViewContext;
import dev.doorbell.plugin.ViewContribution;
import java.util.List;

/** Names {@link ResultView} to the workbench. */
public final class ResultContribution implements ViewContribution {
    @Override
    public String id() {
        return "command-result";
    }

    @Override
    public String title() {
        return Texts.of(ResultContribution.class).get("title.result");
    }

    @Override
    public String icon() {
        return "mdi2a-arrow-down-bold-box-outline";
    }

    @Override
    public List<Placement> placements() {
        return List.of(Placement.in(Perspective.EXPLORE, Area.BOTTOM, 15));
    }

    @Override
    public String keywords() {
        return "completion cqe data history";
    }

    @Override
    public View create(ViewContext context) {
        return new ResultView(context);
    }
}
