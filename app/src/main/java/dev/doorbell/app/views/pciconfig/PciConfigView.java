package dev.doorbell.app.views.pciconfig;

import dev.doorbell.app.controls.Banner;
import dev.doorbell.app.controls.FieldRow;
import dev.doorbell.app.controls.FieldText;
import dev.doorbell.app.controls.FieldTree;
import dev.doorbell.app.controls.FieldsPane;
import dev.doorbell.app.controls.HexView;
import dev.doorbell.app.controls.ToggleChip;
import dev.doorbell.app.views.reading.Failures;
import dev.doorbell.app.views.reading.ReadingPane;
import dev.doorbell.app.views.reading.ReadingView;
import dev.doorbell.app.views.reading.Source;
import dev.doorbell.driver.Controller;
import dev.doorbell.driver.PciFunction;
import dev.doorbell.plugin.DeviceSession;
import dev.doorbell.plugin.Selection;
import dev.doorbell.plugin.Texts;
import dev.doorbell.plugin.ViewContext;
import dev.doorbell.spec.CapabilitySpec;
import dev.doorbell.spec.Decoded;
import dev.doorbell.spec.Hit;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;
import javafx.scene.layout.Region;

/** Configuration space: capabilities beside the bytes. Typed bytes are written only after they were shown and confirmed. */
final class PciConfigView extends ReadingView {
    /** What the decoder calls the first 64 bytes. */
    private static final String HEADER = "header";

    private final Texts texts;
    private final ViewContext context;
    private final HexView hex;
    private final ConfigEdits edits = new ConfigEdits();
    private final ToggleChip edit;

    PciConfigView(ViewContext context) {
        super(new ReadingPane(context, fields(context.texts(PciConfigView.class))));
        this.context = context;
        texts = context.texts(PciConfigView.class);
        ReadingPane pane = pane();
        hex = pane.fields().hex();
        pane.setWriter(this::writer);
        edit = new ToggleChip(texts.get("edit"), false);
        edit.setId("pci-edit");
        edit.setMinWidth(Region.USE_PREF_SIZE);
        edit.selectedProperty().addListener((o, was, is) -> editing(is));
        hex.editableProperty().bind(edit.selectedProperty());
        hex.onEditProperty().set(this::edited);
        pane.addChooser(edit);
        pane.setSource(new Source(
                "pci",
                List.of(texts.get("title")),
                c -> function(c).config(),
                context.workbench().catalogue()::decodePci));
    }

    private static FieldsPane fields(Texts texts) {
        return new FieldsPane(new FieldTree(texts.get("offset"), FieldText::offset), 0);
    }

    @Override
    public void refresh() {
        edit.setSelected(false);
        super.refresh();
    }

    @Override
    public void open(Object argument) {
        // A field of a capability stands below that capability, one of the header below the header.
        if (argument instanceof Hit hit && hit.owner() instanceof CapabilitySpec capability) {
            open(hit.path().isEmpty() ? capability.name() : capability.name() + "." + hit.path());
        } else if (argument instanceof Hit hit) {
            open(hit.path().isEmpty() ? HEADER : HEADER + "." + hit.path());
        } else {
            super.open(argument);
        }
    }

    @Override
    protected void turnTo(Object what) {
        if (what instanceof CapabilitySpec capability) {
            pane().open(capability.name());
        }
    }

    private PciFunction function(Controller controller) {
        return controller
                .device()
                .pci()
                .orElseThrow(() -> new IllegalStateException(
                        texts.get("none", controller.device().name())));
    }

    private void editing(boolean on) {
        if (on) {
            edits.reset(hex.getData());
        } else {
            if (!edits.isEmpty()) {
                hex.setData(edits.original());
            }
            edits.reset(new byte[0]);
            pane().sayNothing();
        }
    }

    private void edited(int offset, byte value) {
        edits.edit(offset, value);
        if (edits.isEmpty()) {
            pane().sayNothing();
            return;
        }
        pane().session().ifPresent(session -> {
            Banner banner = Banner.question(texts.get("confirm", edits.all().size()), edits.describe());
            if (session.shielded()) {
                banner.detail(texts.get("shield")).action(texts.get("lift"), () -> {
                    session.shield().set(false);
                    edited(offset, value);
                });
            } else {
                banner.main(texts.get("write"), () -> write(session, edits.all()));
            }
            pane().say(banner.dismiss(texts.get("discard"), () -> edit.setSelected(false)));
        });
    }

    private void write(DeviceSession session, SortedMap<Integer, Byte> bytes) {
        finish(session.ask(c -> {
            PciFunction function = function(c);
            bytes.forEach((offset, value) -> function.write8(offset, value & 0xff));
            return null;
        }));
    }

    /** Whole fields of 1, 2 or 4 bytes, and the bits in them, can be written. */
    private Optional<Selection.WriteAction> writer(DeviceSession session, FieldRow row) {
        Decoded field = row.field();
        boolean width = List.of(1, 2, 4).contains(field.byteLength());
        if (!width || row.isContainer()) {
            return Optional.empty();
        }
        return Optional.of(value -> finish(session.ask(c -> {
            PciFunction function = function(c);
            switch (field.byteLength()) {
                case 1 -> function.write8(field.byteOffset(), value.intValue());
                case 2 -> function.write16(field.byteOffset(), value.intValue());
                default -> function.write32(field.byteOffset(), value.intValue());
            }
            return null;
        })));
    }

    private void finish(CompletableFuture<?> writing) {
        writing.whenComplete((done, failure) -> {
            edits.reset(new byte[0]);
            edit.setSelected(false);
            if (failure == null) {
                context.workbench().say(texts.get("written"));
                pane().refresh();
            } else {
                pane().say(Banner.error(texts.get("failed", Failures.message(failure)), "")
                        .dismiss(texts.get("ok"), pane()::sayNothing));
            }
        });
    }
}
