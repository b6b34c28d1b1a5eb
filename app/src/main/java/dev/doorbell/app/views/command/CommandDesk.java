package dev.doorbell.app.views.command;

import dev.doorbell.driver.Controller;
import dev.doorbell.driver.DoorbellException;
import dev.doorbell.driver.Qpair;
import dev.doorbell.plugin.DeviceEvent;
import dev.doorbell.plugin.DeviceSession;
import dev.doorbell.plugin.Workbench;
import dev.doorbell.spec.Catalogue;
import dev.doorbell.spec.CommandSpec;
import dev.doorbell.spec.CommandText;
import dev.doorbell.spec.StructureSpec;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import javafx.beans.property.BooleanProperty;
import javafx.beans.property.ObjectProperty;
import javafx.beans.property.SimpleBooleanProperty;
import javafx.beans.property.SimpleObjectProperty;
import javafx.beans.property.SimpleStringProperty;
import javafx.beans.property.StringProperty;
import javafx.collections.FXCollections;
import javafx.collections.ObservableList;

/**
 * What the command views work on together: the draft, its target, the field in focus, the outcomes. Properties belong to the JavaFX thread.
 */
final class CommandDesk {
    private static final int HISTORY = 100;
    private static final int OWN_DEPTH = 64;

    private final Workbench workbench;
    private final Catalogue catalogue;
    private final ObjectProperty<Draft> draft = new SimpleObjectProperty<>();
    private final ObjectProperty<Target> target = new SimpleObjectProperty<>(Target.DEFAULT);
    private final StringProperty focus = new SimpleStringProperty("");
    private final BooleanProperty sending = new SimpleBooleanProperty();
    private final ObjectProperty<Outcome> outcome = new SimpleObjectProperty<>();
    private final ObjectProperty<Integer> lbaBytes = new SimpleObjectProperty<>(512);
    private final ObservableList<Outcome> history = FXCollections.observableArrayList();
    private final Map<DeviceSession, Qpair> own = new ConcurrentHashMap<>();
    private final Map<Integer, Integer> blockSizes = new HashMap<>();
    private int numbers;
    private Runnable asked = () -> {};

    CommandDesk(Workbench workbench) {
        this.workbench = workbench;
        catalogue = workbench.catalogue();
        draft.set(catalogue
                .command(CommandSpec.Queue.ADMIN, 0x06)
                .map(Draft::of)
                .orElseGet(() -> new Draft(CommandSpec.Queue.ADMIN, new byte[Draft.BYTES], false)));
        draft.addListener((o, was, is) -> measure());
        workbench.device().subscribe(session -> {
            blockSizes.clear();
            measure();
        });
        workbench.sessions().forEach(this::follow);
        workbench.sessions().addListener((javafx.collections.ListChangeListener<DeviceSession>) change -> {
            while (change.next()) {
                change.getAddedSubList().forEach(this::follow);
            }
        });
    }

    private void follow(DeviceSession session) {
        session.onEvent(event -> {
            switch (event) {
                case DeviceEvent.Closing closing -> release(session);
                case DeviceEvent.Reset reset -> release(session);
                case DeviceEvent.NamespacesChanged changed -> blockSizes.clear();
                default -> {}
            }
        });
    }

    private void release(DeviceSession session) {
        Qpair qpair = own.remove(session);
        if (qpair != null) {
            session.ask(c -> {
                qpair.close();
                return true;
            });
        }
    }

    Catalogue catalogue() {
        return catalogue;
    }

    ObjectProperty<Draft> draft() {
        return draft;
    }

    ObjectProperty<Target> target() {
        return target;
    }

    /** Name of the field that is lit in form and dwords. */
    StringProperty focus() {
        return focus;
    }

    BooleanProperty sending() {
        return sending;
    }

    /** The outcome in sight. */
    ObjectProperty<Outcome> outcome() {
        return outcome;
    }

    /** Oldest first. */
    ObservableList<Outcome> history() {
        return history;
    }

    /** Bytes of a logical block of the namespace that the draft names. */
    ObjectProperty<Integer> lbaBytes() {
        return lbaBytes;
    }

    Optional<CommandSpec> spec() {
        return draft.get().spec(catalogue);
    }

    void choose(CommandSpec spec) {
        draft.set(Draft.of(spec));
        target.set(target.get().bytes(OptionalInt.empty()));
        focus.set("");
    }

    /** Who asks first and then sends: the command view, once it is there. */
    void onSend(Runnable sender) {
        asked = sender;
    }

    /** As if the user had pressed Send in the command view. */
    void requestSend() {
        asked.run();
    }

