package dev.doorbell.app.views.reading;

import dev.doorbell.driver.Controller;
import dev.doorbell.plugin.DeviceEvent;
import dev.doorbell.plugin.DeviceSession;
import dev.doorbell.plugin.Texts;
import dev.doorbell.plugin.ViewContext;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import javafx.scene.control.ComboBox;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.Region;

/**
 * Chooses the NSID of a command that may name a namespace: the controller, all of them, or one that is active on the
 * view's device. A namespace that is not (or not yet) there can be chosen too, to see what the device says to it.
 */
public final class NamespaceChooser extends ComboBox<NamespaceId> {
    private static final double WIDTH = 144;

    private final ViewContext context;
    private Consumer<NamespaceId> onChosen = id -> {};
    private List<Integer> active = List.of();
    private boolean filling;

    /** A chooser that says "all namespaces" until told otherwise. */
    public NamespaceChooser(ViewContext context) {
        this.context = context;
        getStyleClass().add("small");
        setPrefWidth(WIDTH);
        setMinWidth(Region.USE_PREF_SIZE);
        setVisibleRowCount(12);
        setTooltip(new Tooltip(Texts.of(NamespaceChooser.class).get("nsid.tip")));
        fill(List.of());
        choose(NamespaceId.ALL);
        valueProperty().addListener((o, was, is) -> {
            if (!filling && is != null) {
                onChosen.accept(is);
            }
        });
        context.watch(context.device(), s -> list());
        context.onDeviceEvent(event -> {
            if (event instanceof DeviceEvent.NamespacesChanged || event instanceof DeviceEvent.Opened) {
                list();
            }
        });
    }

    /** Told when another one is chosen, by the user or by {@link #choose}. */
    public void setOnChosen(Consumer<NamespaceId> chosen) {
        onChosen = chosen;
    }

    /** The active namespaces of the device, as last read; empty before. */
    public List<Integer> active() {
        return active;
    }

    /** What is chosen. */
    public NamespaceId chosen() {
        return getValue();
    }

    /** Shows what was asked with, without telling anybody. */
    public void show(NamespaceId id) {
        filling = true;
        choose(id);
        filling = false;
    }

    /** Chooses one, listed or not. */
    public void choose(NamespaceId id) {
        if (!getItems().contains(id)) {
            getItems().add(id);
        }
        setValue(id);
    }

    private void list() {
        DeviceSession session = context.device().getValue();
        if (session == null || session.state().getValue() != DeviceSession.State.READY) {
            return;
        }
        session.ask(Controller::activeNamespaces).whenComplete((namespaces, failure) -> {
            if (failure == null && context.device().getValue() == session) {
                active = namespaces;
                fill(namespaces);
            }
        });
    }

    private void fill(List<Integer> namespaces) {
        List<NamespaceId> ids = new ArrayList<>(List.of(NamespaceId.ALL, NamespaceId.CONTROLLER));
        namespaces.forEach(nsid -> ids.add(new NamespaceId(nsid)));
        NamespaceId chosen = getValue();
        if (chosen != null && !ids.contains(chosen)) {
            ids.add(chosen);
        }
        filling = true;
        getItems().setAll(ids);
        setValue(chosen);
        filling = false;
    }
}
