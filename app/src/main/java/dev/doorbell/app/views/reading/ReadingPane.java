package dev.doorbell.app.views.reading;

import dev.doorbell.app.controls.Banner;
import dev.doorbell.app.controls.Chip;
import dev.doorbell.app.controls.EmptyState;
import dev.doorbell.app.controls.FieldRow;
import dev.doorbell.app.controls.FieldsPane;
import dev.doorbell.app.controls.FittingRow;
import dev.doorbell.app.controls.SearchField;
import dev.doorbell.app.controls.ToggleChip;
import dev.doorbell.app.controls.Tone;
import dev.doorbell.driver.Device;
import dev.doorbell.plugin.DeviceEvent;
import dev.doorbell.plugin.DeviceSession;
import dev.doorbell.plugin.History;
import dev.doorbell.plugin.Memento;
import dev.doorbell.plugin.Selection;
import dev.doorbell.plugin.Texts;
import dev.doorbell.plugin.ViewContext;
import dev.doorbell.plugin.Workbench;
import dev.doorbell.spec.Decoded;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import javafx.scene.Node;
import javafx.scene.input.KeyCode;
import javafx.scene.input.KeyEvent;
import javafx.scene.layout.BorderPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;

/**
 * The body of a view that shows a device's bytes: a tool bar, a place for messages, and the fields beside the bytes. It
 * reads its {@link Source} when it becomes visible, on {@link #refresh} and when the device changes; what differs from
 * the reading compared with is marked; what is chosen goes to the Inspector.
 */
public final class ReadingPane extends BorderPane {
    private static final double NARROW = 860;

    private final ViewContext context;
    private final Texts texts;
    private final FieldsPane fields;
    private final SearchField filter;
    private final ToggleChip nonZero;
    private final Chip changes;
    private final CompareMenu compare;
    private final FittingRow tools = new FittingRow();
    private final HBox choosers = new HBox();
    private final VBox messages = new VBox();
    private Optional<Source> source = Optional.empty();
    private Optional<ExportMenu.Shown> shown = Optional.empty();
    private Optional<Decoded> earlier = Optional.empty();
    private BiFunction<DeviceSession, FieldRow, Optional<Selection.WriteAction>> writer = (s, r) -> Optional.empty();
    private String wantedPath = "";
    private long round;
    private boolean stale = true;

    /** A pane around fields that are made for what is shown. */
    public ReadingPane(ViewContext context, FieldsPane fields) {
        this.context = context;
        this.fields = fields;
        texts = Texts.of(ReadingPane.class);
        getStyleClass().add("reading-pane");
        filter = SearchField.filter(texts.get("filter"));
        nonZero = new ToggleChip(texts.get("nonZero"), true);
        nonZero.setMinWidth(Region.USE_PREF_SIZE);
        changes = new Chip("", Tone.CHANGED, "mdi2d-delta");
        changes.setMinWidth(Region.USE_PREF_SIZE);
        compare = new CompareMenu(texts, c -> showAgain());
        compare.setOnShowing(e -> compare.offer(
                session(), workbench().sessions(), source.map(Source::key).orElse("")));
        compare.offer(Optional.empty(), List.of(), "");
        layOut();
        filter.input()
                .textProperty()
                .addListener(o -> fields.tree().filterProperty().set(filter.query()));
        fields.tree().nonZeroOnlyProperty().bind(nonZero.selectedProperty());
        fields.tree().changesProperty().addListener(o -> sayChanges());
        fields.link().setOnChoose(this::chosen);
        addEventFilter(KeyEvent.KEY_PRESSED, e -> {
            if (e.getCode() == KeyCode.ESCAPE && !messages.getChildren().isEmpty()) {
                messages.getChildren().clear();
                e.consume();
            }
        });
        widthProperty().addListener(o -> fit());
        sayChanges();
        context.watch(context.device(), s -> deviceChanged());
        context.watch(context.visible(), v -> {
            if (v && stale) {
                refresh();
            }
        });
        context.onDeviceEvent(this::happened);
    }

