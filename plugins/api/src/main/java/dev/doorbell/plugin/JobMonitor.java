package dev.doorbell.plugin;

import java.util.concurrent.CancellationException;

/** A job's line to the window. Any thread; cheap enough to call in a loop. */
public interface JobMonitor {
    /** 0 to 1, or -1 while it cannot be told. */
    void progress(double fraction);

    /** What it is at, in a few words. */
    void message(String text);

    boolean isCancelled();

    /** Called once, on the cancelling thread, when somebody cancels; at once if that has happened already. */
    void onCancel(Runnable action);

    /** @throws CancellationException if somebody cancelled */
    default void check() {
        if (isCancelled()) {
            throw new CancellationException();
        }
    }
}
