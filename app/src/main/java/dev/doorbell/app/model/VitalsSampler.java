package dev.doorbell.app.model;

import dev.doorbell.driver.Controller;
import dev.doorbell.driver.DoorbellException;
import dev.doorbell.driver.IoWorker;
import dev.doorbell.driver.Qpair;
import dev.doorbell.plugin.DeviceEvent;
import dev.doorbell.plugin.DeviceSession;
import dev.doorbell.plugin.Vitals;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Looks at an open device four times a second: its state, the workers' counters and the queues, none of which sends a
 * command. Every five seconds it asks the session, when that is idle, for the SMART log's temperature.
 */
final class VitalsSampler {
    private static final int PERIOD_MILLIS = 250;
    private static final int TEMPERATURE_EVERY = 20;
    private static final int SMART_LOG = 0x02;
    private static final int ALL_NAMESPACES = -1;
    private static final int KELVIN = 273;

    private final OpenDevice session;
    private final ScheduledExecutorService timer;
    private final Map<IoWorker, IoWorker.Counters> before = new HashMap<>();
    private List<Integer> queues = List.of();
    private Optional<AutoCloseable> events = Optional.empty();
    private volatile OptionalInt temperature = OptionalInt.empty();
    private boolean stopped;
    private int beat;

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
            session.look(controller);
            look(controller);
        } catch (DoorbellException e) {
            // The device is being reset or closed by another view; the next beat sees what has become of it.
            session.show(Vitals.NONE);
        }
    }

    private void look(Controller controller) {
        double iops = 0;
        double bytesPerSecond = 0;
        var workers = controller.workers();
        for (var worker : workers) {
            var now = worker.counters();
            var then = before.put(worker, now);
            if (then != null && now.updatedNanos() > then.updatedNanos()) {
                double seconds = (now.updatedNanos() - then.updatedNanos()) / 1e9;
                iops += (now.completed() - then.completed()) / seconds;
                bytesPerSecond += (now.readBytes() + now.writeBytes() - then.readBytes() - then.writeBytes()) / seconds;
            }
        }
        before.keySet().retainAll(workers);
        var qpairs = controller.qpairs();
        int outstanding = qpairs.stream().mapToInt(q -> q.info().outstanding()).sum();
        var ids = qpairs.stream().map(Qpair::id).toList();
        if (!ids.equals(queues)) {
            queues = ids;
            session.fire(new DeviceEvent.QueuesChanged());
        }
        askTemperature();
        session.show(new Vitals(temperature, iops, bytesPerSecond, outstanding));
    }

    private void askTemperature() {
        boolean ready = session.state().getValue() == DeviceSession.State.READY;
        if (beat++ % TEMPERATURE_EVERY == 0 && ready && session.idle()) {
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
