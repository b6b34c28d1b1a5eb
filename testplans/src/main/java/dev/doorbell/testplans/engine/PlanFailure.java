package dev.doorbell.testplans.engine;

/** A failed case as an exception; its stack trace is the place in the plan. */
final class PlanFailure extends AssertionError {
    private static final long serialVersionUID = 1;

    PlanFailure(String message, String source) {
        super(message);
        int colon = source.lastIndexOf(':');
        int line = colon > 0 && source.substring(colon + 1).matches("\\d+")
                ? Integer.parseInt(source.substring(colon + 1))
                : 1;
        String file = colon > 0 ? source.substring(0, colon) : source;
        setStackTrace(new StackTraceElement[] {new StackTraceElement("plan", "step", file, line)});
    }
}
