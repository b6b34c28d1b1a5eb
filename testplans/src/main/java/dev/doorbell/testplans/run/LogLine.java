package dev.doorbell.testplans.run;

import java.time.Instant;

/**
 * A line of a run's log.
 *
 * @param caseTitle the case that ran; empty for the run as a whole
 */
public record LogLine(Instant time, Level level, String caseTitle, String message) {
    /** How much a line matters. */
    public enum Level {
        INFO,
        WARN,
        ERROR
    }
}
