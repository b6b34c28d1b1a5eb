package dev.doorbell.testplans.run;

import java.time.Duration;

/**
 * How far a run is.
 *
 * @param fraction 0 to 1, weighted by the time that cases are expected to take
 * @param remaining an estimate from what was done so far; zero before anything was and at the end
 */
public record Progress(double fraction, Duration elapsed, Duration remaining, int done, int total) {}
