/**
 * The guided tour: the workbench shown by itself on the simulated SSD, on any machine, with or without a display. It visits every view,
 * takes a picture of each, and writes a summary page beside them. The pictures in the documentation come from here.
 */
package dev.doorbell.app.tour;
