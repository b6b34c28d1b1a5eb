/**
 * Runs plans on a controller. {@link dev.doorbell.testplans.run.PlanRun} is one run, observable through
 * {@link dev.doorbell.testplans.run.RunListener}; what it hands out are immutable records, which may go to any thread.
 * Knows neither windows nor reports.
 */
package dev.doorbell.testplans.run;
