package dev.doorbell.app.views.registers;

import dev.doorbell.plugin.Area;
import dev.doorbell.plugin.Perspective;
import dev.doorbell.plugin.Placement;
import dev.doorbell.plugin.Texts;
import dev.doorbell.plugin.View;
import dev.doorbell.plugin.ViewContext;
import dev.doorbell.plugin.ViewContribution;
import java.util.List;

/** Names the Registers view to the workbench. */
public final class RegistersContribution implements ViewContribution {
    @Override
    public String id() {
        return "registers";
    }

    @Override
    public String title() {
        return Texts.of(RegistersContribution.class).get("title");
    }

    @Override
    public String icon() {
        return "mdi2m-memory";
    }

    @Override
    public List<Placement> placements() {
        return List.of(Placement.in(Perspective.EXPLORE, Area.CENTER, 30));
    }

    @Override
    public String keywords() {
        return "bar0 cap cc csts aqa doorbell";
    }

    @Override
    public View create(ViewContext context) {
        return new RegistersView(context);
    }
}
