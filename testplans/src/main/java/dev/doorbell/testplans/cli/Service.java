package dev.doorbell.testplans.cli;

import java.io.PrintWriter;

/** Something that {@code doorbell serve} lets others use until it is ended. {@link #run} has a thread of its own. */
interface Service extends AutoCloseable {
    /** Serves until {@link #stop}. */
    void run();

    void stop();

    /** What is served, and how to open it. */
    void announce(PrintWriter out, PrintWriter err);

    /** Who has come and gone since the last call. */
    void tell(PrintWriter out);

    @Override
    void close();
}
