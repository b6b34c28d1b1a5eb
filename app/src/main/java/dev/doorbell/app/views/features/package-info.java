/** The Features view: every feature with its current, default and saved value, decoded; values can be set. */
package dev.doorbell.app.views.features;
