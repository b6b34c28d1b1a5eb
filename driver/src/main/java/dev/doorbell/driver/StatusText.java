package dev.doorbell.driver;

/** The name of a status, for messages. */
final class StatusText {
    private StatusText() {}

    static String of(int statusField) {
        return statusField == 0 ? "Successful Completion" : "status";
    }
}
