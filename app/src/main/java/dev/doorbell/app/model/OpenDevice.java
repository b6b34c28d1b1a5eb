package dev.doorbell.app.model;

import dev.doorbell.driver.Controller;
import dev.doorbell.driver.Device;
import dev.doorbell.driver.DeviceAddress;
import dev.doorbell.driver.DoorbellException;
import dev.doorbell.driver.Qpair;
import dev.doorbell.driver.Simulator;
import dev.doorbell.plugin.DeviceEvent;
import dev.doorbell.plugin.DeviceSession;
import dev.doorbell.plugin.History;
import dev.doorbell.plugin.Problem;
import dev.doorbell.plugin.Problems;
import dev.doorbell.plugin.Vitals;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import javafx.application.Platform;
import javafx.beans.property.BooleanProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;
import javafx.beans.property.ReadOnlyStringWrapper;
import javafx.beans.property.SimpleBooleanProperty;
import javafx.beans.value.ObservableValue;
import javafx.util.Subscription;

/** A device session over the driver: one thread does all its device work, a sampler beside it only looks. */
final class OpenDevice implements DeviceSession {
    private final String name;
    private final DeviceAddress address;
    private final Problems problems;
    private final ReadOnlyStringWrapper title;
    private final ReadOnlyObjectWrapper<State> state = new ReadOnlyObjectWrapper<>(State.OPENING);
    private final ReadOnlyObjectWrapper<Vitals> vitals = new ReadOnlyObjectWrapper<>(Vitals.NONE);
    private final ReadOnlyObjectWrapper<List<Qpair.Info>> queues = new ReadOnlyObjectWrapper<>(List.of());
    private final ReadOnlyObjectWrapper<Optional<Simulator.FaultState>> faults =
            new ReadOnlyObjectWrapper<>(Optional.empty());
    private final BooleanProperty shield;
    private volatile boolean shielded;
    private final ReadingHistory history = new ReadingHistory(key -> fire(new DeviceEvent.Refreshed(key)));
    private final List<Consumer<DeviceEvent>> listeners = new ArrayList<>();
    private final ThreadPoolExecutor thread;
    private final AtomicReference<Sample> latest = new AtomicReference<>();
    private volatile VitalsSampler sampler;
    private volatile Optional<Controller> controller = Optional.empty();

    private record Sample(Vitals vitals, List<Qpair.Info> queues, Optional<Simulator.FaultState> faults) {}

    OpenDevice(String name, DeviceAddress address, Problems problems) {
        this.name = name;
        this.address = address;
        this.problems = problems;
        sampler = new VitalsSampler(this);
        title = new ReadOnlyStringWrapper(address.text());
        shielded = address.startsShielded();
        shield = new SimpleBooleanProperty(shielded);
        shield.addListener((o, was, on) -> guard(on));
        thread = new ThreadPoolExecutor(
                1,
                1,
                0,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                Thread.ofPlatform().name("device " + name).daemon().factory());
    }

    /** Opens on the session's own thread and waits for it; not on the JavaFX thread. */
    void openNow() throws Exception {
        try {
            await(this::open);
        } catch (Exception | LinkageError e) {
            thread.shutdown();
            throw e;
        }
    }

    /** Closes on the session's own thread, after what was asked before, and waits for it. */
    void shut() throws Exception {
        await(this::shutDown);
        thread.shutdown();
    }

    private void await(Runnable task) throws Exception {
        try {
            thread.submit(task).get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception x ? x : new IllegalStateException(e.getCause());
        }
    }

    /** Attaches and enables. A device that attaches but cannot be enabled stays open: its registers can still be read. */
    private void open() {
        var failure = Optional.<RuntimeException>empty();
        Controller opened;
        try {
            opened = Controller.open(address, Controller.Options.defaults());
        } catch (Device.OpenException e) {
            throw e;
        } catch (RuntimeException e) {
            failure = Optional.of(e);
            opened = attach(e);
        }
        var device = opened.device();
        controller = Optional.of(opened);
        guard(opened);
        var model = failure.isEmpty() ? model(opened) : "";
        FxThread.run(() -> title.set(model.isEmpty() ? device.name() : model));
        failure.ifPresent(e -> problems.show(
                Problem.error(name, name + " is open, but its controller could not be enabled: " + e.getMessage(), e)));
        look(opened);
        sampler.start(opened);
        fire(new DeviceEvent.Opened());
    }

    /** The driver itself refuses what may change a shielded device, whichever view or plug-in asks for it. */
    private void guard(boolean on) {
        shielded = on;
        try {
            thread.execute(() -> controller.ifPresent(this::guard));
        } catch (RejectedExecutionException e) {
            // Closed meanwhile: there is nothing to guard.
        }
    }

    private void guard(Controller opened) {
        if (shielded) {
            opened.device().forbidWrites();
        } else {
            opened.device().allowWrites();
        }
    }

    private Controller attach(RuntimeException why) {
        try {
            return Device.open(address).controller();
        } catch (RuntimeException e) {
            why.addSuppressed(e);
            throw why;
        }
    }

