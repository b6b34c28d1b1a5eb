package dev.doorbell.app.views.features;

import dev.doorbell.app.controls.Banner;
import dev.doorbell.app.controls.EmptyState;
import dev.doorbell.app.controls.FieldRow;
import dev.doorbell.app.controls.FieldsPane;
import dev.doorbell.app.controls.Icons;
import dev.doorbell.app.controls.SearchField;
import dev.doorbell.app.controls.ToggleChip;
import dev.doorbell.app.views.reading.Failures;
import dev.doorbell.app.views.reading.ReadingPane;
import dev.doorbell.app.views.reading.WritePanel;
import dev.doorbell.driver.Controller.FeatureValue;
import dev.doorbell.plugin.DeviceEvent;
import dev.doorbell.plugin.DeviceSession;
import dev.doorbell.plugin.Selection;
import dev.doorbell.plugin.Texts;
import dev.doorbell.plugin.View;
import dev.doorbell.plugin.ViewContext;
import dev.doorbell.spec.Decoded;
import dev.doorbell.spec.FeatureSpec;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import javafx.collections.FXCollections;
import javafx.geometry.Orientation;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.SplitPane;
import javafx.scene.layout.BorderPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;

/** All features in a table, the chosen one decoded below; Set… asks with the decoded change in sight. */
final class FeaturesView implements View {
    private final Texts texts;
    private final Texts readingTexts = Texts.of(ReadingPane.class);
    private final ViewContext context;
    private final BorderPane root = new BorderPane();
    private final SplitPane split = new SplitPane();
    private final VBox messages = new VBox();
    private final FeatureTable table;
    private final FieldsPane fields = new FieldsPane();
    private final SearchField filter;
    private final Button set;
    private final ToggleChip save;
    private List<FeatureValues> values = List.of();
    private boolean stale = true;
    private int wanted = -1;

    FeaturesView(ViewContext context) {
        this.context = context;
        texts = context.texts(FeaturesView.class);
        table = new FeatureTable(texts);
        filter = SearchField.filter(texts.get("filter"));
        filter.input().textProperty().addListener(o -> filterRows());
        set = new Button(texts.get("set"), Icons.of("mdi2p-pencil-outline"));
        set.getStyleClass().addAll("outlined", "small");
        set.setId("feature-set");
        set.setMinWidth(Region.USE_PREF_SIZE);
        set.setDisable(true);
        set.setOnAction(e -> chosen().ifPresent(this::ask));
        save = new ToggleChip(texts.get("save"), false);
        save.setMinWidth(Region.USE_PREF_SIZE);
        save.setDisable(true);
        Region gap = new Region();
        HBox.setHgrow(gap, Priority.ALWAYS);
        HBox tools = new HBox(filter, gap, save, set);
        tools.getStyleClass().add("view-toolbar");
        root.setTop(new VBox(tools, messages));
        split.setOrientation(Orientation.VERTICAL);
        split.getItems().addAll(table, fields);
        split.setDividerPositions(0.6);
        table.getSelectionModel().selectedItemProperty().addListener((o, was, is) -> show(is));
        fields.link().setOnChoose(this::inspect);
        context.watch(context.device(), s -> becomeStale());
        context.watch(context.visible(), v -> {
            if (v && stale) {
                refresh();
            }
        });
        context.onDeviceEvent(event -> {
            if (event instanceof DeviceEvent.Opened || event instanceof DeviceEvent.Reset) {
                becomeStale();
            }
        });
    }

    @Override
    public Node node() {
        return root;
    }

    @Override
    public boolean refreshable() {
        return true;
    }

    @Override
    public void find() {
        filter.startTyping();
    }

    @Override
    public void open(Object argument) {
        switch (argument) {
            case FeatureSpec spec -> wanted = spec.fid();
            case Integer fid -> wanted = fid;
            default -> {}
        }
        table.choose(wanted);
    }

    @Override
    public Object place() {
        return chosen().<Object>map(v -> v.spec()).orElse("");
    }

    @Override
    public void refresh() {
        Optional<DeviceSession> session = session();
        if (session.isEmpty()) {
            root.setCenter(new EmptyState("mdi2u-usb-port", readingTexts.get("noDevice"))
                    .action(
                            readingTexts.get("openSim"),
                            () -> context.workbench().open("sim:")));
            return;
        }
        if (session.get().state().getValue() == DeviceSession.State.OPENING) {
            return;
        }
        stale = false;
        root.setCenter(split);
        List<FeatureSpec> specs = context.workbench().catalogue().features();
        session.get().ask(c -> FeatureValues.readAll(c, specs)).whenComplete((read, failure) -> {
            if (!session().equals(session)) {
                return;
            }
            messages.getChildren().clear();
            if (failure == null) {
                values = read;
                remember(session.get());
                filterRows();
                table.choose(wanted);
            } else {
                failed("failed", failure);
            }
        });
    }

