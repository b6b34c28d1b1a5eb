/** Placeholder. */
package dev.doorbell.plugin;
