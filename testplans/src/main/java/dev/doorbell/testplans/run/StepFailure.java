package dev.doorbell.testplans.run;

import java.util.Optional;

/** A step did not end as expected. The message is the finding: one sentence. */
final class StepFailure extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final String expected;
    private final String got;
    private final transient Optional<Difference> difference;

    StepFailure(String finding, String expected, String got) {
        this(finding, expected, got, Optional.empty());
    }

    StepFailure(String finding, String expected, String got, Optional<Difference> difference) {
        super(finding, null, false, false);
        this.expected = expected;
        this.got = got;
        this.difference = difference;
    }

    String expected() {
        return expected;
    }

    String got() {
        return got;
    }

    Optional<Difference> difference() {
        return difference;
    }
}
