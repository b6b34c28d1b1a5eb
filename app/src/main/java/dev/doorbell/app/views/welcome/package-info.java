/** The first page: ways to begin, what this machine has, what was open before. */
package dev.doorbell.app.views.welcome;
