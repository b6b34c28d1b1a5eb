package dev.doorbell.app.views.console;

import dev.doorbell.plugin.Area;
import dev.doorbell.plugin.Perspective;
import dev.doorbell.plugin.Placement;
import dev.doorbell.plugin.Texts;
import dev.doorbell.plugin.View;
import dev.doorbell.plugin.ViewContext;
import dev.doorbell.plugin.ViewContribution;
import java.util.List;

/** The Console: what the program does, as it logs it. */
public final class ConsoleContribution implements ViewContribution {
    @Override
    public String id() {
        return "console";
    }

    @Override
    public String title() {
        return Texts.of(ConsoleContribution.class).get("title");
    }

    @Override
    public String icon() {
        return "mdi2c-console";
    }

    @Override
    public List<Placement> placements() {
        return List.of(
                Placement.in(Perspective.EXPLORE, Area.BOTTOM, 20),
                Placement.onDemand(Perspective.TRAFFIC, Area.BOTTOM, 40),
                Placement.onDemand(Perspective.TEST, Area.BOTTOM, 40));
    }

    @Override
    public String keywords() {
        return "log messages output";
    }

    @Override
    public View create(ViewContext context) {
        return new ConsoleView(context);
    }
}
