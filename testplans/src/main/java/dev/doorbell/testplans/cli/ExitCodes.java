package dev.doorbell.testplans.cli;

/** What the program's exit code means. */
final class ExitCodes {
    /** All went well. */
    static final int OK = 0;
    /** A case failed, a command ended with an error status, or a worker saw errors. */
    static final int FAILED = 1;
    /** The command line, or a plan file, is wrong; nothing was done. */
    static final int USAGE = 2;
    /** The device could not be opened, was lost, or does not do what was needed. */
    static final int DEVICE = 3;

    private ExitCodes() {}
}
