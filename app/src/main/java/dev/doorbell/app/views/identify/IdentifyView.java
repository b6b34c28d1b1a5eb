package dev.doorbell.app.views.identify;

import dev.doorbell.app.controls.FieldsPane;
import dev.doorbell.app.views.reading.NamespaceId;
import dev.doorbell.app.views.reading.ReadingPane;
import dev.doorbell.app.views.reading.ReadingView;
import dev.doorbell.app.views.reading.Source;
import dev.doorbell.driver.Controller;
import dev.doorbell.plugin.DeviceEvent;
import dev.doorbell.plugin.DeviceSession;
import dev.doorbell.plugin.Texts;
import dev.doorbell.plugin.ViewContext;
import dev.doorbell.spec.Decoded;
import dev.doorbell.spec.IdentifySpec;
import dev.doorbell.spec.StructureSpec;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import javafx.scene.control.ComboBox;
import javafx.scene.layout.Region;

/** A chooser of Identify structures over the fields and bytes of the chosen one. */
final class IdentifyView extends ReadingView {
    private final Texts texts;
    private final ViewContext context;
    private final ComboBox<Choice> chooser = new ComboBox<>();
    private boolean filling;
    private Object wish = "";

    IdentifyView(ViewContext context) {
        super(new ReadingPane(context, new FieldsPane()));
        this.context = context;
        texts = context.texts(IdentifyView.class);
        chooser.getStyleClass().add("small");
        chooser.setId("identify-chooser");
        chooser.setPrefWidth(192);
        chooser.setMinWidth(Region.USE_PREF_SIZE);
        chooser.setVisibleRowCount(20);
        chooser.valueProperty().addListener((o, was, is) -> {
            if (is != null && !filling) {
                wish = "";
                show(is);
            }
        });
        pane().addChooser(chooser);
        fill(List.of());
        context.watch(context.device(), s -> listNamespaces());
        context.onDeviceEvent(event -> {
            if (event instanceof DeviceEvent.NamespacesChanged || event instanceof DeviceEvent.Opened) {
                listNamespaces();
            }
        });
    }

    @Override
    protected void turnTo(Object what) {
        Predicate<Choice> wanted = switch (what) {
            case IdentifySpec spec -> c -> c.spec().equals(spec);
            case StructureSpec structure -> c -> c.spec().structures().contains(structure);
            case NamespaceId id -> c -> c.spec().cns() == Choice.NAMESPACE && c.nsid() == id.value();
            case Choice choice -> choice::isSame;
            default -> c -> false;
        };
        // Of a namespace's structures, that of the namespace in sight.
        Optional<Choice> found = chooser.getItems().stream()
                .filter(wanted)
                .max(Comparator.comparing(c -> c.nsid() == chooser.getValue().nsid()));
        found.ifPresent(chooser::setValue);
        // Namespaces are listed when the device has told them.
        wish = found.isPresent() ? "" : what;
    }

    @Override
    protected Object what() {
        return chooser.getValue();
    }

    private void listNamespaces() {
        pane().session()
                .filter(s -> s.state().getValue() == DeviceSession.State.READY)
                .ifPresent(s -> s.ask(Controller::activeNamespaces).whenComplete((list, failure) -> {
                    if (failure == null && pane().session().equals(Optional.of(s))) {
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
        if (!wish.equals("")) {
            turnTo(wish);
        }
    }

    private void show(Choice choice) {
        IdentifySpec spec = choice.spec();
        int csi = Math.max(0, spec.csi());
        // Read with the data, on the session's thread.
        AtomicLong page = new AtomicLong(4096);
        String suffix = spec.csi() > 0 ? "/" + spec.csi() : "";
        pane().setSource(new Source(
                "identify/" + spec.cns() + "/" + Integer.toUnsignedString(choice.nsid()) + suffix,
                List.of(texts.get("title"), choice.text()),
                c -> {
                    page.set(c.device().registers().smallestPageBytes());
                    return c.identify(spec.cns(), choice.nsid(), 0, csi);
                },
                data -> decode(spec, data, page.get())));
    }

    private static Decoded decode(IdentifySpec spec, byte[] data, long pageBytes) {
        return spec.structure()
                .orElseGet(() -> new StructureSpec("raw", spec.title(), 0, spec.ref(), spec.text(), List.of()))
                .withPages(pageBytes)
                .decode(data);
    }
}
