package dev.doorbell.driver;

/** Base of everything that goes wrong in the driver. The message is for people: it names the thing, the value and what to do. */
public class DoorbellException extends RuntimeException {
    /** @param message what went wrong with what, and what to do about it */
    public DoorbellException(String message) {
        super(message);
    }

    /**
     * @param message what went wrong with what, and what to do about it
     * @param cause the failure behind it
     */
    public DoorbellException(String message, Throwable cause) {
        super(message, cause);
    }
}
