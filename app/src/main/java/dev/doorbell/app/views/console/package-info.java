/** What the program logs, with level, filter and following; for bug reports and for the curious. */
package dev.doorbell.app.views.console;
