package dev.doorbell.driver;

/**
 * What a worker does about a command that fails or times out. Whatever it is, each error is counted and kept with its command.
 *
 * @param retries how often a command is sent again before its error counts; time-outs are not sent again
 * @param stop whether the worker ends at the first error that counts
 */
public record ErrorPolicy(int retries, boolean stop) {
    /** Goes on. */
    public static ErrorPolicy count() {
        return new ErrorPolicy(0, false);
    }

    /** Ends at the first one. */
    public static ErrorPolicy stopAtFirst() {
        return new ErrorPolicy(0, true);
    }

    /** Sends a command again up to so often, then goes on. */
    public static ErrorPolicy retry(int times) {
        return new ErrorPolicy(times, false);
    }

    /** The same, but ends when the retries are used up. */
    public ErrorPolicy thenStop() {
        return new ErrorPolicy(retries, true);
    }
}
