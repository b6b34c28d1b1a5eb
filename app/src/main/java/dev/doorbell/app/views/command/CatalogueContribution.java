package dev.doorbell.app.views.command;

import dev.doorbell.plugin.Area;
import dev.doorbell.plugin.Perspective;
import dev.doorbell.plugin.Placement;
import dev.doorbell.plugin.Texts;
import dev.doorbell.plugin.View;
import dev.doorbell.plugin.ViewContext;
import dev.doorbell.plugin.ViewContribution;
import java.util.List;

/** Names {@link CatalogueView} to the workbench. */
public final class CatalogueContribution implements ViewContribution {
    @Override
    public String id() {
        return "command-catalogue";
    }

    @Override
    public String title() {
        return Texts.of(CatalogueContribution.class).get("title.catalogue");
    }

    @Override
    public String icon() {
        return "mdi2b-book-open-variant";
    }

    @Override
    public List<Placement> placements() {
        return List.of(Placement.in(Perspective.EXPLORE, Area.LEFT, 20));
    }

    @Override
    public String keywords() {
        return "commands opcodes";
    }

    @Override
    public View create(ViewContext context) {
        return new CatalogueView(context);
    }
}
