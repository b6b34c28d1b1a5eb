package dev.doorbell.app.views.welcome;

import dev.doorbell.app.model.FxThread;
import dev.doorbell.app.model.RecentDevices;
import dev.doorbell.driver.Discovery;
import dev.doorbell.plugin.Texts;
import dev.doorbell.plugin.View;
import dev.doorbell.plugin.ViewContext;
import dev.doorbell.plugin.Workbench;
import java.util.concurrent.CompletableFuture;
import javafx.scene.Node;
import javafx.scene.control.CheckBox;
import javafx.scene.control.Label;
import javafx.scene.control.ScrollPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.StackPane;
import javafx.scene.layout.VBox;

/** Cards to begin with, above three short lists. */
final class WelcomeView implements View {
    /** Where the choice to see this page at start is kept; the window reads it. */
    static final String SHOW = "welcome.show";

    private static final Texts TEXTS = Texts.of(WelcomeView.class);
    private static final double WIDTH = 1240;

    private final Workbench workbench;
    private final WelcomeCards cards;
    private final VBox found = WelcomeLists.list(TEXTS.get("found"));
    private final VBox recent = WelcomeLists.list(TEXTS.get("recent"));
    private final ScrollPane node;

    WelcomeView(ViewContext context) {
        workbench = context.workbench();
        cards = new WelcomeCards(workbench);
        var headline = new Label(TEXTS.get("headline"));
        headline.getStyleClass().add("headline");
        var sub = new Label(TEXTS.get("sub"));
        sub.getStyleClass().add("muted");
        sub.setWrapText(true);
        sub.setMinHeight(Region.USE_PREF_SIZE);
        var lists = new HBox(found, recent, WelcomeLists.keys());
        lists.getStyleClass().add("welcome-lists");
        for (var list : lists.getChildren()) {
            HBox.setHgrow(list, Priority.ALWAYS);
        }
        var show = new CheckBox(TEXTS.get("show"));
        show.setId("welcome-show");
        show.setSelected(workbench.settings().getBoolean(SHOW, true));
        show.selectedProperty().subscribe((was, is) -> workbench.settings().put(SHOW, is));
        var page = new VBox(headline, sub, cards.node(), lists, show);
        page.getStyleClass().add("welcome");
        page.setMaxWidth(WIDTH);
        var frame = new StackPane(page);
        frame.getStyleClass().add("welcome-frame");
        node = new ScrollPane(frame);
        node.setFitToWidth(true);
        node.setFitToHeight(true);
        FxThread.hop(CompletableFuture.supplyAsync(Discovery::scan))
                .thenAccept(devices -> WelcomeLists.showFound(found, devices, this::go));
        WelcomeLists.showRecent(recent, RecentDevices.of(workbench.settings()), this::go);
    }

    private void go(String address) {
        workbench.open(address).exceptionally(e -> null);
    }

    @Override
    public Node node() {
        return node;
    }

    @Override
    public void shown() {
        WelcomeLists.showRecent(recent, RecentDevices.of(workbench.settings()), this::go);
        cards.focus();
    }
}
