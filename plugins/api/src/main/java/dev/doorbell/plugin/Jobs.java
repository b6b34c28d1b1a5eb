package dev.doorbell.plugin;

import javafx.beans.value.ObservableValue;
import javafx.collections.ObservableList;

/** Long work, all of it in one place: the Jobs view and the status bar show it, with progress and cancel. */
public interface Jobs {
    /** Runs {@code task} on a thread of its own. */
    <T> Job<T> submit(String name, JobTask<T> task);

    /** Runs {@code task} on the session's thread, after what was asked of it before. */
    <T> Job<T> submit(DeviceSession session, String name, DeviceSession.DeviceJob<T> task);

    /** Those that run and the last hundred that ended, newest first. Unmodifiable. */
    ObservableList<Job<?>> all();

    /** How many wait or run. */
    ObservableValue<Integer> running();

    /** Long work without a device. */
    @FunctionalInterface
    interface JobTask<T> {
        T run(JobMonitor monitor) throws Exception;
    }
}
