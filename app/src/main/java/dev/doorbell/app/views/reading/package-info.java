/**
 * What the views that show a device's bytes have in common: reading them off the JavaFX thread, showing them decoded
 * beside the raw bytes, comparing with another reading, telling the Inspector, exporting, and saying what went wrong.
 */
package dev.doorbell.app.views.reading;
