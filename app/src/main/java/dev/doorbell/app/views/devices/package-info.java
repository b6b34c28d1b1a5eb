/**
 * The tree of devices: open ones with their namespaces and qpairs, then what this machine has. A device that cannot be
 * opened says why in place.
 */
package dev.doorbell.app.views.devices;
