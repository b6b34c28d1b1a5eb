package dev.doorbell.app.views.faults;

import dev.doorbell.plugin.Area;
import dev.doorbell.plugin.DeviceSession;
import dev.doorbell.plugin.Perspective;
import dev.doorbell.plugin.Placement;
import dev.doorbell.plugin.Texts;
import dev.doorbell.plugin.View;
import dev.doorbell.plugin.ViewContext;
import dev.doorbell.plugin.ViewContribution;
import java.util.List;

/** Names {@link FaultsView} to the workbench. */
public final class FaultsContribution implements ViewContribution {
    @Override
    public String id() {
        return "faults";
    }

    @Override
    public String title() {
        return Texts.of(FaultsContribution.class).get("title");
    }

    @Override
    public String icon() {
        return "mdi2b-bug-outline";
    }

    @Override
    public List<Placement> placements() {
        return List.of(
                Placement.in(Perspective.TEST, Area.CENTER, 20),
                Placement.onDemand(Perspective.EXPLORE, Area.CENTER, 90),
                Placement.onDemand(Perspective.TRAFFIC, Area.CENTER, 90));
    }

    @Override
    public String keywords() {
        return "fault injection error timeout drop delay corrupt hang removal simulator rules";
    }

    @Override
    public void tab(ViewContext context) {
        context.watch(
                context.device().flatMap(DeviceSession::faults),
                plan -> context.badge()
                        .set(
                                plan == null
                                        ? 0
                                        : plan.filter(state -> state.on())
                                                .map(state -> (int) state.rules().stream()
                                                        .filter(rule ->
                                                                rule.rule().enabled())
                                                        .count())
                                                .orElse(0)));
    }

    @Override
    public View create(ViewContext context) {
        return new FaultsView(context);
    }
}
