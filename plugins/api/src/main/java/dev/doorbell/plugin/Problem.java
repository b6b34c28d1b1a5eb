package dev.doorbell.plugin;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import java.util.Optional;

/**
 * Something that went wrong or deserves a look.
 *
 * @param summary one line: what, where and what to do
 * @param details everything for "copy details", such as a stack trace; may be empty
 * @param source what it belongs to: a device's name, a view's id; may be empty
 * @param viewId the view that shows more, if any
 */
public record Problem(
        Severity severity, Instant at, String source, String summary, String details, Optional<String> viewId) {
    public enum Severity {
        INFO,
        WARNING,
        ERROR
    }

    public static Problem error(String source, String summary, Throwable cause) {
        var text = new StringWriter();
        cause.printStackTrace(new PrintWriter(text));
        return new Problem(Severity.ERROR, Instant.now(), source, summary, text.toString(), Optional.empty());
    }

    public static Problem error(String source, Throwable cause) {
        var message = cause.getMessage();
        return error(source, message == null ? cause.getClass().getSimpleName() : message, cause);
    }

    public static Problem warning(String source, String summary) {
        return new Problem(Severity.WARNING, Instant.now(), source, summary, "", Optional.empty());
    }

    public Problem in(String view) {
        return new Problem(severity, at, source, summary, details, Optional.of(view));
    }
}