    private void layOut() {
        Region gap = new Region();
        HBox.setHgrow(gap, Priority.ALWAYS);
        tools.getStyleClass().add("view-toolbar");
        choosers.getStyleClass().add("row");
        choosers.setMinWidth(Region.USE_PREF_SIZE);
        filter.setMinWidth(100);
        ExportMenu export = new ExportMenu(texts, workbench(), () -> shown);
        tools.getChildren()
                .addAll(filter, choosers, nonZero, gap, changes, compare, export, new PinButton(context, texts));
        tools.optional(nonZero, compare, changes);
        VBox top = new VBox(tools, messages);
        setTop(top);
    }

    /** Puts a chooser, such as a combo box, after the filter. */
    public void addChooser(Node chooser) {
        choosers.getChildren().add(chooser);
    }

    /** How a chosen field can be written, if it can. */
    public void setWriter(BiFunction<DeviceSession, FieldRow, Optional<Selection.WriteAction>> how) {
        writer = how;
    }

    /** The fields and bytes. */
    public FieldsPane fields() {
        return fields;
    }

    /** Whether only fields with a set bit are shown. */
    public ToggleChip nonZeroChip() {
        return nonZero;
    }

    /** The device this pane shows. */
    public Optional<DeviceSession> session() {
        return Optional.ofNullable(context.device().getValue());
    }

    /** What the pane reads. */
    public void setSource(Source next) {
        source = Optional.of(next);
        // A path that is asked for now is one of what comes, not of what still stands there.
        shown = Optional.empty();
        stale = true;
        if (context.visible().getValue()) {
            refresh();
        }
    }

    /** Chooses the field at a path once it is there. */
    public void open(String path) {
        wantedPath = path;
        applyWanted();
    }

    /** Puts the caret into the filter. */
    public void find() {
        filter.startTyping();
    }

    /** Reads again. */
    public void refresh() {
        if (session().isEmpty()) {
            setCenter(noDevice());
            messages.getChildren().clear();
            return;
        }
        DeviceSession session = session().get();
        if (session.state().getValue() == DeviceSession.State.OPENING || source.isEmpty()) {
            return;
        }
        stale = false;
        Source what = source.get();
        long mine = ++round;
        session.ask(what.read()).whenComplete((data, failure) -> {
            if (mine != round) {
                return;
            }
            messages.getChildren().clear();
            if (failure == null) {
                session.history().add(what.key(), data);
                showAgain();
            } else {
                failed(what, failure);
            }
            if (session.state().getValue() == DeviceSession.State.LOST) {
                say(LostDevice.banner(workbench(), session));
            }
        });
    }

    /** Shows a message or a question above the fields, in place of others. */
    public void say(Node message) {
        messages.getChildren().setAll(message);
    }

    /** Takes messages away. */
    public void sayNothing() {
        messages.getChildren().clear();
    }

    /** Keeps filter and switches over the program's end. */
    public void save(Memento memento) {
        memento.put("filter", filter.query());
        memento.put("nonZero", nonZero.isSelected());
    }

    /** The other way. */
    public void restore(Memento memento) {
        filter.input().setText(memento.get("filter", ""));
        nonZero.setSelected(memento.getBoolean("nonZero", nonZero.isSelected()));
    }

    private void showAgain() {
        if (source.isEmpty() || session().isEmpty()) {
            return;
        }
        Source what = source.get();
        DeviceSession session = session().get();
        session.history()
                .latest(what.key())
                .ifPresent(now -> baseline(session, what).whenComplete((before, failure) -> {
                    if (source.get() == what) {
                        show(what, now.bytes(), failure == null ? before : Optional.empty());
                        if (failure != null) {
                            say(Banner.error(texts.get("compare.failed"), Failures.message(failure)));
                        }
                    }
                }));
    }

    private CompletableFuture<Optional<byte[]>> baseline(DeviceSession session, Source what) {
        return switch (compare.comparison()) {
            case Comparison.Off off -> CompletableFuture.completedFuture(Optional.empty());
            case Comparison.LastRefresh last ->
                CompletableFuture.completedFuture(
                        session.history().before(what.key()).map(History.Reading::bytes));
            case Comparison.Earlier reading ->
                CompletableFuture.completedFuture(Optional.of(reading.reading().bytes()));
            case Comparison.Other other -> other.session().ask(what.read()).thenApply(Optional::of);
        };
    }

    private void show(Source what, byte[] data, Optional<byte[]> before) {
        Decoded now = what.decode().apply(data);
        earlier = before.map(what.decode());
        shown = Optional.of(new ExportMenu.Shown(what.fileName(), data, now));
        fields.show(data, now, before.orElse(new byte[0]), earlier);
        setCenter(fields);
        applyWanted();
        fields.tree().chosen().ifPresent(this::chosenAgain);
    }