    private static String model(Controller controller) {
        var data = controller.identifyController();
        return new String(data, 24, 40, StandardCharsets.US_ASCII).strip();
    }

    private void shutDown() {
        sampler.stop();
        controller.ifPresent(this::close);
        controller = Optional.empty();
        become(State.CLOSED);
        fire(new DeviceEvent.Closed());
    }

    private void close(Controller open) {
        try {
            var device = open.device();
            open.close();
            device.close();
        } catch (RuntimeException e) {
            // Still open, so it is still watched.
            sampler = new VitalsSampler(this);
            sampler.start(open);
            throw e;
        }
    }

    /** Takes over the controller's state; any thread, and what was seen later is shown later. */
    synchronized void look(Controller seen) {
        become(
                seen.device().isLost()
                        ? State.LOST
                        : switch (seen.state()) {
                            case READY -> State.READY;
                            case DISABLED -> State.DISABLED;
                            case FATAL -> State.FATAL;
                            case LOST -> State.LOST;
                        });
    }

    void become(State next) {
        FxThread.run(() -> {
            var before = state.get();
            if (before == next || before == State.CLOSED) {
                return;
            }
            state.set(next);
            if (next == State.LOST) {
                var reason = name + " does not answer any more: its registers read as all ones or its connection is"
                        + " gone. Close it, check the device, and open it again.";
                problems.show(
                        new Problem(Problem.Severity.ERROR, Instant.now(), name, reason, "", Optional.of("devices")));
                fire(new DeviceEvent.Lost(reason));
            } else if (next == State.FATAL) {
                problems.show(new Problem(
                        Problem.Severity.ERROR,
                        Instant.now(),
                        name,
                        name + " reports a fatal error (CSTS.CFS is 1). Reset it (Device, Reset controller).",
                        "",
                        Optional.of("registers")));
            }
        });
    }

    /** One sample; merged, so that a JavaFX thread that is behind shows the latest and not all. */
    void show(Vitals seen, List<Qpair.Info> infos, Optional<Simulator.FaultState> plan) {
        if (latest.getAndSet(new Sample(seen, infos, plan)) == null) {
            FxThread.run(() -> {
                var sample = latest.getAndSet(null);
                vitals.set(sample.vitals);
                queues.set(sample.queues);
                faults.set(sample.faults);
            });
        }
    }

    /** Whether the session's thread has nothing to do, so that a look at the temperature delays nobody. */
    boolean idle() {
        return thread.getActiveCount() == 0 && thread.getQueue().isEmpty();
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public ObservableValue<String> title() {
        return title.getReadOnlyProperty();
    }

    @Override
    public String icon() {
        return DeviceKinds.icon(address);
    }

    @Override
    public DeviceAddress address() {
        return address;
    }

    @Override
    public Controller controller() {
        return controller.orElseThrow(() -> new IllegalStateException(name + " is not open"));
    }

    @Override
    public ObservableValue<State> state() {
        return state.getReadOnlyProperty();
    }

    @Override
    public ObservableValue<Vitals> vitals() {
        return vitals.getReadOnlyProperty();
    }

    @Override
    public ObservableValue<List<Qpair.Info>> queues() {
        return queues.getReadOnlyProperty();
    }

    @Override
    public ObservableValue<Optional<Simulator.FaultState>> faults() {
        return faults.getReadOnlyProperty();
    }

    @Override
    public BooleanProperty shield() {
        return shield;
    }

    @Override
    public <T> CompletableFuture<T> ask(DeviceTask<T> task) {
        var answer = new Answer<T>();
        try {
            thread.execute(() -> {
                try {
                    var value = task.run(controller());
                    lookAfterwards();
                    FxThread.run(() -> answer.complete(value));
                } catch (Exception | LinkageError | AssertionError e) {
                    lookAfterwards();
                    fail(answer, e);
                }
            });
        } catch (RejectedExecutionException e) {
            fail(answer, new IllegalStateException(name + " is closed", e));
        }
        return answer;
    }

    /** What a task did to the controller is known before its answer is, not at the sampler's next beat. */
    private void lookAfterwards() {
        try {
            controller.ifPresent(this::look);
        } catch (DoorbellException e) {
            // Being reset or closed: the sampler sees what has become of it.
        }
    }

    private void fail(Answer<?> answer, Throwable cause) {
        // Later even from the JavaFX thread: the caller has not yet had the chance to attach its handler.
        Platform.runLater(() -> {
            answer.completeExceptionally(cause);
            if (!answer.isDealtWith()) {
                problems.add(Problem.error(name, cause));
            }
        });
    }

    @Override
    public History history() {
        return history;
    }

    @Override
    public Subscription onEvent(Consumer<DeviceEvent> listener) {
        FxThread.check();
        Consumer<DeviceEvent> own = listener::accept;
        listeners.add(own);
        return () -> listeners.remove(own);
    }

    @Override
    public void fire(DeviceEvent event) {
        FxThread.run(() -> List.copyOf(listeners).forEach(l -> l.accept(event)));
    }

    @Override
    public String toString() {
        return name;
    }
}
