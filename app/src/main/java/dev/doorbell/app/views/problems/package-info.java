/** What went wrong or deserves a look, with everything needed for a report. */
package dev.doorbell.app.views.problems;
