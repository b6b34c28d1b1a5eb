package dev.doorbell.app.views.features;

import dev.doorbell.app.controls.Banner;
import dev.doorbell.app.controls.EmptyState;
import dev.doorbell.app.controls.FieldRow;
import dev.doorbell.app.controls.FieldsPane;
import dev.doorbell.app.controls.Icons;
import dev.doorbell.app.controls.SearchField;
import dev.doorbell.app.controls.Segmented;
import dev.doorbell.app.controls.ToggleChip;
import dev.doorbell.app.views.reading.Failures;
import dev.doorbell.app.views.reading.LostDevice;
import dev.doorbell.app.views.reading.NamespaceChooser;
import dev.doorbell.app.views.reading.NamespaceId;
import dev.doorbell.app.views.reading.ReadingPane;
import dev.doorbell.app.views.reading.Spot;
import dev.doorbell.app.views.reading.WritePanel;
import dev.doorbell.driver.Controller.FeatureValue;
import dev.doorbell.driver.Controller.Select;
import dev.doorbell.plugin.DeviceEvent;
import dev.doorbell.plugin.DeviceSession;
import dev.doorbell.plugin.Memento;
import dev.doorbell.plugin.Selection;
import dev.doorbell.plugin.Texts;
import dev.doorbell.plugin.View;
import dev.doorbell.plugin.ViewContext;
import dev.doorbell.spec.Decoded;
import dev.doorbell.spec.FeatureSpec;
import dev.doorbell.spec.Hit;
import dev.doorbell.spec.StructureSpec;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.WeakHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javafx.collections.FXCollections;
import javafx.geometry.Orientation;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.SplitPane;
import javafx.scene.layout.BorderPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;

/** All features in a table, the chosen one decoded below; Set… asks with the decoded change in sight. */
final class FeaturesView implements View {
    /** Where the table ends while a feature is edited. */
    private static final double EDITING = 0.3;

    private static final Pattern NAMESPACE = Pattern.compile("ns (\\d+)");

    private final Texts texts;
    private final Texts readingTexts = Texts.of(ReadingPane.class);
    private final ViewContext context;
    private final BorderPane root = new BorderPane();
    private final SplitPane split = new SplitPane();
    private final BorderPane detail = new BorderPane();
    private final VBox messages = new VBox();
    private final FeatureTable table;
    private final FieldsPane fields = new FieldsPane();
    private final SearchField filter;
    private final NamespaceChooser namespace;
    private final ToggleChip present;
    private final Label subject = new Label();
    private final Segmented<Select> select;
    private final Button set;
    private final ToggleChip save;
    private final Map<DeviceSession, FeatureSupport> support = new WeakHashMap<>();
    private List<FeatureValues> values = List.of();
    private boolean stale = true;
    private boolean chosenByHand;
    private long round;
    private int wanted = -1;
    private String wantedPath = "";

    FeaturesView(ViewContext context) {
        this.context = context;
        texts = context.texts(FeaturesView.class);
        table = new FeatureTable(texts);
        filter = SearchField.filter(texts.get("filter"));
        filter.input().textProperty().addListener(o -> filterRows());
        namespace = new NamespaceChooser(context);
        namespace.setId("feature-namespace");
        namespace.setOnChosen(id -> {
            chosenByHand = true;
            becomeStale();
        });
        present = new ToggleChip(texts.get("present"), false);
        present.setId("feature-present");
        present.setMinWidth(Region.USE_PREF_SIZE);
        present.selectedProperty().addListener(o -> filterRows());
        Region gap = new Region();
        HBox.setHgrow(gap, Priority.ALWAYS);
        HBox tools = new HBox(filter, namespace, present, gap);
        tools.getStyleClass().add("view-toolbar");
        root.setTop(new VBox(tools, messages));
        select = new Segmented<>(List.of(Select.values()), s -> texts.get("select." + s));
        set = new Button(texts.get("set"), Icons.of("mdi2p-pencil-outline"));
        save = new ToggleChip(texts.get("save"), false);
        detail.setTop(detailBar());
        detail.setCenter(fields);
        split.setOrientation(Orientation.VERTICAL);
        split.getItems().addAll(table, detail);
        split.setDividerPositions(0.55);
        table.getSelectionModel().selectedItemProperty().addListener((o, was, is) -> show(is));
        fields.link().setOnChoose(this::inspect);
        context.watch(context.device(), s -> deviceChanged());
        context.watch(context.visible(), v -> {
            if (v && stale) {
                refresh();
            }
        });
        context.onDeviceEvent(this::happened);
    }

