/** Placeholder. */
package dev.doorbell.testplans;
