package dev.doorbell.app.views.identify;

import dev.doorbell.app.controls.FieldsPane;
import dev.doorbell.app.views.reading.ReadingPane;
import dev.doorbell.app.views.reading.Source;
import dev.doorbell.driver.Controller;
import dev.doorbell.plugin.DeviceEvent;
import dev.doorbell.plugin.DeviceSession;
import dev.doorbell.plugin.Memento;
import dev.doorbell.plugin.Texts;
import dev.doorbell.plugin.View;
import dev.doorbell.plugin.ViewContext;
import dev.doorbell.spec.Decoded;
import dev.doorbell.spec.IdentifySpec;
import dev.doorbell.spec.StructureSpec;
import java.util.List;
import java.util.Optional;
import javafx.scene.Node;
import javafx.scene.control.ComboBox;
import javafx.scene.layout.Region;

/** A chooser of Identify structures over the fields and bytes of the chosen one. */
final class IdentifyView implements View {
    private final Texts texts;
    private final ViewContext context;
    private final ReadingPane pane;
    private final ComboBox<Choice> chooser = new ComboBox<>();
    private boolean filling;

    IdentifyView(ViewContext context) {
        this.context = context;
        texts = context.texts(IdentifyView.class);
        pane = new ReadingPane(context, new FieldsPane());
        chooser.getStyleClass().add("small");
        chooser.setId("identify-chooser");
        chooser.setPrefWidth(192);
        chooser.setMinWidth(Region.USE_PREF_SIZE);
        chooser.setVisibleRowCount(20);
        chooser.valueProperty().addListener((o, was, is) -> {
            if (is != null && !filling) {
                show(is);
            }
        });
        pane.addChooser(chooser);
        fill(List.of());
        context.watch(context.device(), s -> listNamespaces());
        context.onDeviceEvent(event -> {
            if (event instanceof DeviceEvent.NamespacesChanged || event instanceof DeviceEvent.Opened) {
                listNamespaces();
            }
        });
    }

    @Override
    public Node node() {
        return pane;
    }

    @Override
    public boolean refreshable() {
        return true;
    }

    @Override
    public void refresh() {
        pane.refresh();
    }

    @Override
    public void find() {
        pane.find();
    }

    @Override
    public void open(Object argument) {
        switch (argument) {
            case IdentifySpec spec -> choose(spec, 0);
            case StructureSpec structure ->
                chooser.getItems().stream()
                        .filter(c -> c.spec().structure().equals(Optional.of(structure)))
                        .findFirst()
                        .ifPresent(chooser::setValue);
            case Integer nsid ->
                chooser.getItems().stream()
                        .filter(c -> c.spec().cns() == 0 && c.nsid() == nsid)
                        .findFirst()
                        .ifPresent(chooser::setValue);
            case String path -> pane.open(path);
            default -> {}
        }
    }

    @Override
    public Object place() {
        return pane.fields().tree().chosen().map(r -> r.field().path()).orElse("");
    }

    @Override
    public void save(Memento memento) {
        pane.save(memento);
    }

    @Override
    public void restore(Memento memento) {
        pane.restore(memento);
    }

    private void choose(IdentifySpec spec, int nsid) {
        chooser.getItems().stream()
                .filter(c -> c.spec().cns() == spec.cns() && (nsid == 0 || c.nsid() == nsid))
                .findFirst()
                .ifPresent(chooser::setValue);
    }

    private void listNamespaces() {
        pane.session()
                .filter(s -> s.state().getValue() == DeviceSession.State.READY)
                .ifPresent(s -> s.ask(Controller::activeNamespaces).whenComplete((list, failure) -> {
                    if (failure == null && pane.session().equals(Optional.of(s))) {
                        fill(list);
                    }
                }));
    }

    private void fill(List<Integer> namespaces) {
        Optional<Choice> before = Optional.ofNullable(chooser.getValue());
        List<Choice> choices = Choice.all(context.workbench().catalogue().identifies(), namespaces, texts);
        filling = true;
        chooser.getItems().setAll(choices);
        Optional<Choice> again =
                before.flatMap(b -> choices.stream().filter(b::isSame).findFirst());
        filling = false;
        chooser.setValue(again.orElse(choices.getFirst()));
    }

    private void show(Choice choice) {
        IdentifySpec spec = choice.spec();
        int csi = Math.max(0, spec.csi());
        String suffix = spec.csi() > 0 ? "/" + spec.csi() : "";
        pane.setSource(new Source(
                "identify/" + spec.cns() + "/" + Integer.toUnsignedString(choice.nsid()) + suffix,
                List.of(texts.get("title"), choice.text()),
                c -> c.identify(spec.cns(), choice.nsid(), 0, csi),
                data -> decode(spec, data)));
    }

    private static Decoded decode(IdentifySpec spec, byte[] data) {
        return spec.structure()
                .orElseGet(() -> new StructureSpec("raw", spec.title(), 0, spec.ref(), spec.text(), List.of()))
                .decode(data);
    }
}
