package dev.doorbell.app.views.registers;

import dev.doorbell.app.controls.Banner;
import dev.doorbell.app.controls.FieldRow;
import dev.doorbell.app.controls.FieldText;
import dev.doorbell.app.controls.FieldTree;
import dev.doorbell.app.controls.FieldsPane;
import dev.doorbell.app.controls.Icons;
import dev.doorbell.app.views.reading.Failures;
import dev.doorbell.app.views.reading.ReadingPane;
import dev.doorbell.app.views.reading.ReadingView;
import dev.doorbell.app.views.reading.Source;
import dev.doorbell.app.views.reading.WritePanel;
import dev.doorbell.driver.Controller;
import dev.doorbell.plugin.DeviceSession;
import dev.doorbell.plugin.Selection;
import dev.doorbell.plugin.Texts;
import dev.doorbell.plugin.ViewContext;
import dev.doorbell.spec.Catalogue;
import dev.doorbell.spec.Decoded;
import dev.doorbell.spec.RegisterSpec;
import java.math.BigInteger;
import java.util.List;
import java.util.Optional;
import javafx.scene.control.Button;
import javafx.scene.control.Tooltip;

/** The controller's registers beside their bytes; a chosen one can be written. */
final class RegistersView extends ReadingView {
    private final Texts texts;
    private final ViewContext context;
    private final Catalogue catalogue;

    RegistersView(ViewContext context) {
        super(new ReadingPane(context, fields(context.texts(RegistersView.class))));
        this.context = context;
        texts = context.texts(RegistersView.class);
        catalogue = context.workbench().catalogue();
        ReadingPane pane = pane();
        pane.nonZeroChip().setSelected(false);
        pane.setWriter(this::writer);
        Button write = new Button(texts.get("write"), Icons.of("mdi2p-pencil-outline"));
        write.getStyleClass().addAll("outlined", "small");
        write.setId("register-write");
        write.setTooltip(new Tooltip(texts.get("write.tip")));
        write.setOnAction(e -> ask());
        write.setMinWidth(Button.USE_PREF_SIZE);
        pane.addChooser(write);
        List<RegisterSpec> known = catalogue.registers();
        pane.setSource(new Source(
                "registers",
                List.of(texts.get("title")),
                c -> RegisterDump.read(c.device().registers(), known),
                catalogue::decodeRegisters));
    }

    private static FieldsPane fields(Texts texts) {
        return new FieldsPane(new FieldTree(texts.get("offset"), FieldText::offset), 0);
    }

    @Override
    protected void turnTo(Object what) {
        if (what instanceof RegisterSpec register) {
            pane().open(register.name());
        }
    }

    private Optional<RegisterSpec> registerOf(FieldRow row) {
        return catalogue.register(row.field().path().split("\\.")[0]);
    }

    private Optional<Selection.WriteAction> writer(DeviceSession session, FieldRow row) {
        return registerOf(row).map(register -> value -> write(session, register, value));
    }

    /** Opens the panel for the chosen register. */
    private void ask() {
        Optional<DeviceSession> session = pane().session();
        Optional<RegisterSpec> register = pane().fields().tree().chosen().flatMap(this::registerOf);
        if (session.isEmpty() || register.isEmpty()) {
            pane().say(Banner.question(texts.get("write.choose"), "").dismiss(texts.get("ok"), pane()::sayNothing));
            return;
        }
        RegisterSpec what = register.get();
        session.get().ask(c -> read(c, what)).whenComplete((value, failure) -> {
            if (failure == null) {
                panel(session.get(), what, what.decode(value));
            } else {
                failed(what, failure);
            }
        });
    }

    private void panel(DeviceSession session, RegisterSpec register, Decoded now) {
        String where = texts.get("where", register.name(), String.format("0x%02x", register.offset()));
        WritePanel panel = new WritePanel(session, where, now, v -> write(session, register, v), pane()::sayNothing);
        pane().say(panel);
        panel.startTyping();
    }

    private void write(DeviceSession session, RegisterSpec register, BigInteger value) {
        session.ask(c -> {
                    if (register.bytes() == 8) {
                        c.device().registers().write64(register.offset(), value.longValue());
                    } else {
                        c.device().registers().write32(register.offset(), value.intValue());
                    }
                    return value;
                })
                .whenComplete((written, failure) -> {
                    if (failure == null) {
                        context.workbench().say(texts.get("written", register.name(), "0x" + value.toString(16)));
                        pane().refresh();
                    } else {
                        failed(register, failure);
                    }
                });
    }

    private static long read(Controller controller, RegisterSpec register) {
        var registers = controller.device().registers();
        long low = Integer.toUnsignedLong(registers.read32(register.offset()));
        return register.bytes() == 8 ? low | (long) registers.read32(register.offset() + 4) << 32 : low;
    }

    private void failed(RegisterSpec register, Throwable failure) {
        pane().say(Banner.error(texts.get("failed", register.name(), Failures.message(failure)), "")
                .dismiss(texts.get("ok"), pane()::sayNothing));
    }
}