    /** Bytes of data that will be moved. */
    int dataBytes() {
        Target t = target.get();
        if (!Sender.movesData(spec(), t)) {
            return 0;
        }
        return t.bytes()
                .orElseGet(() -> spec().map(s -> s.dataBytes(draft.get().sqe(), lbaBytes.get()))
                        .filter(n -> n > 0)
                        .orElse(4096));
    }

    String name() {
        return CommandText.name(catalogue, draft.get().queue(), draft.get().sqe());
    }

    String details(Draft d) {
        return CommandText.details(catalogue, d.queue(), d.sqe(), lbaBytes.get());
    }

    /** Asks for the block size of the namespace in the draft, once a namespace. */
    private void measure() {
        DeviceSession session = workbench.device().get();
        int nsid = draft.get().dword(1);
        if (draft.get().queue() != CommandSpec.Queue.IO || nsid == 0 || nsid == -1) {
            return;
        }
        Integer known = blockSizes.get(nsid);
        if (known != null) {
            lbaBytes.set(known);
        } else if (session != null && session.state().getValue() == DeviceSession.State.READY) {
            session.ask(c -> c.activeNamespaces().contains(nsid)
                            ? c.namespace(nsid).lbaBytes()
                            : 512)
                    .thenAccept(bytes -> {
                        blockSizes.put(nsid, bytes);
                        if (draft.get().dword(1) == nsid) {
                            lbaBytes.set(bytes);
                        }
                    });
        }
    }

    /** Sends the draft to the current device. The future fails when it could not be sent at all. */
    CompletableFuture<Outcome> send() {
        DeviceSession session = workbench.device().get();
        if (session == null) {
            return CompletableFuture.failedFuture(new IllegalStateException("no device is open"));
        }
        Draft d = draft.get();
        Target t = target.get();
        int bytes = dataBytes();
        String name = name();
        String details = details(d);
        Optional<StructureSpec> structure = structure(d);
        int number = ++numbers;
        sending.set(true);
        CompletableFuture<Outcome> result = session.ask(controller -> {
            Qpair qpair = qpair(session, controller, d, t);
            Instant at = Instant.now();
            Sender.Sent sent = Sender.send(controller, qpair, d, t, bytes);
            boolean expected = sent.completions().stream()
                    .allMatch(c -> !c.timedOut() && !c.lost() && (c.sct() << 8 | c.sc()) == t.expectedStatus());
            return new Outcome(
                    number,
                    session.name(),
                    d,
                    t,
                    name,
                    details,
                    at,
                    sent.last(),
                    status(sent),
                    expected,
                    sent.completions().size(),
                    sent.data(),
                    structure,
                    sent.overrun());
        });
        result.whenComplete((done, failure) -> {
            sending.set(false);
            if (done != null) {
                show(session, done);
            }
        });
        return result;
    }

    private void show(DeviceSession session, Outcome done) {
        history.add(done);
        if (history.size() > HISTORY) {
            history.removeFirst();
        }
        outcome.set(done);
        int opcode = done.draft().opcode();
        if (done.draft().queue() == CommandSpec.Queue.ADMIN
                && List.of(0x0d, 0x15, 0x80).contains(opcode)) {
            session.fire(new DeviceEvent.NamespacesChanged());
        }
    }

    private String status(Sender.Sent sent) {
        var last = sent.last();
        if (last.timedOut()) {
            return "Timed out";
        }
        return last.lost() ? "Lost by reset" : catalogue.statusCodes().describe(last.statusField());
    }

    private Optional<StructureSpec> structure(Draft d) {
        if (d.queue() == CommandSpec.Queue.ADMIN && d.opcode() == 0x02) {
            return catalogue
                    .logPage(d.dword(10) & 0xff)
                    .flatMap(l -> d.spec(catalogue).flatMap(s -> s.dataStructure(d.sqe())));
        }
        return d.spec(catalogue).flatMap(s -> s.dataStructure(d.sqe()));
    }

    /** The admin queue, the I/O queue that was asked for, or the desk's own. */
    private Qpair qpair(DeviceSession session, Controller controller, Draft d, Target t) {
        if (d.queue() == CommandSpec.Queue.ADMIN) {
            return controller.admin();
        }
        if (t.qid().isPresent()) {
            int wanted = t.qid().getAsInt();
            return controller.qpairs().stream()
                    .filter(q -> q.id() == wanted)
                    .findFirst()
                    .orElseThrow(() -> new DoorbellException(
                            "queue " + wanted + " of " + session.name() + " is gone; choose another target queue"));
        }
        Qpair mine = own.get(session);
        if (mine == null || !mine.isOpen() || !mine.isAlive()) {
            if (mine != null) {
                mine.close();
            }
            mine = controller.createQpair(OWN_DEPTH);
            own.put(session, mine);
            session.fire(new DeviceEvent.QueuesChanged());
        }
        return mine;
    }
}
