/** Long work with its progress, time and cancel, and what came of it. */
package dev.doorbell.app.views.jobs;
