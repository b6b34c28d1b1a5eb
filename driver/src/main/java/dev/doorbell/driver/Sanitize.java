package dev.doorbell.driver;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.function.DoubleConsumer;

/** Sanitize: erases all user data in the NVM subsystem, in the background, NVMe Base 2.0c §8.21. */
public final class Sanitize {
    /** What to do, §5.24. */
    public enum Action {
        /** Leave the failure mode of a sanitize that went wrong. */
        EXIT_FAILURE_MODE(1),
        /** Erase the media block by block. */
        BLOCK_ERASE(2),
        /** Write a pattern over everything. */
        OVERWRITE(3),
        /** Change the media encryption keys. */
        CRYPTO_ERASE(4);

        private final int code;

        Action(int code) {
            this.code = code;
        }

        /** SANACT on the wire. */
        public int code() {
            return code;
        }
    }

    /** The state of the most recent one. */
    public enum State {
        /** Never started. */
        NEVER,
        /** Completed. */
        COMPLETED,
        /** Running. */
        RUNNING,
        /** Failed. */
        FAILED,
        /** Completed, but what was to be kept from deallocation was deallocated. */
        COMPLETED_DEALLOCATED
    }

    /**
     * Sanitize Status, log page 81h.
     *
     * @param state of the most recent sanitize
     * @param progress 0 .. 1, 1 when none is running
     * @param passes overwrite passes that are complete
     * @param globalDataErased nothing was written since
     */
    public record Status(State state, double progress, int passes, boolean globalDataErased) {}

    /** It did not end in time, or failed. */
    public static final class SanitizeException extends DoorbellException {
        SanitizeException(String message) {
            super(message);
        }
    }

    private static final int LOG = 0x81;
    private static final long LOOK_NANOS = 20_000_000L;

    private final Controller controller;

    /** @param controller one of the subsystem */
    public Sanitize(Controller controller) {
        this.controller = controller;
    }

    /** Starts one with defaults: a single overwrite pass of zeros where it overwrites, restricted exit, deallocating. */
    public Completion start(Action action) {
        return start(AdminCommands.sanitize(action.code(), 0, false, 1));
    }

    /** Starts one by a command of {@link AdminCommands#sanitize}. */
    public Completion start(Command sanitize) {
        return controller.execute(sanitize).orThrow("Sanitize");
    }

    /** How it stands. The event that tells of the end is retained. */
    public Status status() {
        ByteBuffer log =
                ByteBuffer.wrap(controller.logPage(LOG, -1, 512, 0, 0, true)).order(ByteOrder.LITTLE_ENDIAN);
        int status = log.getShort(2);
        int state = Math.min(status & 7, State.values().length - 1);
        double progress = State.values()[state] == State.RUNNING ? (log.getShort(0) & 0xffff) / 65536.0 : 1;
        return new Status(State.values()[state], progress, status >> 3 & 0x1f, (status >> 8 & 1) != 0);
    }

    /**
     * Waits until none is running.
     *
     * @param progress told of the share that is done, 0 .. 1, on this thread
     * @throws SanitizeException if it fails, or is still running after {@code limit}
     */
    public Status await(Duration limit, DoubleConsumer progress) {
        long deadline = System.nanoTime() + limit.toNanos();
        for (; ; ) {
            Status status = status();
            progress.accept(status.progress());
            if (status.state() == State.FAILED) {
                throw new SanitizeException(
                        "the sanitize of " + controller.device() + " failed; leave the failure mode, or start another");
            }
            if (status.state() != State.RUNNING) {
                return status;
            }
            if (System.nanoTime() - deadline > 0) {
                throw new SanitizeException(String.format(
                        "the sanitize of %s is %.1f %% done after %d s; it goes on in the device",
                        controller.device(), 100 * status.progress(), limit.toSeconds()));
            }
            Pause.nanos(LOOK_NANOS);
        }
    }
}
