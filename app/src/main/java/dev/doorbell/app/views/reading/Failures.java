package dev.doorbell.app.views.reading;

import dev.doorbell.driver.Command;
import dev.doorbell.driver.Controller;
import dev.doorbell.driver.Device;
import dev.doorbell.driver.Qpair;
import dev.doorbell.plugin.Texts;
import java.util.concurrent.CompletionException;

/** What to do about a failure, in words. */
public final class Failures {
    private Failures() {}

    /** The failure itself, without the wrapping of futures. */
    public static Throwable cause(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }

    /** What happened, as the driver says it. */
    public static String message(Throwable failure) {
        Throwable cause = cause(failure);
        return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    }

    /** What the user can do now; empty when the message says it all. */
    public static String advice(Texts texts, Throwable failure) {
        return switch (cause(failure)) {
            case Command.TimeoutException e -> texts.get("advice.timeout");
            case Controller.NotEnabledException e -> texts.get("advice.disabled");
            case Qpair.DeadException e -> texts.get("advice.disabled");
            case Command.LostException e -> texts.get("advice.disabled");
            case Device.LostException e -> texts.get("advice.lost");
            case Device.UnsupportedException e -> texts.get("advice.unsupported");
            case Command.StatusException e -> texts.get("advice.status");
            default -> "";
        };
    }
}
