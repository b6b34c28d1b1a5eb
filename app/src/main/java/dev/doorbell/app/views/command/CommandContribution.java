package dev.doorbell.app.views.command;

import dev.doorbell.plugin.Area;
import dev.doorbell.plugin.Perspective;
import dev.doorbell.plugin.Placement;
import dev.doorbell.plugin.Texts;
import dev.doorbell.plugin.View;
import dev.doorbell.plugin.ViewContext;
import dev.doorbell.plugin.ViewContribution;
import java.util.List;

/** Names {@link CommandView} to the workbench. */
public final class CommandContribution implements ViewContribution {
    @Override
    public String id() {
        return "command";
    }

    @Override
    public String title() {
        return Texts.of(CommandContribution.class).get("title.command");
    }

    @Override
    public String icon() {
        return "mdi2s-send";
    }

    @Override
    public List<Placement> placements() {
        return List.of(Placement.in(Perspective.EXPLORE, Area.CENTER, 60));
    }

    @Override
    public String keywords() {
        return "send command sqe opcode raw passthrough";
    }

    @Override
    public View create(ViewContext context) {
        return new CommandView(context);
    }
}
