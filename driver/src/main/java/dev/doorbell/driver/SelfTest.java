package dev.doorbell.driver;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleConsumer;

/** Device self-test: starting, following and aborting it, NVMe Base 2.0c §8.6. */
public final class SelfTest {
    /** Kinds of self-test. */
    public enum Code {
        /** About two minutes at most. */
        SHORT(1),
        /** As long as EDSTT of the identify controller structure says. */
        EXTENDED(2),
        /** Defined by the vendor. */
        VENDOR(14);

        private final int code;

        Code(int code) {
            this.code = code;
        }

        /** STC on the wire. */
        public int code() {
            return code;
        }
    }

    /**
     * One result of log page 06h.
     *
     * @param code 1 short, 2 extended, 14 vendor
     * @param result 0 passed, 1 aborted by command, 2 by a controller reset, 3 by removal of a namespace, 4 by Format NVM, 5 fatal error, 6
     *     failed in an unknown segment, 7 failed in segments, 8 aborted for another reason, 9 by a sanitize
     * @param segment the first that failed, with result 7
     * @param powerOnHours when
     */
    public record Result(int code, int result, int segment, long powerOnHours) {
        /** Whether it passed. */
        public boolean passed() {
            return result == 0;
        }
    }

    /**
     * Log page 06h.
     *
     * @param running 0 none, 1 short, 2 extended, 14 vendor
     * @param percent done of the running one
     * @param results newest first
     */
    public record Status(int running, int percent, List<Result> results) {}

    /** It did not end in time. */
    public static final class SelfTestException extends DoorbellException {
        SelfTestException(String message) {
            super(message);
        }
    }

    private static final int LOG = 0x06, LOG_BYTES = 564, RESULT_BYTES = 28, UNUSED = 15, ABORT = 15;
    private static final long LOOK_NANOS = 50_000_000L;

    private final Controller controller;

    /** @param controller the device's */
    public SelfTest(Controller controller) {
        this.controller = controller;
    }

    /**
     * Starts one.
     *
     * @param nsid namespace to include, 0 none, -1 all
     */
    public Completion start(int nsid, Code code) {
        return controller.execute(AdminCommands.selfTest(nsid, code.code())).orThrow("Device Self-test");
    }

    /** Aborts the running one. */
    public Completion abort(int nsid) {
        return controller.execute(AdminCommands.selfTest(nsid, ABORT)).orThrow("Device Self-test, abort");
    }

    /** How it stands, and earlier results. */
    public Status status() {
        byte[] log = controller.logPage(LOG, LOG_BYTES);
        List<Result> results = new ArrayList<>();
        for (int at = 4; at + RESULT_BYTES <= log.length; at += RESULT_BYTES) {
            int result = log[at] & 0xf;
            if (result != UNUSED && log[at] >> 4 != 0) {
                long hours = 0;
                for (int i = 7; i >= 0; i--) {
                    hours = hours << 8 | log[at + 4 + i] & 0xff;
                }
                results.add(new Result(log[at] >> 4 & 0xf, result, log[at + 1] & 0xff, hours));
            }
        }
        return new Status(log[0] & 0xf, log[1] & 0x7f, results);
    }

    /**
     * Waits until none is running.
     *
     * @param progress told of the share that is done, 0 .. 1, on this thread
     * @return the newest result
     * @throws SelfTestException if it is still running after {@code limit}, or left no result
     */
    public Result await(Duration limit, DoubleConsumer progress) {
        long deadline = System.nanoTime() + limit.toNanos();
        for (; ; ) {
            Status status = status();
            if (status.running() == 0) {
                progress.accept(1);
                return status.results().stream()
                        .findFirst()
                        .orElseThrow(() -> new SelfTestException(
                                controller.device() + " has no result of a self-test; start one"));
            }
            progress.accept(status.percent() / 100.0);
            if (System.nanoTime() - deadline > 0) {
                throw new SelfTestException("the self-test of " + controller.device() + " is " + status.percent()
                        + " % done after " + limit.toSeconds() + " s; it goes on in the device");
            }
            Pause.nanos(LOOK_NANOS);
        }
    }
}