    private HBox detailBar() {
        subject.getStyleClass().add("strong");
        subject.setMinWidth(0);
        select.setId("feature-select");
        select.setMinWidth(Region.USE_PREF_SIZE);
        select.valueProperty().addListener(o -> chosen().ifPresent(this::show));
        set.getStyleClass().addAll("outlined", "small");
        set.setId("feature-set");
        set.setMinWidth(Region.USE_PREF_SIZE);
        set.setDisable(true);
        set.setOnAction(e -> chosen().ifPresent(this::ask));
        save.setId("feature-save");
        save.setMinWidth(Region.USE_PREF_SIZE);
        save.setDisable(true);
        Region gap = new Region();
        HBox.setHgrow(gap, Priority.ALWAYS);
        HBox bar = new HBox(subject, gap, select, save, set);
        bar.getStyleClass().add("view-toolbar");
        return bar;
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
            case Hit hit -> open(Spot.of(hit));
            case Spot spot -> {
                wantedPath = spot.path();
                open(spot.what());
            }
            case FeatureSpec spec -> choose(spec.fid());
            case Integer fid -> choose(fid);
            case StructureSpec structure
            when capabilities().equals(Optional.of(structure)) ->
                select.valueProperty().set(Select.CAPABILITIES);
            case StructureSpec structure ->
                context.workbench().catalogue().features().stream()
                        .filter(f -> f.data().contains(structure))
                        .findFirst()
                        .ifPresent(this::open);
            case String text -> {
                Matcher number = NAMESPACE.matcher(text);
                if (number.matches()) {
                    namespace.choose(new NamespaceId(Integer.parseUnsignedInt(number.group(1))));
                }
            }
            default -> {}
        }
    }

    private void choose(int fid) {
        wanted = fid;
        filter.input().clear();
        if (table.choose(fid)) {
            choosePath();
        }
    }

    /** Chooses the wanted field once its feature is shown. */
    private void choosePath() {
        boolean there = chosen().filter(f -> f.spec().fid() == wanted).isPresent();
        if (there && !wantedPath.isEmpty() && fields.tree().choose(wantedPath)) {
            wantedPath = "";
        }
    }

    @Override
    public Object place() {
        String path = fields.tree().chosen().map(r -> r.field().path()).orElse("");
        return chosen().<Object>map(v -> new Spot(v.spec(), path)).orElse("");
    }

    @Override
    public void save(Memento memento) {
        memento.put("filter", filter.query());
        memento.put("present", present.isSelected());
    }

    @Override
    public void restore(Memento memento) {
        filter.input().setText(memento.get("filter", ""));
        present.setSelected(memento.getBoolean("present", false));
    }

    private void happened(DeviceEvent event) {
        switch (event) {
            case DeviceEvent.Opened e -> becomeStale();
            case DeviceEvent.Reset e -> becomeStale();
            case DeviceEvent.NamespacesChanged e -> becomeStale();
            case DeviceEvent.Lost lost -> session().ifPresent(this::sayLost);
            default -> {}
        }
    }

    private void deviceChanged() {
        round++;
        values = List.of();
        table.forget();
        table.show(FXCollections.observableArrayList());
        messages.getChildren().clear();
        becomeStale();
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
        long mine = ++round;
        FeatureSupport known = support(session.get());
        Optional<NamespaceId> of = chosenByHand ? Optional.of(namespace.chosen()) : Optional.empty();
        session.get().ask(c -> FeatureValues.readAll(c, known, of)).whenComplete((read, failure) -> {
            if (mine != round) {
                return;
            }
            messages.getChildren().clear();
            if (failure == null) {
                take(session.get(), read);
            } else {
                failed("failed", failure);
            }
            if (session.get().state().getValue() == DeviceSession.State.LOST) {
                sayLost(session.get());
            }
        });
    }

    private void sayLost(DeviceSession session) {
        messages.getChildren().setAll(LostDevice.banner(context.workbench(), session));
    }

    private void take(DeviceSession session, List<FeatureValues> read) {
        values = read;
        if (!chosenByHand) {
            read.stream()
                    .filter(FeatureValues::perNamespace)
                    .findFirst()
                    .ifPresent(f -> namespace.show(new NamespaceId(f.nsid())));
        }
        table.read(read);
        for (FeatureValues each : read) {
            each.current().ifPresent(v -> session.history().add(each.key(), each.bytes(v)));
        }
        // Filling the table selects its first row, which is not what is wanted.
        int asked = wanted;
        filterRows();
        if (table.choose(asked)) {
            choosePath();
        }
    }

    private FeatureSupport support(DeviceSession session) {
        return support.computeIfAbsent(
                session, s -> new FeatureSupport(context.workbench().catalogue()));
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

    private void filterRows() {
        String query = filter.query().toLowerCase(Locale.ROOT);
        table.show(FXCollections.observableArrayList(values.stream()
                .filter(v -> !present.isSelected() || !v.isAbsent())
                .filter(v -> String.format(
                                "0x%02x %s %s",
                                v.spec().fid(), v.spec().name(), v.spec().title())
                        .toLowerCase(Locale.ROOT)
                        .contains(query))
                .toList()));
    }

    private void show(FeatureValues chosen) {
        boolean known = chosen != null && !chosen.isAbsent();
        set.setDisable(!known || !chosen.isChangeable());
        save.setDisable(!known || !chosen.isSaveable());
        select.setDisable(!known);
        subject.setText(chosen == null ? "" : chosen.spec().title());
        if (chosen == null) {
            detail.setCenter(null);
            return;
        }
        wanted = chosen.spec().fid();
        if (!known) {
            detail.setCenter(absent(chosen));
            return;
        }
        Optional<FeatureValue> value = chosen.value(select.getValue());
        if (value.isEmpty()) {
            detail.setCenter(new EmptyState(
                    "mdi2d-database-off-outline", texts.get("noSuchValue", texts.get("select." + select.getValue()))));
            return;
        }
        detail.setCenter(fields);
        fields.show(chosen.bytes(value.get()), decode(chosen, value.get()), new byte[0], Optional.empty());
        if (select.getValue() == Select.CURRENT) {
            publish(chosen, List.of(texts.get("title"), chosen.spec().title()), decode(chosen, value.get()));
        }
    }

    /** An absent feature says why it is not read, and can be asked for all the same. */
    private Node absent(FeatureValues feature) {
        Optional<FeatureSupport> known = session().map(this::support);
        boolean unlisted = known.filter(k -> k.unlisted(feature.spec().fid())).isPresent();
        String why = feature.refusal().isEmpty()
                ? texts.get(
                        unlisted ? "absent.unlisted" : "absent.refused",
                        feature.spec().title())
                : feature.refusal();
        return new EmptyState("mdi2t-tune", why).action(texts.get("absent.ask"), () -> {
            known.ifPresent(k -> k.insist(feature.spec().fid()));
            refresh();
        });
    }

    /** What Get Features says about a feature's capabilities is a word of its own (NVMe Base 2.0c §5.15.1). */
    private Optional<StructureSpec> capabilities() {
        return context.workbench().catalogue().structure("feature-capabilities");
    }

    private Decoded decode(FeatureValues feature, FeatureValue value) {
        return select.getValue() == Select.CAPABILITIES && capabilities().isPresent()
                ? capabilities().get().decode(feature.bytes(value))
                : feature.decode(value);
    }

    /** The word that a write in the Inspector sets. */
    private static Decoded word(FeatureValues feature) {
        return feature.spec().decode(feature.current().orElseThrow().cdw0());
    }

    private void inspect(FieldRow row) {
        boolean current = select.getValue() == Select.CURRENT;
        chosen().filter(f -> current && !f.isAbsent())
                .ifPresent(feature -> publish(
                        feature,
                        List.of(
                                texts.get("title"),
                                feature.spec().title(),
                                row.field().name()),
                        row.field().isBits() && feature.current().orElseThrow().data().length == 0
                                ? word(feature)
                                : row.field()));
    }

    private void publish(FeatureValues feature, List<String> path, Decoded shown) {
        session().ifPresent(session -> {
            Selection selection = Selection.of(session, path, shown);
            // What takes more than one dword is set here, where all of it is in sight.
            if (feature.isChangeable() && !feature.takesMore()) {
                selection = selection.writable(v -> write(session, feature, v));
            }
            Optional<Integer> was = table.changedFrom(feature);
            context.workbench()
                    .selection()
                    .set(
                            was.isPresent() && !feature.takesMore()
                                    ? selection.previous(feature.spec().decode(was.get()))
                                    : selection);
        });
    }

    private void ask(FeatureValues feature) {
        session().ifPresent(session -> {
            if (feature.takesMore() || !feature.spec().destroys().isEmpty()) {
                edit(session, feature);
                return;
            }
            WritePanel panel = new WritePanel(
                    session,
                    texts.get(
                            "target",
                            feature.spec().title(),
                            String.format("0x%02x", feature.spec().fid())),
                    word(feature),
                    v -> write(session, feature, v),
                    messages.getChildren()::clear);
            messages.getChildren().setAll(panel);
            panel.startTyping();
        });
    }

    /** In place of the value, with more room for as long as it takes. */
    private void edit(DeviceSession session, FeatureValues feature) {
        double divider = split.getDividerPositions()[0];
        FeatureEditor editor = new FeatureEditor(
                texts, session, feature, (dwords, data) -> write(session, feature, dwords, data), () -> {
                    split.setDividerPositions(divider);
                    show(feature);
                });
        split.setDividerPositions(Math.min(divider, EDITING));
        detail.setCenter(editor);
        editor.requestFocus();
    }

    private void write(DeviceSession session, FeatureValues feature, BigInteger value) {
        byte[] dwords = feature.spec()
                .dwordsOf(feature.current().map(FeatureValue::cdw0).orElse(0));
        ByteBuffer.wrap(dwords).order(ByteOrder.LITTLE_ENDIAN).putInt(value.intValue());
        write(session, feature, dwords, new byte[0]);
    }

    private void write(DeviceSession session, FeatureValues feature, byte[] dwords, byte[] data) {
        boolean keep = save.isSelected() && feature.isSaveable();
        int[] words = new int[dwords.length / Integer.BYTES];
        ByteBuffer.wrap(dwords).order(ByteOrder.LITTLE_ENDIAN).asIntBuffer().get(words);
        session.ask(c -> c.setFeature(feature.spec().fid(), feature.nsid(), words, keep, data))
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
