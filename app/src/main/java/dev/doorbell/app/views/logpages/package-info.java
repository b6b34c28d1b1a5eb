/** The Log pages view: the catalogue's log pages at the left, the chosen one decoded at the right. */
package dev.doorbell.app.views.logpages;
