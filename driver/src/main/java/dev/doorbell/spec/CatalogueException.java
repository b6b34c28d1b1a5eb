package dev.doorbell.spec;

/** A catalogue file says something that cannot be; the message names the entry and what is wrong. */
public final class CatalogueException extends RuntimeException {
    CatalogueException(String message) {
        super(message);
    }

    CatalogueException(String message, Throwable cause) {
        super(message, cause);
    }
}
