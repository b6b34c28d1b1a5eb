package dev.doorbell.plugin;

import dev.doorbell.driver.Controller;
import dev.doorbell.driver.DeviceAddress;
import dev.doorbell.driver.Qpair;
import dev.doorbell.driver.Simulator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import javafx.beans.property.BooleanProperty;
import javafx.beans.value.ObservableValue;
import javafx.util.Subscription;

/** One open device. Properties belong to the JavaFX thread; {@link #controller} to the session's own thread. */
public interface DeviceSession {
    enum State {
        /** Being opened: {@link #controller} throws. */
        OPENING,
        /** CSTS.RDY is 1. */
        READY,
        /** CC.EN is 0. */
        DISABLED,
        /** CSTS.CFS is 1. */
        FATAL,
        /** The function has vanished or the connection is gone. */
        LOST,
        /** Closed by the user or the program's end. */
        CLOSED
    }

    /** Short and unique among the open ones: {@code "sim0"}, {@code "0000:01:00.0"}. */
    String name();

    /** The model, or what the address says before it is known: {@code "Doorbell Sim 1 GiB"}. */
    ObservableValue<String> title();

    /** Ikonli literal for this kind of device. */
    String icon();

    DeviceAddress address();

    /**
     * The driver's object. Call its methods inside {@link #ask} only, never on the JavaFX thread.
     *
     * @throws IllegalStateException while OPENING and after CLOSED
     */
    Controller controller();

    ObservableValue<State> state();

    /** Temperature, throughput and outstanding commands, for the status bar; never empty. */
    ObservableValue<Vitals> vitals();

    /** The qpairs as they were at most 100 ms ago, admin first; never empty inside, the list is while it is not open. */
    ObservableValue<List<Qpair.Info>> queues();

    /** The fault plan as it was at most 100 ms ago; empty inside unless the device is a simulator that is open. */
    ObservableValue<Optional<Simulator.FaultState>> faults();

    /**
     * On: no writes, formats or register writes. Real devices start with it on, simulated and virtual ones without. Views
     * ask {@link #shielded} before anything that changes the device and offer to lift it.
     */
    BooleanProperty shield();

    /** Whether the shield is on. */
    default boolean shielded() {
        return shield().get();
    }

    /**
     * Runs {@code task} on the session's thread, after what was asked before. The future completes on the JavaFX thread, so
     * {@code ask(c -> c.logPage(2, 512)).thenAccept(this::show)} needs nothing else. A failure that nobody handles is
     * reported as a problem of this device. For work of more than about a second use {@link Jobs#submit(DeviceSession,
     * String, DeviceJob)}.
     */
    <T> CompletableFuture<T> ask(DeviceTask<T> task);

    /** What was read before, for "what it was" and for comparison. */
    History history();

    /** Calls {@code listener} on the JavaFX thread with each event until the subscription is closed. */
    Subscription onEvent(Consumer<DeviceEvent> listener);

    /** Tells every listener, for example {@link DeviceEvent.Refreshed} after a view read something again. Any thread. */
    void fire(DeviceEvent event);

    /** Work with the driver's object on the session's thread. */
    @FunctionalInterface
    interface DeviceTask<T> {
        T run(Controller controller) throws Exception;
    }

    /** Long work with the driver's object on the session's thread. */
    @FunctionalInterface
    interface DeviceJob<T> {
        T run(Controller controller, JobMonitor monitor) throws Exception;
    }
}
