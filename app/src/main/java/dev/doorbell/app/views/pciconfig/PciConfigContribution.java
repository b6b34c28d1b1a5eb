package dev.doorbell.app.views.pciconfig;

import dev.doorbell.plugin.Area;
import dev.doorbell.plugin.Perspective;
import dev.doorbell.plugin.Placement;
import dev.doorbell.plugin.Texts;
import dev.doorbell.plugin.View;
import dev.doorbell.plugin.ViewContext;
import dev.doorbell.plugin.ViewContribution;
import java.util.List;

/** Names the PCI config view to the workbench. */
public final class PciConfigContribution implements ViewContribution {
    @Override
    public String id() {
        return "pciconfig";
    }

    @Override
    public String title() {
        return Texts.of(PciConfigContribution.class).get("title");
    }

    @Override
    public String icon() {
        return "mdi2e-expansion-card";
    }

    @Override
    public List<Placement> placements() {
        return List.of(Placement.in(Perspective.EXPLORE, Area.CENTER, 20));
    }

    @Override
    public String keywords() {
        return "config space capability bar msi-x pcie";
    }

    @Override
    public View create(ViewContext context) {
        return new PciConfigView(context);
    }
}
