/** Placeholder. */
package dev.doorbell.app;
