package dev.doorbell.app.model;

import dev.doorbell.driver.Controller;
import dev.doorbell.driver.DoorbellException;
import dev.doorbell.driver.IoWorker;
import dev.doorbell.driver.Qpair;
import dev.doorbell.driver.Simulator;
import dev.doorbell.plugin.DeviceEvent;
import dev.doorbell.plugin.DeviceSession;
import dev.doorbell.plugin.Vitals;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Looks at an open device ten times a second: the workers' counters and the queues, and half as often its state, none of
 * which sends a command. Every ten seconds it asks the session, when that is idle, for the SMART log's temperature.
 */
final class VitalsSampler {
    private static final int PERIOD_MILLIS = 100;
    private static final int TEMPERATURE_EVERY = 100;
    private static final int STATE_EVERY = 2;
    /** Rates are means over this many samples, so that they can be read. */
    private static final int WINDOW = 10;

    private static final int SMART_LOG = 0x02;
    private static final int ALL_NAMESPACES = -1;
    private static final int KELVIN = 273;

    private final OpenDevice session;
    private final ScheduledExecutorService timer;
    private final Map<IoWorker, ArrayDeque<IoWorker.Counters>> seen = new HashMap<>();
    private List<Integer> queues = List.of();
    private Optional<AutoCloseable> events = Optional.empty();
    private volatile OptionalInt temperature = OptionalInt.empty();
    private boolean stopped;
    private int beat;
    private int sinceTemperature = TEMPERATURE_EVERY;

    VitalsSampler(OpenDevice session) {
        this.session = session;
        timer = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().name("vitals " + session.name()).daemon().factory());
    }

    void start(Controller controller) {
        events = Optional.of(controller.onAsyncEvent(e -> session.fire(new DeviceEvent.Async(e))));
        timer.scheduleAtFixedRate(() -> sample(controller), 0, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** After this returns the device is not looked at any more. */
    void stop() {
        timer.shutdownNow();
        synchronized (this) {
            stopped = true;
        }
        events.ifPresent(e -> {
            try {
                e.close();
            } catch (Exception failure) {
                throw new IllegalStateException(failure);
            }
        });
    }

    private synchronized void sample(Controller controller) {
        if (stopped) {
            return;
        }
        try {
            if (beat % STATE_EVERY == 0) {
                session.look(controller);
            }
            look(controller);
        } catch (DoorbellException e) {
            // The device is being reset or closed by another view; the next beat sees what has become of it.
            session.show(Vitals.NONE, List.of(), faults(controller));
        }
        beat++;
    }

    private void look(Controller controller) {
        double iops = 0;
        double bytesPerSecond = 0;
        var workers = controller.workers();
        for (var worker : workers) {
            var now = worker.counters();
            var past = seen.computeIfAbsent(worker, w -> new ArrayDeque<>());
            past.addLast(now);
            var then = past.size() > WINDOW ? past.removeFirst() : past.getFirst();
            double seconds = (now.updatedNanos() - then.updatedNanos()) / 1e9;
            if (seconds > 0 && worker.state() == IoWorker.State.RUNNING) {
                iops += (now.completed() - then.completed()) / seconds;
                bytesPerSecond += (now.readBytes() + now.writeBytes() - then.readBytes() - then.writeBytes()) / seconds;
            }
        }
        seen.keySet().retainAll(workers);
        var infos = Qpair.look(controller.qpairs());
        int outstanding = infos.stream().mapToInt(Qpair.Info::outstanding).sum();
        var ids = infos.stream().map(Qpair.Info::qid).toList();
        if (!ids.equals(queues)) {
            queues = ids;
            session.fire(new DeviceEvent.QueuesChanged());
        }
        askTemperature();
        session.show(new Vitals(temperature, iops, bytesPerSecond, outstanding), infos, faults(controller));
    }

    private static Optional<Simulator.FaultState> faults(Controller controller) {
        try {
            return controller.device().simulator().map(Simulator::faults);
        } catch (DoorbellException e) {
            return Optional.empty(); // closed meanwhile
        }
    }

    private void askTemperature() {
        boolean ready = session.state().getValue() == DeviceSession.State.READY;
        sinceTemperature++;
        if (sinceTemperature >= TEMPERATURE_EVERY && ready && session.idle()) {
            sinceTemperature = 0;
            session.ask(c -> {
                        c.poll();
                        var log = c.logPage(SMART_LOG, ALL_NAMESPACES, 512, 0, 0, true);
                        return (log[1] & 0xff | (log[2] & 0xff) << 8) - KELVIN;
                    })
                    .handle((celsius, failure) -> temperature =
                            failure == null && celsius > -KELVIN ? OptionalInt.of(celsius) : OptionalInt.empty());
        }
    }
}
