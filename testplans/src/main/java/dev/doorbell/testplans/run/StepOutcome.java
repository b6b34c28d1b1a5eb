package dev.doorbell.testplans.run;

/** What a step that went well expected and got, in words. */
record StepOutcome(String expected, String got) {
    static final StepOutcome NOTHING = new StepOutcome("", "");
}
