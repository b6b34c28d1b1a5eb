/** The Inspector: explains whatever is selected anywhere, bit by bit, and leads to writing it where that can be done. */
package dev.doorbell.app.views.inspector;