    private void applyWanted() {
        if (!wantedPath.isEmpty() && shown.isPresent()) {
            if (shown.get().decoded().find(wantedPath).map(Decoded::isZero).orElse(false)) {
                nonZero.setSelected(false);
            }
            filter.input().clear();
            if (fields.tree().choose(wantedPath)) {
                wantedPath = "";
            }
        }
    }

    private void failed(Source what, Throwable failure) {
        String headline = texts.get("failed", what.path().getLast(), Failures.message(failure));
        Banner banner = Banner.error(headline, Failures.advice(texts, failure));
        if (!(Failures.cause(failure) instanceof Device.LostException)) {
            banner.action(texts.get("again"), this::refresh);
        }
        say(banner);
        if (session().flatMap(s -> s.history().latest(what.key())).isEmpty()) {
            shown = Optional.empty();
            setCenter(new EmptyState(
                    "mdi2d-database-off-outline",
                    texts.get("nothing", what.path().getLast())));
        }
    }

    private void chosen(FieldRow row) {
        publish(row);
    }

    /** After a refresh the Inspector shows the new value, if it showed this field. */
    private void chosenAgain(FieldRow row) {
        Selection inspected = workbench().selection().get();
        if (inspected != null
                && inspected.device().equals(session())
                && inspected.path().equals(pathOf(row))) {
            publish(row);
        }
    }

    /** A bit field is shown inside its word, whose last path element names it. */
    private void publish(FieldRow row) {
        session().ifPresent(session -> {
            Decoded word = row.field().isBits() ? wordOf(row.field()) : row.field();
            Selection selection = Selection.of(session, pathOf(row), word);
            Optional<Decoded> before = earlier.flatMap(e -> e.find(word.path()));
            if (before.isPresent()) {
                selection = selection.previous(before.get());
            }
            Optional<Selection.WriteAction> write = writer.apply(session, row);
            workbench().selection().set(write.isPresent() ? selection.writable(write.get()) : selection);
        });
    }

    private Decoded wordOf(Decoded bits) {
        int dot = bits.path().lastIndexOf('.');
        return shown.flatMap(s ->
                        s.decoded().find(dot < 0 ? bits.path() : bits.path().substring(0, dot)))
                .orElse(bits);
    }

    private List<String> pathOf(FieldRow row) {
        List<String> path = new ArrayList<>(source.map(Source::path).orElse(List.of()));
        path.addAll(List.of(row.field().path().split("\\.")));
        return path;
    }

    private void deviceChanged() {
        stale = true;
        shown = Optional.empty();
        round++;
        if (session().isEmpty()) {
            setCenter(noDevice());
            messages.getChildren().clear();
        } else if (context.visible().getValue()) {
            refresh();
        }
    }

    private void happened(DeviceEvent event) {
        switch (event) {
            case DeviceEvent.Opened e -> becomeStale();
            case DeviceEvent.Reset e -> becomeStale();
            case DeviceEvent.NamespacesChanged e -> becomeStale();
            case DeviceEvent.Lost lost -> session().ifPresent(s -> say(LostDevice.banner(workbench(), s)));
            default -> {}
        }
    }

    private void becomeStale() {
        stale = true;
        if (context.visible().getValue()) {
            refresh();
        }
    }

    private Node noDevice() {
        return new EmptyState("mdi2u-usb-port", texts.get("noDevice"))
                .action(texts.get("openSim"), () -> workbench().open("sim:"));
    }

    private void sayChanges() {
        int count = fields.tree().changesProperty().get();
        changes.setText(getWidth() < NARROW ? Integer.toString(count) : texts.get("changed", count));
        changes.setVisible(count > 0);
        changes.setManaged(count > 0);
    }

    private void fit() {
        boolean narrow = getWidth() < NARROW;
        filter.setPrefWidth(narrow ? 120 : 200);
        filter.setMinWidth(narrow ? 80 : 100);
        filter.input().setPromptText(texts.get(narrow ? "filter.short" : "filter"));
        nonZero.setText(texts.get(narrow ? "nonZero.short" : "nonZero"));
        sayChanges();
    }

    private Workbench workbench() {
        return context.workbench();
    }
}
