/**
 * Reports of runs: one self-contained HTML file, and JUnit XML. Both are made from a
 * {@link dev.doorbell.testplans.run.RunResult} alone, so a saved result gives the same report as a live one.
 */
package dev.doorbell.testplans.report;
