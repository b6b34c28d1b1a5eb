/** The Registers view: the controller's registers in BAR0 by name, with their bits; works while the queues are dead. */
package dev.doorbell.app.views.registers;
