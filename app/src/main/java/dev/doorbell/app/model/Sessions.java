package dev.doorbell.app.model;

import dev.doorbell.driver.DeviceAddress;
import dev.doorbell.plugin.DeviceEvent;
import dev.doorbell.plugin.DeviceSession;
import dev.doorbell.plugin.Memento;
import dev.doorbell.plugin.Problem;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import javafx.beans.property.ObjectProperty;
import javafx.beans.property.SimpleObjectProperty;
import javafx.collections.FXCollections;
import javafx.collections.ObservableList;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The open devices and the current one. */
public final class Sessions {
    private static final Logger LOG = LoggerFactory.getLogger(Sessions.class);

    private final JobService jobs;
    private final ProblemList problems;
    private final Memento settings;
    private final ObservableList<DeviceSession> all = FXCollections.observableArrayList();
    private final ObservableList<DeviceSession> view = FXCollections.unmodifiableObservableList(all);
    private final ObjectProperty<DeviceSession> current = new SimpleObjectProperty<>();

    public Sessions(JobService jobs, ProblemList problems, Memento settings) {
        this.jobs = jobs;
        this.problems = problems;
        this.settings = settings;
    }

    public ObservableList<DeviceSession> all() {
        return view;
    }

    /** {@code null} inside: none is open. */
    public ObjectProperty<DeviceSession> current() {
        return current;
    }

    /** See {@link dev.doorbell.plugin.Workbench#open}. */
    public CompletableFuture<DeviceSession> open(String text) {
        FxThread.check();
        DeviceAddress address;
        try {
            address = DeviceAddress.parse(text.strip());
        } catch (RuntimeException e) {
            problems.show(Problem.error("", "“" + text + "” is no device address: " + e.getMessage(), e)
                    .in("devices"));
            return CompletableFuture.failedFuture(e);
        }
        var same = all.stream().filter(s -> s.address().equals(address)).findFirst();
        if (same.isPresent()) {
            current.set(same.get());
            return CompletableFuture.completedFuture(same.get());
        }
        var session = new OpenDevice(name(address), address, problems);
        all.add(session);
        return jobs.<DeviceSession>submit("Open " + session.name(), monitor -> {
                    monitor.message(address.text());
                    session.openNow();
                    return session;
                })
                .result()
                .whenComplete((opened, failure) -> {
                    if (failure == null) {
                        current.set(session);
                        RecentDevices.add(settings, address.text());
                    } else {
                        all.remove(session);
                    }
                });
    }

    private String name(DeviceAddress address) {
        var stem = DeviceKinds.stem(address);
        if (!DeviceKinds.numbered(address)) {
            return stem;
        }
        var taken = all.stream().map(DeviceSession::name).toList();
        int number = 0;
        while (taken.contains(stem + number)) {
            number++;
        }
        return stem + number;
    }

    /** See {@link dev.doorbell.plugin.Workbench#close}. */
    public CompletableFuture<Void> close(DeviceSession session) {
        FxThread.check();
        session.fire(new DeviceEvent.Closing());
        return jobs.<Void>submit("Close " + session.name(), monitor -> {
                    ((OpenDevice) session).shut();
                    return null;
                })
                .result()
                .whenComplete((done, failure) -> {
                    if (failure == null) {
                        remove(session);
                    }
                });
    }

    private void remove(DeviceSession session) {
        int at = all.indexOf(session);
        all.remove(session);
        if (current.get() == session) {
            current.set(all.isEmpty() ? null : all.get(Math.clamp(at, 0, all.size() - 1)));
        }
    }

    /** Closes all devices at the program's end, waiting a little for each. Not on the JavaFX thread. */
    public void closeAll() {
        for (var session : List.copyOf(all)) {
            try {
                ((OpenDevice) session).shut();
            } catch (Exception e) {
                LOG.warn("{} was not closed in order: {}", session.name(), e.getMessage());
            }
        }
    }
}
