/** The PCI config view: configuration space as bytes and as capabilities, linked, and its fields for writing. */
package dev.doorbell.app.views.pciconfig;
