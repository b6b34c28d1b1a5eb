/**
 * The Test perspective: saved plans, the run with its cases, the selected case, the run's log. The four views share one
 * {@link dev.doorbell.app.views.plans.TestDesk}. Running, judging and reporting belong to {@code dev.doorbell.testplans}; here is only what
 * shows them.
 */
package dev.doorbell.app.views.plans;
