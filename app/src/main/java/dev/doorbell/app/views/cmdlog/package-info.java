/**
 * The Cmdlog view: every command of every qpair with its completion, live. {@code CmdlogCollector} reads the qpairs' logs off the JavaFX
 * thread, {@code CmdlogFilter} says which rows to show, {@code CmdlogView} shows them with the selected command taken apart beside the
 * table.
 */
package dev.doorbell.app.views.cmdlog;
