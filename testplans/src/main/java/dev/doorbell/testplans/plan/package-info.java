/**
 * What a test plan is, and how its YAML is read.
 *
 * <p>Everything here is immutable and knows no device: a plan can be read, listed and checked without one. Names of
 * commands, fields, structures and status codes are checked against the catalogue while reading, so that a typing
 * error shows up with its line before anything is sent. Depends on {@code dev.doorbell.spec} alone.
 */
package dev.doorbell.testplans.plan;
