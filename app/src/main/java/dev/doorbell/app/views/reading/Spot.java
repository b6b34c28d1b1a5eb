package dev.doorbell.app.views.reading;

import dev.doorbell.spec.Hit;

/**
 * A place in a view: what it shows, and the field that is chosen there.
 *
 * @param what as {@link ReadingView#turnTo} takes it
 * @param path the field's path in the decoded data; empty for none
 */
public record Spot(Object what, String path) {
    /** Where something that was searched for can be seen. */
    public static Spot of(Hit hit) {
        return new Spot(hit.owner(), hit.path());
    }
}
