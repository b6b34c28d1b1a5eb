/**
 * Saved test plans and everything that runs them without a window: the reader ({@code plan}), the runner and its run
 * model ({@code run}), the JUnit Platform engine ({@code engine}), the Jupiter extension ({@code junit}), the reports
 * ({@code report}) and the command line ({@code cli}). Uses the driver module alone; knows nothing of JavaFX.
 */
package dev.doorbell.testplans;
