/**
 * The command line. One class for each command; text and JSON come from the same data. Starts without reading the
 * catalogue or loading the native library; commands do what they need.
 */
package dev.doorbell.testplans.cli;
