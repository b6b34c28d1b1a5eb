package dev.doorbell.driver;

import dev.doorbell.spec.Catalogue;

/** The name of a status, for messages. */
final class StatusText {
    private StatusText() {}

    static String of(int statusField) {
        return Catalogue.standard().statusCodes().describe(statusField);
    }
}