    private Optional<DeviceSession> session() {
        return Optional.ofNullable(context.device().getValue());
    }

    private Optional<FeatureValues> chosen() {
        return Optional.ofNullable(table.getSelectionModel().getSelectedItem());
    }

    private void becomeStale() {
        stale = true;
        if (context.visible().getValue() || session().isEmpty()) {
            refresh();
        }
    }

    private void remember(DeviceSession session) {
        for (FeatureValues each : values) {
            each.current()
                    .ifPresent(v -> session.history().add(key(each), v.data().length > 0 ? v.data() : bytes(v.cdw0())));
        }
    }

    private static String key(FeatureValues each) {
        return "feature/" + each.spec().fid() + "/" + Integer.toUnsignedString(each.nsid());
    }

    private static byte[] bytes(int cdw0) {
        return ByteBuffer.allocate(4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(cdw0)
                .array();
    }

    private void filterRows() {
        String query = filter.query().toLowerCase(Locale.ROOT);
        table.show(FXCollections.observableArrayList(values.stream()
                .filter(v -> String.format(
                                "0x%02x %s %s",
                                v.spec().fid(), v.spec().name(), v.spec().title())
                        .toLowerCase(Locale.ROOT)
                        .contains(query))
                .toList()));
    }

    private void show(FeatureValues chosen) {
        boolean known = chosen != null && chosen.current().isPresent();
        set.setDisable(!known || !chosen.isChangeable());
        save.setDisable(!known || !chosen.isSaveable());
        if (!known) {
            return;
        }
        wanted = chosen.spec().fid();
        FeatureValue value = chosen.current().get();
        byte[] data = value.data().length > 0 ? value.data() : bytes(value.cdw0());
        fields.show(data, decode(chosen, value), new byte[0], Optional.empty());
        publish(chosen, List.of(texts.get("title"), chosen.spec().title()), decoded(chosen, value.cdw0()));
    }

    private Decoded decode(FeatureValues feature, FeatureValue value) {
        return value.data().length > 0 && feature.spec().dataStructure().isPresent()
                ? feature.spec().dataStructure().get().decode(value.data())
                : decoded(feature, value.cdw0());
    }

    private static Decoded decoded(FeatureValues feature, int cdw0) {
        return feature.spec().decode(cdw0);
    }

    private void inspect(FieldRow row) {
        chosen().ifPresent(feature -> publish(
                feature,
                List.of(texts.get("title"), feature.spec().title(), row.field().name()),
                row.field().isBits()
                        ? decoded(feature, feature.current().orElseThrow().cdw0())
                        : row.field()));
    }

    private void publish(FeatureValues feature, List<String> path, Decoded shown) {
        session().ifPresent(session -> {
            Selection selection = Selection.of(session, path, shown);
            if (feature.isChangeable()) {
                selection = selection.writable(v -> write(session, feature, v));
            }
            Optional<Integer> was = table.changedFrom(feature);
            context.workbench()
                    .selection()
                    .set(was.isPresent() ? selection.previous(decoded(feature, was.get())) : selection);
        });
    }

    private void ask(FeatureValues feature) {
        session().ifPresent(session -> {
            WritePanel panel = new WritePanel(
                    session,
                    texts.get(
                            "target",
                            feature.spec().title(),
                            String.format("0x%02x", feature.spec().fid())),
                    decoded(feature, feature.current().orElseThrow().cdw0()),
                    v -> write(session, feature, v),
                    messages.getChildren()::clear);
            messages.getChildren().setAll(panel);
            panel.startTyping();
        });
    }

    private void write(DeviceSession session, FeatureValues feature, BigInteger value) {
        boolean keep = save.isSelected() && feature.isSaveable();
        session.ask(c -> c.setFeature(feature.spec().fid(), feature.nsid(), value.intValue(), keep))
                .whenComplete((done, failure) -> {
                    if (failure == null) {
                        context.workbench()
                                .say(texts.get("written", feature.spec().title()));
                        refresh();
                    } else {
                        failed("refusedSet", failure);
                    }
                });
    }

    private void failed(String key, Throwable failure) {
        messages.getChildren()
                .setAll(Banner.error(texts.get(key, Failures.message(failure)), Failures.advice(readingTexts, failure))
                        .action(readingTexts.get("again"), this::refresh)
                        .dismiss(texts.get("ok"), messages.getChildren()::clear));
    }
}
