package dev.doorbell.testplans.plan;

/** A plan cannot be read. The message starts with {@code file:line} and says what is allowed there. */
public final class PlanException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final transient SourceLine at;

    public PlanException(SourceLine at, String problem) {
        super(at + ": " + problem);
        this.at = at;
    }

    public SourceLine at() {
        return at;
    }
}
