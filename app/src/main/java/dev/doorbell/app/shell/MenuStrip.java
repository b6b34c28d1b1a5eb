package dev.doorbell.app.shell;

import dev.doorbell.app.controls.Icons;
import dev.doorbell.app.controls.KeyCap;
import dev.doorbell.plugin.Action;
import dev.doorbell.plugin.Texts;
import java.util.Comparator;
import java.util.List;
import javafx.beans.InvalidationListener;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.Menu;
import javafx.scene.control.MenuBar;
import javafx.scene.control.MenuItem;
import javafx.scene.control.SeparatorMenuItem;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;

/** Logo, menus made from the actions, and the field that opens the palette. */
final class MenuStrip extends HBox {
    private static final Texts TEXTS = Texts.of(MenuStrip.class);
    private static final List<String> MENUS = List.of("file", "device", "command", "run", "view", "window", "help");

    private final Bench bench;
    private final MenuBar menus = new MenuBar();

    MenuStrip(Bench bench, Runnable search) {
        this.bench = bench;
        getStyleClass().add("menu-strip");
        var logo = new Label("Doorbell", Icons.of("mdi2b-bell-ring-outline"));
        logo.getStyleClass().add("logo");
        logo.setMinWidth(USE_PREF_SIZE);
        menus.setId("menus");
        menus.setMinWidth(USE_PREF_SIZE);
        var gap = new Region();
        HBox.setHgrow(gap, Priority.ALWAYS);
        getChildren().addAll(logo, menus, gap, search(search));
        bench.actions().all().addListener((InvalidationListener) o -> fill());
        fill();
    }

    private static Button search(Runnable open) {
        var prompt = new Label(TEXTS.get("search.prompt"), Icons.small("mdi2m-magnify"));
        prompt.getStyleClass().add("muted");
        var gap = new Region();
        HBox.setHgrow(gap, Priority.ALWAYS);
        var content = new HBox(prompt, gap, new KeyCap("Ctrl+Shift+P"));
        content.getStyleClass().add("row");
        var button = new Button("", content);
        button.setId("search");
        button.getStyleClass().add("search-button");
        content.prefWidthProperty().bind(button.widthProperty().subtract(18));
        button.setOnAction(e -> open.run());
        return button;
    }

    private void fill() {
        menus.getMenus().setAll(MENUS.stream().map(this::menu).toList());
    }

    private Menu menu(String id) {
        var menu = new Menu(TEXTS.get("menu." + id));
        menu.setId("menu-" + id);
        int group = -1;
        var actions = bench.actions().all().stream()
                .filter(a -> a.menu().equals(id))
                .sorted(Comparator.comparingInt(Action::order))
                .toList();
        for (var action : actions) {
            if (group >= 0 && action.order() / 100 != group) {
                menu.getItems().add(new SeparatorMenuItem());
            }
            group = action.order() / 100;
            menu.getItems().add(item(action));
        }
        return menu;
    }

    static MenuItem item(Action action) {
        var item = new MenuItem(action.title());
        item.setId("item-" + action.id().replace('.', '-'));
        if (!action.icon().isEmpty()) {
            item.setGraphic(Icons.of(action.icon()));
        }
        // Shown only; the window's key filter does the work, so that it also works in detached views.
        action.shortcut().ifPresent(item::setAccelerator);
        item.disableProperty().bind(javafx.beans.binding.Bindings.not(action.enabled()));
        item.setOnAction(e -> action.run());
        return item;
    }
}
