/** Placeholder. */
package dev.doorbell.driver;
