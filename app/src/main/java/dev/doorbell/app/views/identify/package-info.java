/** The Identify view: every Identify structure of a device, decoded beside its bytes. */
package dev.doorbell.app.views.identify;
