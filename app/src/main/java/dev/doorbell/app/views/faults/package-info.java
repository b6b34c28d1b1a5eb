/**
 * The Faults view: the fault plan of a simulated SSD, rule by rule, with live counts of what it has hit. The rules and their text form are
 * the driver's ({@code dev.doorbell.driver.FaultPlan}); this package only shows and edits them.
 */
package dev.doorbell.app.views.faults;
